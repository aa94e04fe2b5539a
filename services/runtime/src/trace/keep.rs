//! Which new traces are kept: a share of them, and never more than so many a second, so that a flood at the door doesn't become
//! one behind it (INV-11).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::entropy::Entropy;

/// New traces kept in a second by one process.
const PER_SECOND: u64 = 100;

/// Judges new traces.
#[derive(Debug)]
pub(super) struct Keep {
    /// Of 2^32, how many are kept.
    share: u64,
    /// For the draws alone: which traces are kept is no secret, and the machine's own randomness costs more than a signal may.
    draws: Entropy,
    began: Instant,
    /// The second since then, and the traces kept in it: 32 bits each.
    kept: AtomicU64,
}

impl Keep {
    /// Keeps this share of all, from 0 to 1, drawn from `entropy`.
    pub(super) fn new(share: f64, entropy: &Entropy) -> Self {
        let mut seed = [0; 8];
        entropy.fill(&mut seed);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 2^32")]
        let share = (share.clamp(0.0, 1.0) * f64::from(u32::MAX) + share.clamp(0.0, 1.0)) as u64;
        let draws = Entropy::seeded(u64::from_le_bytes(seed));
        Self { share, draws, began: Instant::now(), kept: AtomicU64::new(0) }
    }

    /// Whether one more is kept.
    pub(super) fn one_more(&self) -> bool {
        let mut draw = [0; 4];
        self.draws.fill(&mut draw);
        u64::from(u32::from_le_bytes(draw)) < self.share && self.has_room(self.began.elapsed().as_secs())
    }

    fn has_room(&self, second: u64) -> bool {
        let counted = self.kept.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |kept| {
            let count = if kept >> 32 == second { kept & u64::from(u32::MAX) } else { 0 };
            (count < PER_SECOND).then_some(second << 32 | (count + 1))
        });
        counted.is_ok()
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn keep(share: f64) -> Keep {
        Keep::new(share, &Entropy::seeded(7))
    }

    #[test]
    fn a_share_of_them_is_kept_and_all_or_none_where_that_is_asked() {
        let kept = |share| {
            let keep = keep(share);
            let one = |_: &u32| {
                keep.kept.store(0, Ordering::Relaxed);
                keep.one_more()
            };
            (0..10_000).filter(one).count()
        };
        assert_eq!((kept(0.0), kept(1.0), kept(-1.0), kept(7.0)), (0, 10_000, 0, 10_000));
        let tenth = kept(0.1);
        assert!((800..1_200).contains(&tenth), "{tenth}");
    }

    #[test]
    fn of_a_flood_so_many_are_kept_in_each_second() {
        let keep = keep(1.0);
        let kept = |second| (0..10 * PER_SECOND).filter(|_| keep.has_room(second)).count() as u64;
        assert_eq!((kept(0), kept(0), kept(1), kept(9)), (PER_SECOND, 0, PER_SECOND, PER_SECOND));
    }
}
