//! Which stretches of the log hold a position, found by an index: the relational interval tree of Kriegel, Pötke and
//! Seidl (Managing Intervals Efficiently in Object-Relational Databases, VLDB 2000).
//!
//! All positions form one binary tree that is nowhere stored: an odd position is a leaf, and the position with most zeros at
//! its end is highest. A stretch belongs to the highest position in it. Whatever holds a position then belongs to
//! one of the few nodes between that position and the root: to one at or below it and ends after it, or to one above it and
//! begins at or before it. Either is a range of an index.

use seinhuis_eventstore::Position;

/// Nodes above any position there will be: a log of 2^40 events is a million million.
const HEIGHT: u32 = 40;

/// The node of the stretch from `from` up to and without `until`.
///
/// # Panics
/// When that is no stretch.
pub(super) fn node(from: Position, until: Position) -> u64 {
    assert!(0 < from.0 && from < until, "no stretch from {from} to {until}");
    let last = until.0 - 1;
    // The highest bit in which the two differ is where the last one turned off to the right.
    match (from.0 ^ last).checked_ilog2() {
        None => last,
        Some(bit) => last >> bit << bit,
    }
}

/// The nodes of all stretches that may hold a position.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Nodes {
    /// Up to the position: what belongs here holds it if it ends after it.
    pub(super) before: Vec<u64>,
    /// After the position: what belongs here holds it if it begins at or before it.
    pub(super) after: Vec<u64>,
}

/// The nodes of all stretches that may hold `position`.
pub(super) fn nodes(position: Position) -> Nodes {
    let at = position.0;
    let mut nodes = Nodes { before: vec![], after: vec![] };
    for bit in 0..HEIGHT {
        let node = (at >> bit | 1) << bit;
        let side = if node <= at { &mut nodes.before } else { &mut nodes.after };
        side.push(node);
    }
    for side in [&mut nodes.before, &mut nodes.after] {
        side.sort_unstable();
        side.dedup();
    }
    nodes
}

#[cfg(test)]
mod specs {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_stretch_belongs_to_the_highest_position_in_it() {
        let of = |from, until| node(Position(from), Position(until));
        assert_eq!(of(5, 6), 5);
        assert_eq!(of(5, 7), 6);
        assert_eq!(of(5, 9), 8);
        assert_eq!(of(1, 1_000_000), 524_288);
        assert_eq!(of(9, 12), 10);
    }

    proptest! {
        #[test]
        fn a_stretch_is_found_from_every_position_in_it_and_from_no_other(
            from in 1u64..5_000, long in 1u64..3_000, at in 1u64..10_000,
        ) {
            let until = from + long;
            let own = node(Position(from), Position(until));
            let nodes = nodes(Position(at));
            let found = nodes.before.contains(&own) && until > at || nodes.after.contains(&own) && from <= at;
            prop_assert_eq!(found, from <= at && at < until);
        }
    }
}
