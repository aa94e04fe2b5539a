//! The ladder: four rungs, from the one who found the problem up to the college.

use crate::sector::named;
use serde::{Deserialize, Serialize};
use std::fmt;

mod cause;
mod due;
mod plan;
mod remind;

pub use cause::Cause;
pub use due::{Due, due};
pub(crate) use plan::counted_from;
pub use plan::{PlannedStep, Standing, next_step};
pub use remind::reminders;
pub(crate) use remind::whole_second;

named! {
    /// Where a case stands, lowest first. The rungs match phases 1 to 4 of the national escalation model (AVE).
    Rung {
        /// The lead partner's own people.
        Workfloor = "workfloor", "werkvloer";
        /// The wijkteam or service team of the area.
        Team = "team", "team";
        /// The area's regisseur, who may decide against a partner.
        Regisseur = "regisseur", "regisseur";
        /// The municipal executive.
        College = "college", "college";
    }
}

impl Rung {
    /// The rung above, if there is one.
    pub fn above(self) -> Option<Self> {
        Self::ALL.iter().copied().find(|rung| *rung > self)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn each_rung_leads_to_the_next_and_the_college_to_none() {
        let above: Vec<_> = Rung::ALL.iter().map(|rung| rung.above()).collect();
        assert_eq!(above, [Some(Rung::Team), Some(Rung::Regisseur), Some(Rung::College), None]);
    }
}
