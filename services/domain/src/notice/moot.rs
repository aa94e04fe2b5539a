//! Whether there is anything left to tell. A notice that was held is not sent when what it would ask for is over by then.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::CaseState;
use crate::ladder::Rung;
use crate::sector::named;

named! {
    /// Why there is nothing left to tell.
    Moot {
        /// The case is done.
        CaseResolved = "case_resolved", "de zaak is afgehandeld";
        /// The case went on to another rung, or began to climb anew.
        CaseMoved = "case_moved", "de zaak ligt daar niet meer";
        /// The climb that it reminds of is no longer planned.
        NothingPlanned = "nothing_planned", "wat eraan zat te komen is van de baan";
    }
}

impl Moot {
    /// The same for who reads English.
    pub const fn english(self) -> &'static str {
        match self {
            Self::CaseResolved => "the case is done",
            Self::CaseMoved => "the case is no longer there",
            Self::NothingPlanned => "what was to come is off",
        }
    }
}

/// What a notice would tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tells {
    /// The rung on which the case is.
    pub rung: Rung,
    /// In which climb.
    pub cycle: u32,
    /// Of a reminder: the climb that it reminds of.
    pub reminds_of: Option<Timestamp>,
}

/// Why there is nothing left to tell of a case that stands so; none where there is.
pub fn moot(case: &CaseState, tells: Tells) -> Option<Moot> {
    let Tells { rung, cycle, reminds_of } = tells;
    let planned = case.planned.as_ref().map(|step| step.due_at);
    if case.resolved {
        Some(Moot::CaseResolved)
    } else if (case.rung, case.cycle) != (rung, cycle) {
        Some(Moot::CaseMoved)
    } else {
        reminds_of.filter(|due_at| planned != Some(*due_at)).map(|_| Moot::NothingPlanned)
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, act, at};

    const TUESDAY: &str = "2026-03-10T14:00:00Z";
    const TEAM: &str = "2026-03-16T23:00:00Z";

    fn asked(given: &Given, rung: Rung, cycle: u32, reminds_of: Option<&str>) -> Option<Moot> {
        moot(&given.state(), Tells { rung, cycle, reminds_of: reminds_of.map(at) })
    }

    #[test]
    fn where_the_case_still_is_there_is_something_to_tell() {
        let given = Given::opened("housing.fin.hua");
        assert_eq!(asked(&given, Rung::Workfloor, 0, None), None);
        assert_eq!(asked(&given, Rung::Workfloor, 0, Some(TEAM)), None);
        // Whoever is asked to act is told even where another one has begun to.
        let picked_up = given.and(CaseCommand::Acknowledge { act: act("consulent-wonion", TUESDAY) });
        assert_eq!(asked(&picked_up, Rung::Workfloor, 0, None), None);
    }

    #[test]
    fn of_a_case_that_is_done_or_elsewhere_there_is_nothing_to_tell() {
        let given = Given::opened("housing.fin.hua");
        let done = given.clone().and(CaseCommand::Resolve { act: act("wijkagent", TUESDAY) });
        assert_eq!(asked(&done, Rung::Workfloor, 0, None), Some(Moot::CaseResolved));
        let climbed = given.and_climbed(TEAM);
        assert_eq!(asked(&climbed, Rung::Workfloor, 0, None), Some(Moot::CaseMoved));
        assert_eq!(asked(&climbed, Rung::Team, 1, None), Some(Moot::CaseMoved));
        assert_eq!(asked(&climbed, Rung::Team, 0, None), None);
    }

    #[test]
    fn a_reminder_of_a_climb_that_is_no_longer_planned_reminds_of_nothing() {
        let given = Given::opened("housing.fin.hua");
        let picked_up = given.and(CaseCommand::Acknowledge { act: act("consulent-wonion", TUESDAY) });
        assert_eq!(asked(&picked_up, Rung::Workfloor, 0, Some(TEAM)), Some(Moot::NothingPlanned));
    }
}
