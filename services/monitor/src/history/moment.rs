//! Which moment is asked for: a position and the instant that belongs to it.

use std::time::Duration;

use jiff::Timestamp;
use seinhuis_contract::proto::history::v1::get_as_of_request::Moment as Wire;
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::calendar;
use seinhuis_eventstore::Position;

use crate::failure::Failure;
use crate::hub::Hub;

/// How long a question waits for the read model to get there.
const PATIENCE: Duration = Duration::from_secs(2);

/// A moment of the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Then {
    /// Where the log ended.
    pub(super) position: Position,
    /// By which instant ages and terms are counted.
    pub(super) at: Timestamp,
}

impl Then {
    /// The moment that was asked for, or now.
    pub(super) async fn of(hub: &Hub, asked: Option<&Wire>) -> Result<Self, Failure> {
        match asked {
            None => {
                let now = hub.parts.clock.now();
                caught_up(hub).await?;
                Self::known(hub, now).await
            }
            Some(Wire::Position(position)) => Self::at_position(hub, Position(*position)).await,
            Some(Wire::Instant(instant)) => {
                let at = time::from_wire(instant)
                    .ok_or_else(|| Problem::field("instant", &format!("{instant:?}"), "an instant"))?;
                let now = hub.parts.clock.now();
                if at > now {
                    let rule = format!("not after the hub's clock, {}", calendar::render(now));
                    return Err(Problem::field("instant", &calendar::render(at), &rule).into());
                }
                caught_up(hub).await?;
                let then = Self::known(hub, at).await?;
                if then.position == Position::START {
                    let rule = match hub.parts.log.read(Position::START, 1).await?.events.first() {
                        Some(first) => {
                            let first = calendar::render(first.recorded_at);
                            format!("not before the log's first event, recorded at {first}")
                        }
                        None => "an instant of the log, which has no events yet".to_owned(),
                    };
                    return Err(Problem::field("instant", &calendar::render(at), &rule).into());
                }
                Ok(then)
            }
        }
    }

    /// What was known by an instant that is not in the future, once the read model has [`caught_up`]: position 0 before the
    /// first event.
    pub(super) async fn known(hub: &Hub, at: Timestamp) -> Result<Self, Failure> {
        let (log, versions) = (&hub.parts.log, &hub.parts.views.versions);
        Ok(Self { position: versions.position_at(log, at).await?, at })
    }

    async fn at_position(hub: &Hub, position: Position) -> Result<Self, Failure> {
        let log = &hub.parts.log;
        let before = position.0.checked_sub(1).ok_or_else(|| Problem::field("position", "0", "1 or more"))?;
        let head = log.look().await?;
        if position > head {
            return Err(Problem::BeyondTheLog { head: head.0 }.into());
        }
        reached(hub, position).await?;
        let page = log.read(Position(before), 1).await?;
        let recorded = page.events.first().ok_or(Problem::BeyondTheLog { head: head.0 })?;
        Ok(Self { position, at: recorded.recorded_at })
    }
}

/// Waits until the read model has everything that is in the log now.
pub(super) async fn caught_up(hub: &Hub) -> Result<(), Failure> {
    reached(hub, hub.parts.log.look().await?).await
}

async fn reached(hub: &Hub, position: Position) -> Result<(), Failure> {
    let (versions, directory) = (&hub.parts.views.versions, &hub.parts.directory);
    let waited = versions.reached(position, PATIENCE).await;
    // The map of the moment is in the directory.
    let waited = match waited {
        Ok(()) => directory.reached(position, PATIENCE).await,
        late => late,
    };
    waited.map_err(|late| {
        tracing::warn!(%late, "a question about the past waits no longer");
        Problem::Unavailable.into()
    })
}
