//! Checkpoints that somebody kept, waiting for the log to reach their size.

use crate::finding::What;
use crate::note::{Checkpoint, Key};

/// Those that hold, the largest first.
#[derive(Debug)]
pub(super) struct Kept {
    waiting: Vec<Checkpoint>,
}

impl Kept {
    /// Opens the notes; those that don't hold are told by their number.
    pub(super) fn open(notes: &[Vec<u8>], key: &Key) -> (Self, Vec<What>) {
        let (mut waiting, mut faults) = (Vec::new(), Vec::new());
        for (at, note) in notes.iter().enumerate() {
            match Checkpoint::open(note, key) {
                Ok(checkpoint) => waiting.push(checkpoint),
                Err(fault) => faults.push(What::Kept { number: at + 1, fault }),
            }
        }
        waiting.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.size));
        (Self { waiting }, faults)
    }

    /// The next one of exactly this size.
    pub(super) fn take(&mut self, size: u64) -> Option<Checkpoint> {
        self.waiting.pop_if(|checkpoint| checkpoint.size == size)
    }

    /// The size of the largest one still waiting.
    pub(super) fn largest(&self) -> Option<u64> {
        self.waiting.first().map(|checkpoint| checkpoint.size)
    }
}
