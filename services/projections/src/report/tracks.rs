//! Which share of the open cases is worked on by several partners together. Integral is the dear way, meant for where it is
//! needed: its share is a figure to steer by.

use std::collections::BTreeMap;

use seinhuis_domain::sector::Track;

use crate::versions::CaseVersion;

/// The open cases on one track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackShare {
    /// The track.
    pub track: Track,
    /// How many.
    pub open: u64,
    /// Of a hundred open cases, rounded to the nearest.
    pub percent: u32,
}

/// `cases` by track; tracks without cases are left out.
pub fn tracks(cases: &[CaseVersion]) -> Vec<TrackShare> {
    let mut open: BTreeMap<Track, u64> = BTreeMap::new();
    for case in cases {
        *open.entry(case.head.track).or_default() += 1;
    }
    let share = |(track, open)| TrackShare { track, open, percent: percent(open, cases.len() as u64) };
    open.into_iter().map(share).collect()
}

/// How many of a hundred, rounded to the nearest and at a half up.
///
/// # Panics
/// When there is no whole.
pub(super) fn percent(part: u64, whole: u64) -> u32 {
    assert!(part <= whole && whole > 0, "no share of {part} in {whole}");
    ((200 * part + whole) / (2 * whole)) as u32
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::report::scene::case;

    #[test]
    fn shares_are_of_all_open_cases_and_rounded() {
        let mut integral = case(1);
        integral.head.track = Track::Integral;
        let shares = tracks(&[case(2), integral, case(3)]);
        let seen: Vec<_> = shares.iter().map(|share| (share.track, share.open, share.percent)).collect();
        assert_eq!(seen, [(Track::Regular, 2, 67), (Track::Integral, 1, 33)]);
        assert_eq!(tracks(&[]), []);
    }

    #[test]
    fn a_half_is_rounded_up() {
        assert_eq!((percent(1, 8), percent(3, 8), percent(0, 3), percent(3, 3)), (13, 38, 0, 100));
    }
}
