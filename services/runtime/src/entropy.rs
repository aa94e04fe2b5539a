//! The hub's one source of randomness.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The step of SplitMix64 (Steele, Lea and Flood, 2014).
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// Where random bytes come from. Clones draw from the same source.
#[derive(Debug, Clone)]
pub struct Entropy(Source);

#[derive(Debug, Clone)]
enum Source {
    Os,
    Seeded(Arc<AtomicU64>),
}

impl Entropy {
    /// The operating system's generator, the only one fit for keys.
    pub fn os() -> Self {
        Self(Source::Os)
    }

    /// A generator whose bytes are a function of `seed`, for tests and simulations. Predictable: never for keys of
    /// real people.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(AtomicU64::new(seed))))
    }

    /// Fills `bytes` with random ones.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing the hub does is safe from there on.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks the machine for randomness"
    )]
    pub fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            Source::Os => {
                let filled = getrandom::fill(bytes);
                assert!(filled.is_ok(), "the operating system gives no randomness: {filled:?}");
            }
            Source::Seeded(state) => {
                for chunk in bytes.chunks_mut(8) {
                    let word = mix(state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP));
                    chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
                }
            }
        }
    }

    /// The 16 bytes of a random UUID (RFC 9562 version 4).
    pub fn uuid(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        bytes[6] = (bytes[6] & 0x0F) | 0x40;
        bytes[8] = (bytes[8] & 0x3F) | 0x80;
        bytes
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn one_seed_gives_the_bytes_published_for_splitmix() {
        // The reference values of SplitMix64 for the seed 1234567.
        let entropy = Entropy::seeded(1_234_567);
        let words: Vec<u64> = (0..3)
            .map(|_| {
                let mut bytes = [0; 8];
                entropy.fill(&mut bytes);
                u64::from_le_bytes(bytes)
            })
            .collect();
        assert_eq!(words, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn a_uuid_carries_version_four_and_the_variant() {
        let uuid = Entropy::os().uuid();
        assert_eq!((uuid[6] >> 4, uuid[8] >> 6), (4, 0b10));
        assert_ne!(uuid, Entropy::os().uuid());
    }
}
