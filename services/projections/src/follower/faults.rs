//! How often following failed: for those who keep the hub running, beside the words in its log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Faults that a follower has met, whichever term it met them in. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<AtomicU64>);

impl Faults {
    /// How many.
    pub fn met(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// One more.
    pub(super) fn meet(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
