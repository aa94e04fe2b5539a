//! How far a rebuild is.

use seinhuis_eventstore::Position;

/// What a rebuild is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// Reads the log and folds it.
    #[default]
    Folding,
    /// Writes what memory holds.
    Writing,
    /// Puts the new models in the place of the old ones.
    Swapping,
    /// All is in place.
    Done,
}

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Where it began: after what an earlier one had made.
    pub from: Position,
    /// Up to where the log is folded.
    pub at: Position,
    /// Up to where it is to be folded.
    pub of: Position,
    /// What it is doing.
    pub stage: Stage,
}

impl Progress {
    /// Another stretch of the log, after those before.
    pub(super) fn begins(&mut self, from: Position, of: Position) {
        if self.of == Position::START {
            self.from = from;
        }
        (self.at, self.of, self.stage) = (from, of, Stage::Folding);
    }

    /// Events taken in since it began.
    pub fn events(&self) -> u64 {
        self.at.0.saturating_sub(self.from.0)
    }
}
