//! What each partner has to lead.

use std::collections::BTreeMap;

use seinhuis_domain::ids::PartnerId;

use super::Moment;
use crate::versions::CaseVersion;

/// The open cases of one lead partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadLoad {
    /// Who leads; none for the cases nobody leads.
    pub lead: Option<PartnerId>,
    /// How many.
    pub open: u64,
    /// Those among them that nobody has picked up on their rung.
    pub waiting: u64,
    /// Those past their deadline.
    pub overdue: u64,
}

/// Who leads how many of `cases`: by name, and those nobody leads first.
pub fn lead_load(cases: &[CaseVersion], moment: Moment<'_>) -> Vec<LeadLoad> {
    let mut loads: BTreeMap<Option<PartnerId>, LeadLoad> = BTreeMap::new();
    for CaseVersion { head, .. } in cases {
        let none = LeadLoad { lead: head.lead.clone(), open: 0, waiting: 0, overdue: 0 };
        let load = loads.entry(head.lead.clone()).or_insert(none);
        load.open += 1;
        load.waiting += u64::from(head.picked_up.is_none());
        load.overdue += u64::from(head.is_overdue(moment.at));
    }
    loads.into_values().collect()
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::report::scene::{case, case_due, directory, now};

    #[test]
    fn each_lead_is_counted_and_those_nobody_leads_come_first() {
        let directory = directory();
        let mut nobody = case(1);
        nobody.head.lead = None;
        let mut overdue = case_due(Some("2020-01-06T09:00:00Z"));
        overdue.head.picked_up = Some(now());
        let loads = lead_load(&[case(2), nobody, overdue], Moment { at: now(), directory: &directory });
        let seen: Vec<_> = loads
            .iter()
            .map(|l| (l.lead.as_ref().map(PartnerId::as_str), l.open, l.waiting, l.overdue))
            .collect();
        assert_eq!(seen, [(None, 1, 1, 0), (Some("wonion"), 2, 1, 1)]);
    }
}
