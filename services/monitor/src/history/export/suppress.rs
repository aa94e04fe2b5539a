//! Which counts are left out of what is published: small ones, behind which somebody might be recognised, and so many others
//! that no small one can be worked out by adding and subtracting.

/// The smallest count that is published. Dutch municipalities hide those under five.
const LEAST: u64 = 5;

/// Which of `counts` are left out. Each of `sums` names counts of which one is the sum of the others.
pub(super) fn left_out(counts: &[u64], sums: &[Vec<usize>]) -> Vec<bool> {
    let mut out: Vec<bool> = counts.iter().map(|count| (1..LEAST).contains(count)).collect();
    loop {
        let mut more = false;
        for sum in sums {
            if !gives_away(sum, counts, &out) {
                continue;
            }
            // The next smallest goes with what could be worked out.
            let next = sum.iter().filter(|at| !out[**at] && counts[**at] > 0).min_by_key(|at| counts[**at]);
            if let Some(at) = next {
                out[*at] = true;
                more = true;
            }
        }
        if !more {
            return out;
        }
    }
}

/// Whether what is left out of a sum follows from the rest of it. One alone is the difference. Several are when it is as much
/// as there are of them: nothing is left out that isn't one at least.
fn gives_away(sum: &[usize], counts: &[u64], out: &[bool]) -> bool {
    let hidden: Vec<usize> = sum.iter().copied().filter(|at| out[*at]).collect();
    let whole = sum.iter().copied().max_by_key(|at| counts[*at]);
    let together: u64 = hidden.iter().map(|at| counts[*at]).sum();
    let is_told = whole.is_some_and(|whole| !out[whole]);
    hidden.len() == 1 || (is_told && !hidden.is_empty() && together == hidden.len() as u64)
}

/// A count on its own is left out when it is small.
pub(super) fn is_small(count: u64) -> bool {
    (1..LEAST).contains(&count)
}

#[cfg(test)]
mod specs {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_to_four_are_left_out_and_nothing_is_no_secret() {
        let out = left_out(&[0, 1, 4, 5, 60], &[]);
        assert_eq!(out, [false, true, true, false, false]);
    }

    #[test]
    fn what_would_be_the_difference_of_the_rest_takes_the_next_smallest_with_it() {
        // 60 is 3 and 20 and 37: without the 20, the 3 could be anything.
        assert_eq!(left_out(&[60, 3, 20, 37], &[vec![0, 1, 2, 3]]), [false, true, true, false]);
        // Two small ones hide each other.
        assert_eq!(left_out(&[60, 3, 2, 55], &[vec![0, 1, 2, 3]]), [false, true, true, false]);
    }

    #[test]
    fn ones_that_add_up_to_their_own_number_take_the_next_smallest_with_them() {
        // 60 without 58 is 2 of two: each would be 1.
        assert_eq!(left_out(&[60, 1, 1, 58], &[vec![0, 1, 2, 3]]), [false, true, true, true]);
        assert_eq!(left_out(&[60, 1, 2, 57], &[vec![0, 1, 2, 3]]), [false, true, true, false]);
        assert_eq!(left_out(&[5, 1, 1, 1, 1, 1], &[vec![0, 1, 2, 3, 4, 5]]), [true; 6]);
    }

    #[test]
    fn what_was_left_out_for_one_sum_counts_in_the_others() {
        // Districts in a municipality, and each by lane: [all, a, b] and [b, b1, b2].
        let counts = [40, 3, 37, 20, 17];
        let (whole, part) = (vec![0, 1, 2], vec![2, 3, 4]);
        for sums in [[whole.clone(), part.clone()], [part, whole]] {
            assert_eq!(left_out(&counts, &sums), [false, true, true, false, true]);
        }
    }

    /// Whether only one way is left to fill in what is left out of a sum, each with one at least: tried, and not worked out.
    fn is_certain(sum: &[usize], counts: &[u64], out: &[bool]) -> bool {
        let (whole, parts) = sum.split_first().unwrap();
        let hidden = parts.iter().filter(|at| out[**at]).count() as u64;
        let shown: u64 = parts.iter().filter(|at| !out[**at]).map(|at| counts[*at]).sum();
        let ways = |whole: u64| match (whole.checked_sub(shown), hidden) {
            (Some(0), 0) => 1,
            (Some(rest), 0) if rest > 0 => 0,
            (Some(rest), 1) => u64::from(rest > 0),
            (Some(rest), hidden) if rest >= hidden => 1 + rest - hidden,
            _ => 0,
        };
        if out[*whole] {
            (1..200).map(ways).sum::<u64>() == 1
        } else {
            hidden > 0 && ways(counts[*whole]) == 1
        }
    }

    proptest! {
        #[test]
        fn no_sum_is_left_with_one_unknown_among_others(
            parts in prop::collection::vec(prop::collection::vec(0u64..40, 1..5), 1..5),
        ) {
            // A total, a subtotal of each part, and the numbers of each part.
            let (mut counts, mut sums) = (vec![0], vec![vec![0]]);
            for part in &parts {
                let subtotal = counts.len();
                counts.push(part.iter().sum());
                sums[0].push(subtotal);
                sums.push((subtotal..=subtotal + part.len()).collect());
                counts.extend(part);
            }
            counts[0] = parts.iter().flatten().sum();
            let out = left_out(&counts, &sums);
            for sum in &sums {
                let other = sum.iter().any(|at| !out[*at] && counts[*at] > 0);
                prop_assert!(!other || !is_certain(sum, &counts, &out), "{counts:?} {out:?}");
            }
            for (at, count) in counts.iter().enumerate() {
                prop_assert!(out[at] || *count == 0 || *count >= LEAST);
            }
        }
    }
}
