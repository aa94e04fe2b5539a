//! What partners may send, and how fast. Strict parsing of the configuration is the binary's.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

/// The bounds of the door (INV-11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest message in bytes; a larger one ends its stream with OUT_OF_RANGE. 65,536 unless told.
    pub message_bytes: usize,
    /// Signals of one stream that may be under way at once; the stream waits beyond that. 256 unless told.
    pub in_flight: NonZeroUsize,
    /// Signals per second that one partner may keep up. 1,000 unless told.
    pub rate_per_second: NonZeroU32,
    /// Signals that one partner may send at once after a pause. 5,000 unless told.
    pub burst: NonZeroU32,
    /// How far a partner's clock may run ahead of the hub's. 5 minutes unless told, and never more: the rules of
    /// the domain stop there.
    pub clock_skew: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 64 * 1024,
            in_flight: const { NonZeroUsize::new(256).unwrap() },
            rate_per_second: const { NonZeroU32::new(1_000).unwrap() },
            burst: const { NonZeroU32::new(5_000).unwrap() },
            clock_skew: Duration::from_secs(5 * 60),
        }
    }
}
