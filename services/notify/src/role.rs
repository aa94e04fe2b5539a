//! The loop: look which notices have no outcome yet, try each, record what became of it, look again.

use std::collections::HashMap;
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use seinhuis_domain::ids::NoticeId;
use seinhuis_domain::notice::{Notice, NoticeCommand, NoticeFacts};
use seinhuis_eventstore::{Context, ExecuteError, Log};
use seinhuis_projections::{DirectoryView, Fault, Follower, LOOK_AGAIN, NoticeRow, Rest, Role, Views};
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

/// Asked before each try: a process that was paused may have lost its turn to another one without knowing.
pub type MaySend = Arc<dyn Fn() -> bool + Send + Sync>;

/// What the role works with.
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
    /// Whether it is still this process's turn.
    pub may_send: MaySend,
}

/// What one try needs.
#[derive(Debug)]
struct Sender {
    directory: DirectoryView,
    delivery: Delivery,
    contacts: Contacts,
}

impl Sender {
    async fn try_once(&self, notice: &NoticeRow) -> Result<(), Undeliverable> {
        let contact = self.contacts.get(&notice.person).ok_or(Undeliverable::NoContact)?;
        let directory = self.directory.current();
        let Delivery { from, link_base, .. } = &self.delivery;
        let message = compose(notice, contact, from, link_base, directory.areas())?;
        self.delivery.send(notice.id, message).await
    }
}

/// The notify role.
pub struct Notify {
    log: Log,
    follower: Follower,
    views: Views,
    clock: Clock,
    retry: Retry,
    may_send: MaySend,
    sender: Arc<Sender>,
    /// Notices that failed a try: how often, and when they are tried again. Forgotten in a crash, which costs nothing
    /// but an earlier try.
    waiting: HashMap<NoticeId, (u32, Timestamp)>,
    /// Outcomes the log did not take yet. They are recorded before anything else; the notice is not sent again.
    unrecorded: HashMap<NoticeId, NoticeCommand>,
}

impl Role for Notify {
    const ACTOR: &'static str = "role:notify";

    async fn go_on(&mut self, drain: &CancellationToken) -> Result<(), Fault> {
        let mut head = self.log.watch();
        while !drain.is_cancelled() {
            let rest = Rest::begin();
            let seen = self.follower.catch_up().await?;
            if self.send(drain).await? > 0 {
                continue;
            }
            let next = self.waiting.values().map(|(_, at)| *at).min();
            let retry = async {
                match next {
                    Some(instant) => self.clock.sleep_until(instant).await,
                    None => std::future::pending().await,
                }
            };
            let news = async {
                rest.end().await;
                head.past(seen).await
            };
            tokio::select! {
                () = retry => {}
                _ = news => {}
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
        let NotifyParts { log, follower, views, directory, clock, delivery, contacts, retry, may_send } =
            parts;
        let sender = Arc::new(Sender { directory, delivery, contacts });
        Self {
            log,
            follower,
            views,
            clock,
            retry,
            may_send,
            sender,
            waiting: HashMap::new(),
            unrecorded: HashMap::new(),
        }
    }

    /// Tries what is due. Answers how many were tried.
    async fn send(&mut self, drain: &CancellationToken) -> Result<usize, Fault> {
        let now = self.clock.now();
        let mut due = self.views.unsettled_notices(PAGE + self.waiting.len()).await?;
        due.retain(|notice| self.waiting.get(&notice.id).is_none_or(|(_, at)| *at <= now));
        due.retain(|notice| !self.unrecorded.contains_key(&notice.id));
        for (id, command) in self.unrecorded.clone() {
            self.settle(id, command).await?;
        }
        let (tried, sender, may_send) = (due.len(), Arc::clone(&self.sender), Arc::clone(&self.may_send));
        let mut outcomes = stream::iter(due)
            // Looked at between two tries: what is under way is finished and recorded, the rest waits for the next start.
            .take_while(move |_| std::future::ready(!drain.is_cancelled() && may_send()))
            .map(|notice| {
                let sender = Arc::clone(&sender);
                async move {
                    let outcome = sender.try_once(&notice).await;
                    (notice, outcome)
                }
            })
            .buffered(IN_FLIGHT)
            .boxed();
        // Each outcome is recorded as it comes, so that little is sent again after a crash.
        while let Some((notice, outcome)) = outcomes.next().await {
            self.record(notice, outcome).await?;
        }
        Ok(tried)
    }

    async fn record(&mut self, notice: NoticeRow, outcome: Result<(), Undeliverable>) -> Result<(), Fault> {
        let attempts = self.waiting.get(&notice.id).map_or(0, |(attempts, _)| *attempts) + 1;
        let (id, channel) = (notice.id, self.sender.delivery.channel());
        let facts = NoticeFacts {
            notice: id,
            case: notice.case,
            area: notice.area,
            rung: notice.rung,
            person: notice.person,
        };
        let command = match outcome {
            Ok(()) => NoticeCommand::RecordDelivery { facts, channel, attempts },
            Err(failure) => match self.retry.pause_after(attempts).filter(|_| !failure.is_final()) {
                Some(pause) => {
                    tracing::warn!(notice = %id, attempts, failure = &failure as &dyn std::error::Error, "notice not delivered; will try again");
                    let next = self.clock.now().saturating_add(pause).unwrap_or(Timestamp::MAX);
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
        self.settle(id, command).await
    }

    /// Records an outcome, or keeps it for the next round.
    async fn settle(&mut self, id: NoticeId, command: NoticeCommand) -> Result<(), Fault> {
        self.unrecorded.insert(id, command.clone());
        let context = Context { actor: Self::ACTOR.into(), at: self.clock.now(), trace: None };
        match self.log.execute::<Notice>(&(), &id.to_string(), command, &context).await {
            Ok(_) => drop(self.unrecorded.remove(&id)),
            Err(ExecuteError::Fault(fault)) => return Err(Fault::Log(fault)),
            Err(ExecuteError::Refused(never)) => match never {},
            Err(
                error @ (ExecuteError::Conflict { .. }
                | ExecuteError::Overloaded
                | ExecuteError::TooLarge { .. }),
            ) => {
                tracing::warn!(notice = %id, error = &error as &dyn std::error::Error, "outcome not recorded yet");
            }
        }
        Ok(())
    }
}
