//! Draws for the demo: the same seed gives the same draws.

use seinhuis_runtime::Entropy;

/// A source of draws.
#[derive(Debug)]
pub struct Draw(Entropy);

impl Draw {
    /// From a seed.
    pub fn seeded(seed: u64) -> Self {
        Self(Entropy::seeded(seed))
    }

    fn word(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        // 53 bits are what a double holds.
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let unit = (self.word() >> 11) as f64 / (1_u64 << 53) as f64;
        unit
    }

    /// A number below `limit`, which is at least 1. The bias is far below what a demo could show.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.word() % limit.max(1) as u64).unwrap_or_default()
    }

    /// One of the list, which is not empty.
    pub fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn draws_stay_within_their_bounds_and_repeat_with_their_seed() {
        let (mut one, mut other) = (Draw::seeded(7), Draw::seeded(7));
        for _ in 0..1_000 {
            let (unit, below) = (one.unit(), one.below(3));
            assert!((0.0..1.0).contains(&unit) && below < 3);
            assert_eq!((other.unit(), other.below(3)), (unit, below));
        }
    }
}
