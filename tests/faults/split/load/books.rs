//! What callers write down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use seinhuis_domain::ids::SignalId;

use crate::history::{Acted, Receipt, Sent};

/// What all callers wrote down.
#[derive(Debug, Clone, Default)]
pub(crate) struct Books {
    pub(crate) sent: BTreeMap<SignalId, Sent>,
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) acts: Vec<Acted>,
    /// Calls and streams that were tried again.
    pub(crate) retries: usize,
    /// What was refused and must not be tried again: there should be nothing of the kind.
    pub(crate) refused: Vec<String>,
}

impl Books {
    /// Signals that were sent and not acknowledged.
    pub(crate) fn open(&self) -> usize {
        let acknowledged: BTreeSet<SignalId> = self.receipts.iter().map(|receipt| receipt.signal).collect();
        self.sent.len() - acknowledged.len()
    }
}

/// The books that all callers of a run share.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared(Arc<Mutex<Books>>);

impl Shared {
    /// Reads or writes in them.
    pub(super) fn with<T>(&self, what: impl FnOnce(&mut Books) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn retried(&self) {
        self.with(|books| books.retries += 1);
    }

    pub(super) fn refused(&self, what: impl std::fmt::Display) {
        self.with(|books| books.refused.push(what.to_string()));
    }

    pub(super) fn sent(&self, sent: Sent) {
        self.with(|books| books.sent.insert(sent.id(), sent));
    }

    pub(super) fn acknowledged(&self, signal: SignalId, position: u64) {
        self.with(|books| books.receipts.push(Receipt { signal, position }));
    }
}
