//! What people learn of while a run goes on: the cases, and the persons whom signals are about.

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, SignalId, SubjectId};
use seinhuis_domain::signal::SignalEvent;

use crate::history::Entry;

/// What there is to act on, the newest last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) cases: Vec<CaseId>,
    /// Each with the signal that told of him.
    pub(crate) persons: Vec<(SignalId, SubjectId)>,
}

impl Known {
    /// Takes in what is new in the log; tells whether there was anything for people in it.
    pub(crate) fn take(&mut self, news: &[Entry]) -> bool {
        let before = (self.cases.len(), self.persons.len());
        for entry in news {
            match &entry.event {
                Event::Case(CaseEvent::CaseOpened(opened)) => self.cases.push(opened.id),
                Event::Signal(SignalEvent::SignalReported(facts)) => {
                    let signal = SignalId::of(&facts.partner, &facts.reference);
                    self.persons.extend(facts.subjects.iter().map(|person| (signal, *person)));
                }
                _ => {}
            }
        }
        before != (self.cases.len(), self.persons.len())
    }
}
