//! What is drawn from the seed.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

/// Draws. The same seed draws the same.
#[derive(Debug)]
pub(crate) struct Draw(Rng);

impl Draw {
    pub(crate) fn of(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    /// Whether something happens that does so in `percent` of a hundred.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.0.u32(0..100) < percent
    }

    /// A number from `least` to `most`, both included.
    pub(crate) fn number(&mut self, least: i64, most: i64) -> i64 {
        self.0.i64(least..=most)
    }

    /// One of these, of which there is at least one.
    pub(crate) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.0.usize(0..of.len())].clone()
    }

    /// A span from `least` to `most` milliseconds, to the microsecond.
    pub(crate) fn millis(&mut self, least: i64, most: i64) -> SignedDuration {
        SignedDuration::from_micros(self.0.i64(least * 1_000..=most * 1_000))
    }

    /// An instant from `from` on and before `until`, to the microsecond.
    pub(crate) fn instant(&mut self, from: Timestamp, until: Timestamp) -> Timestamp {
        let micros = self.0.i64(from.as_microsecond()..until.as_microsecond());
        Timestamp::from_microsecond(micros).unwrap_or(from)
    }
}
