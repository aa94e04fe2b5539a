//! Every signal is in one case and no other, and a household that has an open case is given no second one beside it.

use std::collections::BTreeMap;

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, SignalId, SubjectId};
use seinhuis_domain::signal::SignalEvent;

use super::{Finding, History};

pub(super) fn check(history: &History) -> Vec<Finding> {
    let mut look = Look::default();
    for entry in &history.log {
        match &entry.event {
            Event::Signal(SignalEvent::SignalReported(facts)) => {
                let id = SignalId::of(&facts.partner, &facts.reference);
                look.reported.entry(id).or_insert((entry.position, facts.household));
            }
            Event::Case(event) => {
                if let Some(case) = entry.case() {
                    look.take(case, event, entry.position);
                }
            }
            _ => {}
        }
    }
    let unplaced = look.reported.iter().filter(|(signal, _)| !look.placed.contains_key(signal));
    let unplaced =
        unplaced.map(|(signal, (position, _))| Finding::Unplaced { signal: *signal, position: *position });
    // Only what has had its time: while a run is under way there is always a signal on its way.
    let unplaced = unplaced.filter(|_| history.horizon.is_some());
    look.found.iter().cloned().chain(unplaced).collect()
}

#[derive(Default)]
struct Look {
    found: Vec<Finding>,
    reported: BTreeMap<SignalId, (u64, Option<SubjectId>)>,
    placed: BTreeMap<SignalId, CaseId>,
    /// Per household the cases that hold a signal of it, and since when each of them does and is open; none when it is closed.
    holding: BTreeMap<SubjectId, BTreeMap<CaseId, Option<u64>>>,
}

impl Look {
    fn take(&mut self, case: CaseId, event: &CaseEvent, position: u64) {
        match event {
            CaseEvent::CaseOpened(opened) => {
                self.beside(case, opened.signal, position);
                self.join(case, opened.signal, position);
            }
            CaseEvent::SignalAttached { signal, .. } => self.join(case, *signal, position),
            CaseEvent::CaseResolved { .. } => self.turn(case, None),
            CaseEvent::CaseReopened { .. } => self.turn(case, Some(position)),
            _ => {}
        }
    }

    fn join(&mut self, case: CaseId, signal: SignalId, position: u64) {
        match self.placed.insert(signal, case) {
            Some(before) => self.found.push(Finding::InTwoCases { signal, before, case, position }),
            None if !self.reported.contains_key(&signal) => {
                self.found.push(Finding::FromNowhere { signal, case, position });
            }
            None => {}
        }
        if let Some((_, Some(household))) = self.reported.get(&signal) {
            self.holding.entry(*household).or_default().entry(case).or_insert(Some(position));
        }
    }

    fn turn(&mut self, case: CaseId, open_since: Option<u64>) {
        for cases in self.holding.values_mut() {
            cases.entry(case).and_modify(|since| *since = open_since);
        }
    }

    /// Whoever decided on the signal had seen the log up to it. A case that held the household before, and has been open
    /// ever since, cannot have been missed.
    fn beside(&mut self, case: CaseId, signal: SignalId, position: u64) {
        let Some((reported, Some(household))) = self.reported.get(&signal) else { return };
        let others = self.holding.get(household).into_iter().flatten();
        let missed =
            others.filter(|(other, since)| **other != case && since.is_some_and(|since| since < *reported));
        self.found.extend(missed.map(|(other, _)| Finding::OpenedBeside { case, other: *other, position }));
    }
}
