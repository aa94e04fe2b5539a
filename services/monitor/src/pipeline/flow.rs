//! How the pipeline flows, looked at about every second for all who watch it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::proto::monitor::v1::{FollowerFlow, Lease, TimersAhead, WatchPipelineResponse};
use seinhuis_contract::time;
use seinhuis_domain::area::AreaCode;
use seinhuis_eventstore::Position;
use tokio::time::{Instant, sleep};

use super::{leases, tallies};
use crate::failure::Failure;
use crate::hub::{FollowerProgress, Hub};
use crate::live::newest::Looks;

/// Between two looks, beside the pause after each.
const EVERY: Duration = Duration::from_millis(750);

/// Looks at the pipeline.
pub(super) struct Flowing {
    hub: Arc<Hub>,
    /// What was seen last: when, and which position of what.
    before: Option<(Instant, BTreeMap<String, Position>)>,
}

impl Flowing {
    pub(super) fn of(hub: Arc<Hub>) -> Self {
        Self { hub, before: None }
    }

    /// When the first event after each of these positions came into the log; none for those at its end.
    async fn waiting_since(
        &self,
        behind: impl Iterator<Item = Position>,
    ) -> Result<BTreeMap<Position, Timestamp>, Failure> {
        let mut since = BTreeMap::new();
        for position in behind {
            if !since.contains_key(&position)
                && let Some(next) = self.hub.parts.log.read(position, 1).await?.events.first()
            {
                since.insert(position, next.recorded_at);
            }
        }
        Ok(since)
    }

    async fn timers(&self, now: Timestamp) -> Result<TimersAhead, Failure> {
        let (views, directory) = (&self.hub.parts.views.timers, self.hub.directory());
        let all: Vec<AreaCode> = directory.areas().all().map(|area| area.code.clone()).collect();
        let (planned, overdue) = views.timers_planned(&all, now).await?;
        Ok(TimersAhead { planned, overdue, first_due_at: views.first_due().await?.map(time::to_wire) })
    }
}

/// Events a second from one position to another; absent without a first.
fn rate(from: Option<Position>, to: Position, took: Duration) -> Option<f64> {
    let seconds = took.as_secs_f64();
    from.filter(|_| seconds > 0.0).map(|from| to.0.saturating_sub(from.0) as f64 / seconds)
}

impl Looks for Flowing {
    type Seen = WatchPipelineResponse;
    type Answer = WatchPipelineResponse;

    async fn look(&mut self) -> Result<WatchPipelineResponse, Failure> {
        let parts = &self.hub.parts;
        // Followers first, head next: a lag is never told smaller than it is.
        let at: Vec<(&FollowerProgress, Position)> =
            parts.followers.iter().map(|follower| (follower, *follower.position.borrow())).collect();
        let (head, looked, now) = (parts.log.head(), Instant::now(), parts.clock.now());
        let since = self.waiting_since(at.iter().map(|(_, at)| *at).filter(|at| *at < head)).await?;
        let leases: Vec<Lease> = leases(&self.hub).await?;
        let took = self.before.as_ref().map(|(then, _)| looked.duration_since(*then)).unwrap_or_default();
        let before = |name: &str| self.before.as_ref().and_then(|(_, at)| at.get(name).copied());
        let flow = |(follower, at): &(&FollowerProgress, Position)| FollowerFlow {
            name: follower.name.clone(),
            position: at.0,
            lag: head.0.saturating_sub(at.0),
            lag_time: Some(time::span_to_wire(
                since.get(at).map(|since| now.duration_since(*since)).unwrap_or_default(),
            )),
            rate: rate(before(&follower.name), *at, took),
            faults: follower.faults.as_ref().map(|faults| faults.met()),
            lease: leases.iter().find(|lease| lease.role == follower.role).cloned(),
        };
        let seen = WatchPipelineResponse {
            head: head.0,
            as_of: Some(time::to_wire(now)),
            rate: rate(before(""), head, took),
            followers: at.iter().map(flow).collect(),
            tallies: tallies(&self.hub).await?,
            timers: Some(self.timers(now).await?),
            streams: self.hub.streams(),
        };
        let positions = at.iter().map(|(follower, at)| (follower.name.clone(), *at));
        self.before = Some((looked, positions.chain([(String::new(), head)]).collect()));
        Ok(seen)
    }

    fn is_news(_: &WatchPipelineResponse, _: &WatchPipelineResponse) -> bool {
        // The time at least is another.
        true
    }

    fn tell(seen: &WatchPipelineResponse) -> Encoded<WatchPipelineResponse> {
        Encoded::of(seen)
    }

    async fn changed(&mut self) {
        sleep(EVERY).await;
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_rate_takes_two_looks() {
        assert_eq!(rate(None, Position(9), Duration::from_secs(1)), None);
        assert_eq!(rate(Some(Position(4)), Position(9), Duration::from_secs(2)), Some(2.5));
        assert_eq!(rate(Some(Position(9)), Position(4), Duration::from_secs(2)), Some(0.0), "begun again");
        assert_eq!(rate(Some(Position(4)), Position(9), Duration::ZERO), None);
    }
}
