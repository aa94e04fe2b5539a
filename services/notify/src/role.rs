//! The loop: look which notices have no outcome yet, try each, record what became of it, look again.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use seinhuis_domain::ids::NoticeId;
use seinhuis_domain::notice::{Notice, NoticeCommand};
use seinhuis_eventstore::{Asked, Chain, Context, ExecuteError, Known, Log};
use seinhuis_projections::{DirectoryView, Fault, Follower, LOOK_AGAIN, NoticeRow, Rest, Role, Views};
use seinhuis_runtime::Clock;
use tokio_util::sync::CancellationToken;

use crate::channel::{Delivery, Undeliverable};
use crate::contact::{Contact, Contacts, Way};
use crate::digest::{self, Collected};
use crate::outcome::{OnTry, Outcome, Outcomes};
use crate::put_off::PutOff;
use crate::retry::{OverDays, Retry};
use crate::step;
use crate::tries::{After, Retries, Tries};
use crate::withdraw;

/// Notices looked at a time.
const PAGE: usize = 256;
/// Tries under way at a time.
const IN_FLIGHT: usize = 8;
/// A breath when the log is busy.
const BUSY: Duration = Duration::from_millis(50);

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
    /// The ways out.
    pub delivery: Delivery,
    /// How to reach people.
    pub contacts: Contacts,
    /// When to try a mail again.
    pub retry: Retry,
    /// When to try a webhook again.
    pub webhook_retry: OverDays,
    /// Whether it is still this process's turn.
    pub may_send: MaySend,
    /// What this process tried before, also in earlier terms.
    pub outcomes: Outcomes,
}

/// What is to be recorded of a notice.
struct Settled {
    id: NoticeId,
    command: NoticeCommand,
    trace: Option<String>,
}

/// What one try needs.
#[derive(Debug)]
struct Sender {
    directory: DirectoryView,
    delivery: Delivery,
    contacts: Contacts,
}

impl Sender {
    /// With notices that go together, to one person.
    async fn try_once(&self, notices: &[NoticeRow], way: Way) -> Result<(), Undeliverable> {
        let contact = notices.first().and_then(|notice| self.contact(notice));
        let directory = self.directory.current();
        self.delivery.send(notices, contact.ok_or(Undeliverable::NoContact)?, way, directory.areas()).await
    }

    fn contact(&self, notice: &NoticeRow) -> Option<&Contact> {
        self.contacts.get(&notice.person)
    }
}

/// The notify role.
pub struct Notify {
    log: Log,
    follower: Follower,
    views: Views,
    clock: Clock,
    retries: Retries,
    may_send: MaySend,
    on_try: OnTry,
    sender: Arc<Sender>,
    put_off: PutOff,
    collected: Collected,
    outcomes: Outcomes,
}

impl Role for Notify {
    const ACTOR: &'static str = "role:notify";

    async fn go_on(&mut self, drain: &CancellationToken) -> Result<(), Fault> {
        let mut head = self.log.watch();
        while !drain.is_cancelled() {
            let rest = Rest::begin();
            let seen = self.follower.catch_up().await?;
            // One instant for both questions: what is held until between two would be seen by neither.
            let now = self.clock.now();
            let tried = self.send(now, drain).await?;
            self.follower.beat();
            if tried > 0 {
                continue;
            }
            let held = self.views.next_notice(now).await?;
            let next = self.put_off.next(now).into_iter().chain(held).chain(self.collected.next()).min();
            let retry = async {
                match next {
                    Some(instant) => self.clock.sleep_until(instant).await,
                    None => std::future::pending().await,
                }
            };
            let news = rest.then(head.past(seen));
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
        let NotifyParts {
            log,
            follower,
            views,
            directory,
            clock,
            delivery,
            contacts,
            retry,
            webhook_retry,
            may_send,
            outcomes,
        } = parts;
        let sender = Arc::new(Sender { directory, delivery, contacts });
        let retries = Retries { mail: retry, webhook: webhook_retry };
        Self {
            log,
            follower,
            views,
            clock,
            retries,
            may_send,
            on_try: Arc::new(|_, _| {}),
            sender,
            put_off: PutOff::default(),
            collected: Collected::default(),
            outcomes,
        }
    }

    /// Like before, but somebody is told of every try.
    #[must_use]
    pub fn telling(self, on_try: OnTry) -> Self {
        Self { on_try, ..self }
    }

    /// Tries what is due, and records what became of it. Answers how many were tried.
    async fn send(&mut self, now: Timestamp, drain: &CancellationToken) -> Result<usize, Fault> {
        let mut due = self.due(now).await?;
        let tried = due.len();
        self.withdraw(&mut due).await?;
        let contact = |notice: &NoticeRow| self.sender.contact(notice);
        let mut due = digest::parcels(due, contact, |notice| self.tries_of(notice).way).into_iter();
        loop {
            // Outcomes are recorded before another try begins, so that little is sent again after a crash.
            let ended = self.outcomes.ended();
            let settled = ended.iter().filter_map(|tried| self.settles(&tried.0, &tried.1)).collect();
            self.settle(settled).await?;
            // What is under way when the process drains is finished and recorded; the rest waits for the next start.
            while self.outcomes.under_way() < IN_FLIGHT && !drain.is_cancelled() && (self.may_send)() {
                let Some(parcel) = due.next() else { break };
                let sender = Arc::clone(&self.sender);
                let tries = |notice: &NoticeRow| self.tries_of(notice).one_more(self.clock.now());
                let way = tries(&parcel[0]).way;
                let begun = parcel.iter().map(|notice| (notice.clone(), tries(notice))).collect();
                let step = step::of(&parcel, sender.delivery.channel(way), self.clock.now());
                let (trace, on_try) = (step.traceparent(), Arc::clone(&self.on_try));
                let attempt = async move {
                    let tried = step::told(step, sender.try_once(&parcel, way)).await;
                    let outcome = tried.as_ref().map_or_else(Undeliverable::told, |()| "delivered");
                    on_try(sender.delivery.channel(way), outcome);
                    tried
                };
                self.outcomes.begin(begun, trace, attempt);
            }
            if self.outcomes.is_empty() {
                return Ok(tried);
            }
            // Otherwise there is something to record, of which the log was too busy to take notice.
            if self.outcomes.under_way() > 0 {
                self.outcomes.one_more().await;
                self.follower.beat();
            }
        }
    }

    /// What is to be tried now.
    async fn due(&mut self, now: Timestamp) -> Result<Vec<NoticeRow>, Fault> {
        loop {
            let limit = PAGE + self.put_off.len() + self.outcomes.len() + self.collected.len();
            let mut due = self.views.unsettled_notices(now, limit).await?;
            let more = due.len() == limit;
            due.retain(|notice| !self.put_off.waits(notice.id, now));
            due.retain(|notice| !self.outcomes.knows(notice.id));
            let due = self.collected.set_aside(due, now, |notice| self.sender.contact(notice));
            // Behind those that are collected there may be others.
            if !due.is_empty() || !more {
                return Ok(due);
            }
        }
    }

    /// Withdraws those of which nothing is left to tell.
    async fn withdraw(&mut self, due: &mut Vec<NoticeRow>) -> Result<(), Fault> {
        let mut withdrawn = Vec::new();
        for notice in std::mem::take(due) {
            let goes_out = digest::goes_out(notice.send_at, self.sender.contact(&notice));
            match withdraw::why(&self.log, &notice, goes_out).await.map_err(Fault::Log)? {
                Some(because) => {
                    let command = NoticeCommand::Withdraw { facts: notice.facts(), because };
                    let trace = notice.trace.map(|trace| trace.traceparent());
                    withdrawn.push(Settled { id: notice.id, command, trace });
                }
                None => due.push(notice),
            }
        }
        self.settle(withdrawn).await
    }

    /// What was tried of a notice before.
    fn tries_of(&self, notice: &NoticeRow) -> Tries {
        let before = self.put_off.tries(notice.id);
        before.unwrap_or_else(|| Tries::of(self.sender.contact(notice)))
    }

    /// What is to be recorded of a try; nothing when the notice is tried again.
    fn settles(&mut self, notice: &NoticeRow, outcome: &Outcome) -> Option<Settled> {
        let Outcome { tries, result, trace } = outcome;
        let settled = |command| Some(Settled { id: notice.id, command, trace: trace.clone() });
        let (id, channel, attempts) = (notice.id, self.sender.delivery.channel(tries.way), tries.all);
        let facts = notice.facts();
        let Err(failure) = &**result else {
            return settled(NoticeCommand::RecordDelivery { facts, channel, attempts });
        };
        let told = failure as &dyn std::error::Error;
        match tries.after(failure, notice, self.clock.now(), &self.retries) {
            After::Again { tries, at } => {
                tracing::warn!(notice = %id, %channel, attempts, failure = told, next = ?tries.way, "notice not delivered; will try again");
                self.put_off.until(id, tries, at);
                self.outcomes.forget(id);
                None
            }
            After::Failed { reason } => {
                tracing::error!(notice = %id, %channel, attempts, failure = told, "notice failed");
                settled(NoticeCommand::RecordFailure { facts, channel, attempts, reason })
            }
        }
    }

    /// Records outcomes. What the log doesn't take stays among them, and comes round again.
    async fn settle(&mut self, settled: Vec<Settled>) -> Result<(), Fault> {
        let context = Context { actor: Self::ACTOR.into(), at: self.clock.now(), trace: None };
        let chain = |Settled { id, command, trace }| {
            let commands = vec![Asked { command, trace }];
            (id, Chain { id: id.to_string(), opens: true, commands })
        };
        let (ids, chains): (Vec<NoticeId>, Vec<_>) = settled.into_iter().map(chain).unzip();
        // Each is settled once, and there is no more to come.
        let mut none = Known::new(0);
        let recorded = self.log.execute_all::<Notice>(&(), &chains, &context, &mut none).await;
        let (mut failed, mut busy) = (None, false);
        for (id, outcome) in ids.into_iter().zip(recorded) {
            match outcome.stopped {
                None => {
                    self.put_off.forget(id);
                    self.outcomes.forget(id);
                }
                Some(ExecuteError::Fault(fault)) => failed = Some(fault),
                Some(ExecuteError::Refused(refusal)) => {
                    unreachable!("an outcome is never refused: {refusal}")
                }
                Some(
                    error @ (ExecuteError::Conflict { .. }
                    | ExecuteError::Overloaded
                    | ExecuteError::TooLarge { .. }),
                ) => {
                    tracing::warn!(notice = %id, error = &error as &dyn std::error::Error, "outcome not recorded yet");
                    busy = true;
                }
            }
        }
        if busy {
            tokio::time::sleep(BUSY).await;
        }
        match failed {
            Some(fault) => Err(Fault::Log(fault)),
            None => Ok(()),
        }
    }
}
