//! Counts of a period beside those of the period before it.

use std::collections::BTreeMap;

use seinhuis_contract::proto::history::v1::{Flow, Step};

/// A count of this period and of the one before.
pub(crate) type Both = (u64, u64);

/// What was counted in either, by name. Counts of one name are added up.
pub(crate) fn side_by_side(
    now: impl IntoIterator<Item = (String, u64)>,
    before: impl IntoIterator<Item = (String, u64)>,
) -> BTreeMap<String, Both> {
    let mut both: BTreeMap<String, Both> = BTreeMap::new();
    now.into_iter().for_each(|(what, count)| both.entry(what).or_default().0 += count);
    before.into_iter().for_each(|(what, count)| both.entry(what).or_default().1 += count);
    both
}

/// By how much a count changed, in whole percents towards nothing, so that no change is made greater than it is. None where
/// there was nothing before.
pub(crate) fn percent((now, before): Both) -> Option<i128> {
    let (now, before) = (i128::from(now), i128::from(before));
    (before > 0).then(|| (now - before) * 100 / before)
}

/// How many cases were resolved.
pub(crate) fn resolved(flow: &Flow) -> u64 {
    flow.steps.iter().filter(|counted| counted.step() == Step::Resolved).map(|counted| counted.count).sum()
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn what_was_counted_in_one_of_the_two_stands_beside_nothing() {
        let of = |partner: &str, count| [(partner.to_owned(), count)];
        let both = side_by_side(of("wonion", 3), of("politie", 4));
        assert_eq!(both.into_values().collect::<Vec<_>>(), [(0, 4), (3, 0)]);
    }

    #[test]
    fn a_change_is_rounded_towards_nothing_and_from_nothing_there_is_none() {
        assert_eq!([(199, 100), (101, 200), (3, 4)].map(percent), [Some(99), Some(-49), Some(-25)]);
        assert_eq!(percent((7, 0)), None);
    }
}
