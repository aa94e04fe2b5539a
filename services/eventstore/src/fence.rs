//! What a holder shows with everything he writes, so that nothing of an earlier holder gets in after him.

use std::sync::Arc;

/// The epoch of a lease. Whoever writes under one is refused once the lease has been taken by somebody else, however long
/// he slept in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The lease.
    pub name: Arc<str>,
    /// Goes up by one with each change of holder, and never falls.
    pub epoch: u64,
}
