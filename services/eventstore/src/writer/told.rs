//! What is told of a group once it is on disk, for whoever measures.

use std::sync::Arc;
use std::time::Duration;

/// A group that is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommittedGroup {
    /// Events that were stored. Those of batches that came too late are not among them.
    pub events: usize,
    /// How long the database took, waiting for the disk included.
    pub took: Duration,
}

/// Is told of every group that is on disk, after its callers. It must return at once: the next group waits for it.
pub type OnCommit = Arc<dyn Fn(CommittedGroup) + Send + Sync>;
