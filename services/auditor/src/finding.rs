//! What can be wrong with a step on the ladder.

use std::fmt;

use jiff::Timestamp;
use seinhuis_domain::calendar::rendered;
use seinhuis_domain::ids::{CaseId, PersonId};
use seinhuis_domain::ladder::Rung;
use seinhuis_eventstore::Position;

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The case.
    pub case: CaseId,
    /// The event that shows it; of what did not happen, the last event of the case.
    pub position: Position,
    /// What.
    pub wrong: Wrong,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// It should have climbed, and has not.
    Withheld {
        /// When it was due.
        due_at: Timestamp,
    },
    /// It climbed before its term had passed.
    Early {
        /// When it would have been due.
        due_at: Timestamp,
        /// When it climbed.
        at: Timestamp,
    },
    /// It climbed to the same rung twice in one cycle.
    Doubled {
        /// The rung.
        rung: Rung,
    },
    /// Somebody was told who neither answers for the rung there nor stands in for who does.
    Misdirected {
        /// Who was told.
        told: PersonId,
        /// The rung.
        rung: Rung,
    },
    /// Nobody was told.
    Untold {
        /// The rung.
        rung: Rung,
    },
    /// Another moment is planned than the terms say.
    Misplanned {
        /// What is planned; none where nothing is.
        planned: Option<Timestamp>,
        /// What the terms say.
        due_at: Timestamp,
    },
}

impl Wrong {
    /// Its name for programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Withheld { .. } => "withheld",
            Self::Early { .. } => "early",
            Self::Doubled { .. } => "doubled",
            Self::Misdirected { .. } => "misdirected",
            Self::Untold { .. } => "untold",
            Self::Misplanned { .. } => "misplanned",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, position, wrong } = self;
        write!(f, "case {} at {position}: {wrong}", case.number())
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Withheld { due_at } => {
                write!(f, "has not climbed, though it was due at {}", rendered(*due_at))
            }
            Self::Early { due_at, at } => {
                write!(f, "climbed at {}, though it was not due before {}", rendered(*at), rendered(*due_at))
            }
            Self::Doubled { rung } => write!(f, "climbed to {rung} twice in one cycle"),
            Self::Misdirected { told, rung } => {
                write!(f, "{told} was told of rung {rung}, and has nothing to do with it")
            }
            Self::Untold { rung } => write!(f, "nobody was told of rung {rung}"),
            Self::Misplanned { planned: Some(planned), due_at } => {
                write!(
                    f,
                    "is planned to climb at {}, but its terms end at {}",
                    rendered(*planned),
                    rendered(*due_at)
                )
            }
            Self::Misplanned { planned: None, due_at } => {
                write!(f, "is planned nowhere, but its terms end at {}", rendered(*due_at))
            }
        }
    }
}
