//! The cases that need somebody's attention, and why: all alarms of all cases, in one list.

use jiff::Timestamp;
use seinhuis_domain::ids::PartnerId;

use super::{Moment, between_stools, lead_silent, ping_pong};
use crate::case_head::CaseHead;
use crate::versions::CaseVersion;

/// Why a case needs attention.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// Between two stools (tussen wal en schip): nobody leads, for longer than the policy allows.
    NoLead {
        /// Since when.
        since: Timestamp,
        /// When it was too long.
        due: Timestamp,
    },
    /// Between two stools: partners refused it as often as the policy allows, or more often.
    Refused {
        /// How often, in this climb.
        times: u32,
        /// How often brings it to the regisseur.
        most: u32,
    },
    /// Stagnation: who leads has not been heard for too long.
    LeadSilent {
        /// Who leads.
        lead: PartnerId,
        /// Since when nothing was heard.
        since: Timestamp,
        /// When it was too long.
        due: Timestamp,
    },
    /// Stagnation: handed over as often as the policy allows, or more often (pingpong).
    PingPong {
        /// How often, in this climb.
        times: u32,
        /// How often brings it to the regisseur.
        most: u32,
    },
}

/// A case with an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmedCase {
    /// The case as it stood.
    pub head: CaseHead,
    /// Why it is here.
    pub alarm: Alarm,
}

/// The alarms of `cases`: by alarm in the order in which they stand above, then those longest or most often in it first.
pub fn alarms(cases: &[CaseVersion], moment: Moment<'_>) -> Vec<AlarmedCase> {
    let each = [between_stools::no_lead, between_stools::refused, lead_silent::alarm, ping_pong::alarm];
    let mut all = Vec::new();
    for alarm in each {
        let of_case =
            |case: &CaseVersion| Some(AlarmedCase { alarm: alarm(case, moment)?, head: case.head.clone() });
        let mut alarmed: Vec<_> = cases.iter().filter_map(of_case).collect();
        alarmed.sort_by_key(|case| (case.alarm.rank(), case.head.opened_at, case.head.id));
        all.extend(alarmed);
    }
    all
}

impl Alarm {
    /// The lower, the earlier in its list.
    fn rank(&self) -> i64 {
        match self {
            Self::NoLead { due, .. } | Self::LeadSilent { due, .. } => due.as_microsecond(),
            Self::Refused { times, .. } | Self::PingPong { times, .. } => -i64::from(*times),
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::report::scene::{case, directory, now};

    #[test]
    fn a_case_is_in_every_list_it_belongs_to_and_the_longest_waiting_comes_first() {
        let mut both = case(1);
        (both.head.refusals, both.head.handovers) = (2, 3);
        let mut worse = case(2);
        worse.head.refusals = 5;
        let directory = directory();
        let all = alarms(&[both, worse, case(3)], Moment { at: now(), directory: &directory });
        let seen: Vec<_> = all.iter().map(|found| (found.head.id.0.as_u128(), &found.alarm)).collect();
        assert_eq!(
            seen,
            [
                (2, &Alarm::Refused { times: 5, most: 2 }),
                (1, &Alarm::Refused { times: 2, most: 2 }),
                (1, &Alarm::PingPong { times: 3, most: 3 }),
            ]
        );
    }
}
