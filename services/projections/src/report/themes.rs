//! A theme: one policy goal, as the steering group sees it that watches it over all areas.

use std::collections::{BTreeMap, BTreeSet};

use seinhuis_domain::ids::CaseId;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::sector::Goal;

use super::{AlarmedCase, Moment};
use crate::versions::CaseVersion;

/// The open cases that serve one goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// The goal.
    pub goal: Goal,
    /// How many.
    pub open: u64,
    /// Those past their deadline.
    pub overdue: u64,
    /// Those that need attention, for whatever alarm.
    pub alarmed: u64,
    /// Those on the rung of the regisseur or the college.
    pub high: u64,
}

/// `cases` by goal, with the alarms among `alarms` that are theirs; goals without cases are left out.
pub fn themes<'c>(
    cases: impl IntoIterator<Item = &'c CaseVersion>,
    alarms: &[AlarmedCase],
    moment: Moment<'_>,
) -> Vec<Theme> {
    let alarmed: BTreeSet<CaseId> = alarms.iter().map(|alarmed| alarmed.head.id).collect();
    let mut themes: BTreeMap<Goal, Theme> = BTreeMap::new();
    for CaseVersion { head, .. } in cases {
        let none = Theme { goal: head.goal, open: 0, overdue: 0, alarmed: 0, high: 0 };
        let theme = themes.entry(head.goal).or_insert(none);
        theme.open += 1;
        theme.overdue += u64::from(head.is_overdue(moment.at));
        theme.alarmed += u64::from(alarmed.contains(&head.id));
        theme.high += u64::from(head.rung >= Rung::Regisseur);
    }
    themes.into_values().collect()
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::report::alarms;
    use crate::report::scene::{case, case_due, directory, now};

    #[test]
    fn a_case_with_two_alarms_is_one_case_that_needs_attention() {
        let directory = directory();
        let moment = Moment { at: now(), directory: &directory };
        let mut twice = case(1);
        (twice.head.refusals, twice.head.handovers, twice.head.rung) = (2, 3, Rung::Regisseur);
        let mut care = case_due(Some("2020-01-06T09:00:00Z"));
        care.head.goal = Goal::Care;
        let cases = [twice, care, case(3)];
        let alarms = alarms(&cases, moment);
        assert_eq!(alarms.len(), 2);
        let liveability = Theme { goal: Goal::Liveability, open: 2, overdue: 0, alarmed: 1, high: 1 };
        let care = Theme { goal: Goal::Care, open: 1, overdue: 1, alarmed: 0, high: 0 };
        assert_eq!(themes(&cases, &alarms, moment), [liveability, care]);
        assert_eq!(themes(&cases[1..], &alarms, moment)[0].alarmed, 0);
    }
}
