//! Right first time: whether a case came to who acted on it at once, or was handed over and refused before. A desk must refer in
//! one go, says the memo; this counts how often that went well.

use crate::versions::CaseVersion;

/// Open cases by how they came to their first action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FirstTime {
    /// Acted on by the first who got it.
    pub right: u64,
    /// Handed over or refused before somebody acted.
    pub wrong: u64,
    /// Nobody has acted yet.
    pub open: u64,
}

/// Counts `cases` by how they came to their first action.
pub fn first_time(cases: &[CaseVersion]) -> FirstTime {
    let mut counted = FirstTime::default();
    for case in cases {
        match case.handovers_before_action {
            Some(0) => counted.right += 1,
            Some(_) => counted.wrong += 1,
            None => counted.open += 1,
        }
    }
    counted
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::report::scene::case;

    #[test]
    fn what_was_handed_over_before_anybody_acted_did_not_go_right() {
        let of = |before| CaseVersion { handovers_before_action: before, ..case(1) };
        let counted = first_time(&[of(None), of(Some(0)), of(Some(0)), of(Some(3))]);
        assert_eq!(counted, FirstTime { right: 2, wrong: 1, open: 1 });
    }
}
