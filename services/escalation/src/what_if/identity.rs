//! The identity law: decided again under the policies that held, the log is what it is.

use std::collections::{HashMap, VecDeque};

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::what_if::Would;
use seinhuis_eventstore::{Position, Recorded};

/// Whether it is.
#[derive(Debug, Default)]
pub struct Identity {
    /// What was decided again and isn't in the log yet: of one command there may be several events.
    owed: HashMap<CaseId, VecDeque<CaseEvent>>,
    /// Events of cases that are stored as they were decided again, byte for byte.
    pub same: u64,
    /// Those that are not, and acts that would have been refused.
    pub other: u64,
    /// The first of them.
    pub first_other: Option<Position>,
}

impl Identity {
    /// Whether every event of a case was decided again as it is stored, and no other one.
    pub fn holds(&self) -> bool {
        self.other == 0 && self.owed.is_empty()
    }

    /// Takes in what would have happened by the event at `position`.
    pub(super) fn owe(&mut self, position: Position, would: Vec<Would>) {
        for would in would {
            match would {
                Would::Happen(case, event) => self.owed.entry(case).or_default().push_back(event),
                Would::BeRefused(..) => self.differs(position),
            }
        }
    }

    /// Takes in the next stored event of `case`.
    pub(super) fn find(&mut self, case: CaseId, recorded: &Recorded) {
        let owed = self.owed.entry(case).or_default();
        let own = owed.pop_front();
        if owed.is_empty() {
            self.owed.remove(&case);
        }
        if own.is_some_and(|own| recorded.is_stored_form_of(&own)) {
            self.same += 1;
        } else {
            self.differs(recorded.position);
        }
    }

    fn differs(&mut self, position: Position) {
        self.other += 1;
        self.first_other.get_or_insert(position);
    }
}
