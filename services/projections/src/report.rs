//! What is to be said of the open cases of an area at one moment. Each report is a file, and a function of how the cases stood, of
//! that moment, and of the policies they were opened under: the present is only the last of all moments.

use jiff::Timestamp;
use seinhuis_domain::calendar::{Calendar, Term};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::policy::Ladder;

use crate::versions::CaseVersion;

mod alarm;
mod between_stools;
mod deadlines;
mod first_time;
mod gaps;
mod lead_load;
mod lead_silent;
mod ping_pong;
#[cfg(test)]
mod scene;
mod scorecard;
mod themes;
mod tracks;

pub use alarm::{Alarm, AlarmedCase, alarms};
pub use deadlines::{Deadlines, deadlines};
pub use first_time::{FirstTime, first_time};
pub use gaps::{Gap, gaps};
pub use lead_load::{LeadLoad, lead_load};
pub use scorecard::{Score, scorecard};
pub use themes::{Theme, themes};
pub use tracks::{TrackShare, tracks};

/// A moment, and who knows the policies.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// The moment.
    pub at: Timestamp,
    /// Knows every policy there was: a case is judged by the one it was opened under, whenever it is looked at.
    pub directory: &'a Directory,
}

impl<'a> Moment<'a> {
    /// What the case climbs by, with the calendar its terms are counted on.
    fn ladder(&self, case: &CaseVersion) -> Option<(&'a Ladder, &'a Calendar)> {
        let adopted = self.directory.adopted(case.head.policy_version)?;
        Some((&adopted.profile.policy.ladder, &adopted.calendar))
    }

    /// When `term` was over that began at `since`, if it is over. A term that the calendar can't count is not.
    fn is_over(&self, calendar: &Calendar, since: Timestamp, term: Term) -> Option<Timestamp> {
        calendar.due_at(since, term).ok().filter(|due| *due <= self.at)
    }
}
