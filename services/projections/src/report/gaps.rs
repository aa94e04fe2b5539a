//! Gaps (lacunes): kinds of work in an area that partners don't take. Teams report them, says the note on working in the
//! neighbourhood; here they are counted.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use seinhuis_domain::kind::Kind;

use crate::versions::CaseVersion;

/// The open cases of a kind that not every partner takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The kind of their first signals.
    pub kind: Kind,
    /// How many are open.
    pub open: u64,
    /// Those that nobody leads.
    pub no_lead: u64,
    /// Those that a partner refused, in whichever climb; somebody may lead them by now.
    pub refused: u64,
}

/// The kinds among `cases` of which some are without a lead or were refused: those most often without a lead first.
pub fn gaps(cases: &[CaseVersion]) -> Vec<Gap> {
    let mut kinds: BTreeMap<Kind, Gap> = BTreeMap::new();
    for CaseVersion { head, refusals_ever, .. } in cases {
        let none = Gap { kind: head.kind, open: 0, no_lead: 0, refused: 0 };
        let gap = kinds.entry(head.kind).or_insert(none);
        gap.open += 1;
        gap.no_lead += u64::from(head.lead.is_none());
        gap.refused += u64::from(*refusals_ever > 0);
    }
    let mut gaps: Vec<_> = kinds.into_values().filter(|gap| gap.no_lead + gap.refused > 0).collect();
    // Stable: kinds alike stay in the order of their codes.
    gaps.sort_by_key(|gap| Reverse((gap.no_lead, gap.refused)));
    gaps
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::report::scene::case;

    fn of(kind: &str, led: bool, refusals: u32) -> CaseVersion {
        let mut case = CaseVersion { refusals_ever: refusals, ..case(1) };
        case.head.kind = Kind::from_code(kind).unwrap();
        if !led {
            case.head.lead = None;
        }
        case
    }

    #[test]
    fn kinds_that_somebody_takes_are_no_gap_and_those_most_often_without_a_lead_come_first() {
        let cases = [
            of("police.e33", true, 0),
            of("police.e14", true, 2),
            of("housing.soc.gel", true, 0),
            of("housing.soc.gel", false, 0),
            of("housing.soc.gel", false, 1),
        ];
        let seen: Vec<_> =
            gaps(&cases).iter().map(|g| (g.kind.code(), g.open, g.no_lead, g.refused)).collect();
        assert_eq!(seen, [("housing.soc.gel", 3, 2, 1), ("police.e14", 1, 0, 1)]);
    }
}
