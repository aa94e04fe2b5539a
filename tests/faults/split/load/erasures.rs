//! Persons who ask to be forgotten: their erasure is ordered in the log, and left to the hub to carry out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use seinhuis_domain::ids::{SignalId, SubjectId};
use seinhuis_domain::subject::{ErasureReason, Subject, SubjectCommand};
use seinhuis_eventstore::{Context, Log};
use seinhuis_runtime::Clock;
use tokio::sync::watch;
use tokio::time::interval;

use super::books::Shared;
use super::known::Known;

/// Between two orders.
const EVERY: Duration = Duration::from_millis(300);

pub(super) struct Erasures {
    pub(super) log: Log,
    pub(super) clock: Clock,
    pub(super) books: Shared,
    pub(super) known: watch::Receiver<Arc<Known>>,
    pub(super) stopped: watch::Receiver<bool>,
}

impl Erasures {
    pub(super) async fn run(mut self) {
        let mut tick = interval(EVERY);
        let mut ordered = BTreeSet::new();
        while !*self.stopped.borrow() {
            tokio::select! {
                _ = tick.tick() => {}
                _ = self.stopped.changed() => break,
            }
            if let Some(person) = self.next(&ordered) {
                ordered.insert(person);
                self.order(person).await;
            }
        }
    }

    /// The last who is known and was not asked for yet. His signal is acknowledged: sent again, it would be about somebody new.
    fn next(&self, ordered: &BTreeSet<SubjectId>) -> Option<SubjectId> {
        let acknowledged: BTreeSet<SignalId> =
            self.books.with(|books| books.receipts.iter().map(|receipt| receipt.signal).collect());
        let known = self.known.borrow();
        let mut persons = known.persons.iter().rev().filter(|(signal, _)| acknowledged.contains(signal));
        persons.find(|(_, person)| !ordered.contains(person)).map(|(_, person)| *person)
    }

    /// Once: where the answer is lost, the log says whether there is an order.
    async fn order(&self, subject: SubjectId) {
        let command = SubjectCommand::OrderErasure {
            subject,
            reason: ErasureReason::Request,
            today: Date::constant(2026, 3, 2),
        };
        let context = Context { actor: "admin:terminal".into(), at: self.clock.now(), trace: None };
        if self.log.execute::<Subject>(&(), &subject.to_string(), command, &context).await.is_err() {
            self.books.retried();
        }
    }
}
