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
            if sum.iter().filter(|at| out[**at]).count() != 1 {
                continue;
            }
            // The only one left out is the difference of the rest: the next smallest goes with it.
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
    fn what_was_left_out_for_one_sum_counts_in_the_others() {
        // Districts in a municipality, and each by lane: [all, a, b] and [b, b1, b2].
        let counts = [40, 3, 37, 20, 17];
        let (whole, part) = (vec![0, 1, 2], vec![2, 3, 4]);
        for sums in [[whole.clone(), part.clone()], [part, whole]] {
            assert_eq!(left_out(&counts, &sums), [false, true, true, false, true]);
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
                let unknown = sum.iter().filter(|at| out[**at]).count();
                let other = sum.iter().any(|at| !out[*at] && counts[*at] > 0);
                prop_assert!(unknown != 1 || !other, "{counts:?} {out:?}");
            }
            for (at, count) in counts.iter().enumerate() {
                prop_assert!(out[at] || *count == 0 || *count >= LEAST);
            }
        }
    }
}
