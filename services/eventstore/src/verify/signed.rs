//! Every checkpoint that was ever signed must have signed this log: its signature, and its root against the tree as it is
//! worked out from the stored bytes, when it has grown to that size.

use std::collections::VecDeque;

use super::Findings;
use crate::fault::Fault;
use crate::proof::{Book, Checkpoint, Kept, Peaks, VerifierKey};

/// Checkpoints read in one go.
const PAGE: usize = 1_024;

/// The checkpoints of a book, as far as they have been looked at.
pub(super) struct Checkpoints<'b> {
    of: Option<(&'b Book, &'b VerifierKey)>,
    /// The size of the last one that takes part; those signed later than this began don't.
    last: u64,
    read: u64,
    page: VecDeque<Kept>,
    told: Told,
}

/// What they tell.
#[derive(Default)]
pub(super) struct Told {
    /// How many signed this log.
    pub(super) sound: u64,
    /// The size of the largest of those.
    pub(super) signed: u64,
    pub(super) found: Findings,
    forked: bool,
}

impl<'b> Checkpoints<'b> {
    /// No book is looked at.
    pub(super) fn none() -> Self {
        Self { of: None, last: 0, read: 0, page: VecDeque::new(), told: Told::default() }
    }

    /// Those in `book` by now.
    pub(super) async fn of(book: &'b Book, key: Option<&'b VerifierKey>) -> Result<Self, Fault> {
        let last = book.latest().await?.map_or(0, |kept| kept.size);
        let mut these = Self { of: key.map(|key| (book, key)), last, ..Self::none() };
        match key {
            None if last > 0 => these.told.found.note(0, "there is no key to check the proof book with"),
            Some(key) if last == 0 => {
                let what = format!(
                    "the proof book holds no checkpoint by {}: it is gone, or nothing was signed yet",
                    key.short()
                );
                these.told.found.note(0, what);
            }
            _ => {}
        }
        these.fill().await?;
        Ok(these)
    }

    /// The tree over the stored bytes has grown to `size`.
    pub(super) async fn reached(&mut self, size: u64, tree: &Peaks) -> Result<(), Fault> {
        while let Some(kept) = self.page.pop_front_if(|kept| kept.size <= size) {
            if self.page.is_empty() {
                self.fill().await?;
            }
            self.judge(&kept, tree);
        }
        Ok(())
    }

    /// The log has no more than `events`.
    pub(super) async fn end(mut self, events: u64) -> Result<Told, Fault> {
        let mut beyond = None;
        while let Some(kept) = self.page.pop_front() {
            if self.page.is_empty() {
                self.fill().await?;
            }
            beyond = self.opened(&kept).map(|checkpoint| checkpoint.size).max(beyond);
        }
        if let Some(size) = beyond.filter(|size| *size > events) {
            let what = format!("the log ends here, and a checkpoint of {size} events was signed");
            self.told.found.note(events as i64, what);
        }
        Ok(self.told)
    }

    async fn fill(&mut self) -> Result<(), Fault> {
        if let Some((book, _)) = self.of.filter(|_| self.read < self.last) {
            self.page = book.after(self.read, PAGE).await?.into();
            self.page.retain(|kept| kept.size <= self.last);
            self.read = self.page.back().map_or(self.last, |kept| kept.size);
        }
        Ok(())
    }

    fn judge(&mut self, kept: &Kept, tree: &Peaks) {
        let Some(checkpoint) = self.opened(kept) else { return };
        if checkpoint.root == tree.root() {
            (self.told.sound, self.told.signed) = (self.told.sound + 1, kept.size);
        } else if !self.told.forked {
            // Every later one differs too, and says no more about where it began.
            self.told.forked = true;
            let (from, to) = (self.told.signed + 1, kept.size);
            let what = format!(
                "one of the events up to {to} isn't the one that was signed: the root at size {to} differs"
            );
            self.told.found.note(from as i64, what);
        }
    }

    /// The checkpoint in `kept`, if it counts.
    fn opened(&mut self, kept: &Kept) -> Option<Checkpoint> {
        let (_, key) = self.of?;
        let why = match Checkpoint::open(&kept.note, key) {
            Ok(checkpoint) if checkpoint.size == kept.size => return Some(checkpoint),
            Ok(checkpoint) => format!("it says size {}", checkpoint.size),
            Err(error) => error.to_string(),
        };
        self.told
            .found
            .note(kept.size as i64, format!("the checkpoint of size {} doesn't count: {why}", kept.size));
        None
    }
}
