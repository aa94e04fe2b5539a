//! What a partner wrote down of its receipts, and what the log must therefore hold.

use std::collections::{BTreeMap, BTreeSet};

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, NoticeId, SignalId};
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::notice::NoticeEvent;
use seinhuis_eventstore::{Log, Position};

/// Reference to position, as the receipts said.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    receipts: BTreeMap<String, (SignalId, u64)>,
}

impl Ledger {
    /// Writes a receipt down. A second one for the same signal must name the same place.
    pub(crate) fn acknowledged(&mut self, reference: &str, signal: SignalId, position: u64) {
        let before = self.receipts.insert(reference.to_owned(), (signal, position));
        if let Some(before) = before {
            assert_eq!(before, (signal, position), "a retry of {reference} was told another place");
        }
    }

    /// How many signals were acknowledged.
    pub(crate) fn len(&self) -> usize {
        self.receipts.len()
    }

    /// Holds the log against it: nothing missing, nothing doubled, no rung and no notice twice.
    pub(crate) async fn audit(&self, log: &Log) -> Audit {
        let mut audit = Audit::default();
        let mut reported: BTreeMap<SignalId, u64> = BTreeMap::new();
        let mut placed: BTreeMap<SignalId, BTreeSet<CaseId>> = BTreeMap::new();
        let mut after = Position::START;
        loop {
            let page = log.read(after, 1_000).await.unwrap();
            let Some(last) = page.events.last() else { break };
            for event in &page.events {
                audit.events += 1;
                assert_eq!(event.position.0, audit.events, "positions are dense");
                match event.event().unwrap() {
                    Event::Signal(seinhuis_domain::signal::SignalEvent::SignalReported(facts)) => {
                        let id = SignalId::of(&facts.partner, &facts.reference);
                        assert_eq!(
                            reported.insert(id, event.position.0),
                            None,
                            "{} is doubled",
                            facts.reference
                        );
                    }
                    Event::Case(case) => {
                        audit.take_case(event.stream.id().parse().unwrap(), &case, &mut placed)
                    }
                    Event::Notice(NoticeEvent::NoticeDelivered { facts, .. }) => {
                        assert!(audit.notices.insert(facts.notice), "a notice was recorded twice");
                    }
                    _ => {}
                }
            }
            after = last.position;
        }
        for (reference, (signal, position)) in &self.receipts {
            assert_eq!(reported.get(signal), Some(position), "{reference} was acknowledged and is not there");
        }
        for (signal, cases) in &placed {
            assert_eq!(cases.len(), 1, "{signal} is in several cases");
        }
        audit.signals = reported.len();
        audit.placed = placed.len();
        audit
    }
}

/// What the log was found to hold.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    pub(crate) events: u64,
    pub(crate) signals: usize,
    pub(crate) placed: usize,
    pub(crate) rungs: BTreeSet<(CaseId, u32, Rung, u32)>,
    reminders: BTreeSet<(CaseId, u32, Rung, u32, u32)>,
    pub(crate) notices: BTreeSet<NoticeId>,
}

impl Audit {
    fn take_case(
        &mut self,
        id: CaseId,
        event: &CaseEvent,
        placed: &mut BTreeMap<SignalId, BTreeSet<CaseId>>,
    ) {
        match event {
            CaseEvent::CaseOpened(opened) => drop(placed.entry(opened.signal).or_default().insert(id)),
            CaseEvent::SignalAttached { signal, .. } => drop(placed.entry(*signal).or_default().insert(id)),
            CaseEvent::RungReached(reached) => {
                let fact = (id, reached.policy_version, reached.rung, reached.cycle);
                assert!(self.rungs.insert(fact), "a rung was reached twice: {fact:?}");
                assert!(
                    reached.planned_at.is_none_or(|planned| planned <= reached.at),
                    "a timer fired early"
                );
            }
            CaseEvent::CaseReminded(reminded) => {
                let fact = (id, reminded.policy_version, reminded.rung, reminded.cycle, reminded.nth);
                assert!(self.reminders.insert(fact), "a reminder went out twice: {fact:?}");
                assert!(reminded.planned_at <= reminded.at, "a reminder went out early");
            }
            _ => {}
        }
    }
}
