//! The loop: look which notices have no outcome yet, try each, record what became of it, look again.

use std::collections::HashMap;

use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use seinhuis_domain::ids::NoticeId;
use seinhuis_domain::notice::{Notice, NoticeCommand, NoticeFacts};
use seinhuis_eventstore::{Context, ExecuteError, Log};
use seinhuis_projections::{DirectoryView, Fault, Follower, LOOK_AGAIN, NoticeRow, Role, Views};
use seinhuis_runtime::Clock;
use tokio_util::sync::CancellationToken;

use crate::channel::{Delivery, Undeliverable};
use crate::contact::Contacts;
use crate::message::compose;
use crate::retry::Retry;

/// Notices looked at a time.
const PAGE: usize = 256;
/// Tries under way at a time.
const IN_FLIGHT: usize = 8;

/// What the role works with.
#[derive(Debug)]
pub struct NotifyParts {
    /// The log.
    pub log: Log,
    /// Follows the model of notices in `views`.
    pub follower: Follower,
    /// The model of notices.
    pub views: Views,
    /// Who is who, and what areas are called.
    pub directory: DirectoryView,
    /// The time.
    pub clock: Clock,
    /// The way out.
    pub delivery: Delivery,
    /// How to reach people.
    pub contacts: Contacts,
    /// When to try again.
    pub retry: Retry,
}

/// The notify role.
#[derive(Debug)]
pub struct Notify {
    parts: NotifyParts,
    /// Notices that failed a try: how often, and when they are tried again. Forgotten in a crash, which costs nothing
    /// but an earlier try.
    waiting: HashMap<NoticeId, (u32, Timestamp)>,
}

impl Role for Notify {
    const ACTOR: &'static str = "role:notify";

    async fn go_on(&mut self, drain: &CancellationToken) -> Result<(), Fault> {
        let mut head = self.parts.log.watch();
        while !drain.is_cancelled() {
            let seen = self.parts.follower.catch_up().await?;
            if self.send().await? > 0 {
                continue;
            }
            let next = self.waiting.values().map(|(_, at)| *at).min();
            let retry = async {
                match next {
                    Some(instant) => self.parts.clock.sleep_until(instant).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = retry => {}
                _ = head.past(seen) => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = drain.cancelled() => {}
            }
        }
        Ok(())
    }
}

impl Notify {
    /// The role at rest.
    pub fn new(parts: NotifyParts) -> Self {
        Self { parts, waiting: HashMap::new() }
    }

    /// Tries what is due. Answers how many were tried.
    async fn send(&mut self) -> Result<usize, Fault> {
        let now = self.parts.clock.now();
        let mut due = self.parts.views.unsettled_notices(PAGE + self.waiting.len()).await?;
        due.retain(|notice| self.waiting.get(&notice.id).is_none_or(|(_, at)| *at <= now));
        let tried = due.len();
        let this = &*self;
        let outcomes: Vec<_> = stream::iter(due)
            .map(|notice| async move {
                let outcome = this.try_once(&notice).await;
                (notice, outcome)
            })
            .buffered(IN_FLIGHT)
            .collect()
            .await;
        for (notice, outcome) in outcomes {
            self.record(notice, outcome).await?;
        }
        Ok(tried)
    }

    async fn try_once(&self, notice: &NoticeRow) -> Result<(), Undeliverable> {
        let contact = self.parts.contacts.get(&notice.person).ok_or(Undeliverable::NoContact)?;
        let directory = self.parts.directory.current();
        let message = compose(
            notice,
            contact,
            &self.parts.delivery.from,
            &self.parts.delivery.link_base,
            directory.areas(),
        )?;
        self.parts.delivery.send(notice.id, message).await
    }

    async fn record(&mut self, notice: NoticeRow, outcome: Result<(), Undeliverable>) -> Result<(), Fault> {
        let attempts = self.waiting.get(&notice.id).map_or(0, |(attempts, _)| *attempts) + 1;
        let (id, channel) = (notice.id, self.parts.delivery.channel());
        let facts = NoticeFacts {
            notice: id,
            case: notice.case,
            area: notice.area,
            rung: notice.rung,
            person: notice.person,
        };
        let command = match outcome {
            Ok(()) => NoticeCommand::RecordDelivery { facts, channel, attempts },
            Err(failure) => match self.parts.retry.pause_after(attempts).filter(|_| !failure.is_final()) {
                Some(pause) => {
                    tracing::warn!(notice = %id, attempts, failure = &failure as &dyn std::error::Error, "notice not delivered; will try again");
                    let next = self.parts.clock.now().saturating_add(pause).unwrap_or(Timestamp::MAX);
                    self.waiting.insert(id, (attempts, next));
                    return Ok(());
                }
                None => {
                    tracing::error!(notice = %id, attempts, failure = &failure as &dyn std::error::Error, "notice failed");
                    NoticeCommand::RecordFailure { facts, channel, attempts, reason: failure.to_string() }
                }
            },
        };
        self.waiting.remove(&id);
        let context = Context { actor: Self::ACTOR.into(), at: self.parts.clock.now(), trace: None };
        match self.parts.log.execute::<Notice>(&(), &id.to_string(), command, &context).await {
            Ok(_) => Ok(()),
            Err(ExecuteError::Fault(fault)) => Err(Fault::Log(fault)),
            Err(ExecuteError::Refused(never)) => match never {},
            // Still unsettled in the read model: it comes round again, with the same id.
            Err(
                error @ (ExecuteError::Conflict { .. }
                | ExecuteError::Overloaded
                | ExecuteError::TooLarge { .. }),
            ) => {
                tracing::warn!(notice = %id, error = &error as &dyn std::error::Error, "outcome not recorded yet");
                Ok(())
            }
        }
    }
}
