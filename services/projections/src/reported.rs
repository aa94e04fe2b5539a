//! The signals a page reports and the cases that take signals in: what several models need to know of a page.

use std::collections::BTreeMap;

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::ids::{CaseId, SignalId};
use seinhuis_domain::signal::SignalFacts;
use seinhuis_eventstore::{Position, Recorded};

use crate::entry::{About, Entry};

/// The case that took a signal in, and where the log says so.
pub(crate) type TakenIn = (CaseId, Position);

/// A signal that the page reports.
pub(crate) struct Reported<'a> {
    pub(crate) facts: &'a SignalFacts,
    pub(crate) at: &'a Recorded,
    /// By which case, if on the same page. Were there several, the last counts.
    pub(crate) taken_in: Option<TakenIn>,
}

/// What a page says of signals. The same for every way of cutting the log into pages.
#[derive(Default)]
pub(crate) struct PageSignals<'a> {
    pub(crate) reported: BTreeMap<SignalId, Reported<'a>>,
    /// Signals of earlier pages that cases took in.
    pub(crate) earlier: BTreeMap<SignalId, TakenIn>,
}

impl<'a> PageSignals<'a> {
    pub(crate) fn of(page: &'a [Entry]) -> Self {
        let mut signals = Self::default();
        for entry in page {
            match &entry.about {
                About::Signal(id, facts) => {
                    signals.reported.insert(*id, Reported { facts, at: &entry.recorded, taken_in: None });
                }
                About::Case(case, event) => {
                    if let Some(id) = signal_taken_in(event) {
                        signals.take_in(id, (*case, entry.position()));
                    }
                }
                About::Notice(_) | About::Subject(_) | About::Elsewhere | About::Unreadable(_) => {}
            }
        }
        signals
    }

    fn take_in(&mut self, id: SignalId, by: TakenIn) {
        match self.reported.get_mut(&id) {
            Some(reported) => reported.taken_in = Some(by),
            None => drop(self.earlier.insert(id, by)),
        }
    }
}

/// The signal a case event takes in, if it does.
fn signal_taken_in(event: &CaseEvent) -> Option<SignalId> {
    match event {
        CaseEvent::CaseOpened(opened) => Some(opened.signal),
        CaseEvent::SignalAttached { signal, .. } => Some(*signal),
        _ => None,
    }
}
