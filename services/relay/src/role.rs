//! The loop: read on, publish what is public of it, wait for the acknowledgement, move on.

use std::time::Duration;

use seinhuis_bus::{Feed, Message};
use seinhuis_domain::event::Event;
use seinhuis_eventstore::{Log, Recorded};
use seinhuis_projections::{Fault, Follower, LOOK_AGAIN, Role, Views};
use seinhuis_runtime::trace::{Kind, Step, TRACEPARENT, Traced};
use seinhuis_runtime::{Clock, Pulse};
use tokio_util::sync::CancellationToken;

use crate::cloud_event::message;
use crate::origin::Origin;

/// Events between two moves of the checkpoint: so many go out again after a crash, at most.
const PAGE: usize = 500;
/// How long to wait before a page that was not acknowledged is published again.
const PAUSE: Duration = Duration::from_secs(1);

/// What the role works with.
#[derive(Debug)]
pub struct RelayParts {
    /// The log.
    pub log: Log,
    /// Holds [`seinhuis_projections::Model::Relay`] and nothing else: how far the feed is.
    pub views: Views,
    /// Beats once a turn.
    pub pulse: Pulse,
    /// Where to publish.
    pub feed: Feed,
    /// Who publishes.
    pub origin: Origin,
    /// The time.
    pub clock: Clock,
}

/// The relay role.
#[derive(Debug)]
pub struct Relay {
    log: Log,
    follower: Follower,
    views: Views,
    feed: Feed,
    origin: Origin,
    clock: Clock,
    /// Whether operators know that the feed waits.
    waits: bool,
}

impl Role for Relay {
    const ACTOR: &'static str = "role:relay";

    async fn go_on(&mut self, drain: &CancellationToken) -> Result<(), Fault> {
        let mut head = self.log.watch();
        while !drain.is_cancelled() {
            let page = self.follower.ahead().await?;
            self.follower.beat();
            if page.is_empty() {
                tokio::select! {
                    _ = head.past(self.views.position()) => {}
                    () = tokio::time::sleep(LOOK_AGAIN) => {}
                    () = drain.cancelled() => {}
                }
            } else if self.publish(&page, drain).await? {
                self.follower.done(page.into_iter().map(|(recorded, _)| recorded).collect()).await?;
            }
        }
        Ok(())
    }
}

impl Relay {
    /// The role at rest.
    pub fn new(parts: RelayParts) -> Self {
        let RelayParts { log, views, pulse, feed, origin, clock } = parts;
        let follower = Follower::new(log.clone(), views.clone()).with_page(PAGE).beating(pulse);
        Self { log, follower, views, feed, origin, clock, waits: false }
    }

    /// Publishes what is public of a page, again until it is acknowledged: what is not is never gone past. `false` when
    /// the hub drains first.
    async fn publish(
        &mut self,
        page: &[(Recorded, Event)],
        drain: &CancellationToken,
    ) -> Result<bool, Fault> {
        // Each ends with the acknowledgement.
        let (messages, _steps): (Vec<_>, Vec<_>) =
            self.messages(page).map_err(Fault::Log)?.into_iter().unzip();
        while !messages.is_empty() {
            match self.feed.publish(&messages).await {
                Ok(()) => break,
                Err(fault) if !std::mem::replace(&mut self.waits, true) => {
                    tracing::warn!(fault = &fault as &dyn std::error::Error, "the feed waits");
                }
                Err(fault) => tracing::debug!(%fault, "the feed still waits"),
            }
            // It lives, and says that it waits; how long for, its lag says.
            self.follower.beat();
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = drain.cancelled() => return Ok(false),
            }
        }
        if !messages.is_empty() && std::mem::take(&mut self.waits) {
            tracing::info!("the feed goes on");
        }
        Ok(true)
    }

    /// What is public of a page, each with the step of publishing it, whose place in a trace goes with it as a header.
    fn messages(
        &self,
        page: &[(Recorded, Event)],
    ) -> Result<Vec<(Message, Step)>, seinhuis_eventstore::Fault> {
        let now = self.clock.now();
        let message = |(recorded, event): &(Recorded, Event)| {
            let Some(mut message) = message(recorded, event, &self.origin)? else { return Ok(None) };
            let cause = Traced::of(recorded.trace.as_deref(), recorded.recorded_at);
            let step = Step::after("publish event", Kind::Producer, cause.as_slice(), now);
            step.word("messaging.system", "nats").word("messaging.operation.type", "send");
            step.word("messaging.operation.name", "publish").number("seinhuis.position", recorded.position.0);
            message.headers.extend(step.traceparent().map(|place| (TRACEPARENT, place)));
            Ok(Some((message, step)))
        };
        page.iter().filter_map(|entry| message(entry).transpose()).collect()
    }
}
