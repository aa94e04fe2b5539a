//! How far a rebuild is.

use std::time::Duration;

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

    /// How fast it goes, `since` it began.
    pub fn pace(&self, since: Duration) -> Pace {
        let per_second = self.events() as f64 / since.as_secs_f64().max(1e-3);
        let goes = self.stage == Stage::Folding && self.events() > 0;
        let seconds = self.of.0.saturating_sub(self.at.0) as f64 / per_second;
        let left = goes.then(|| Duration::try_from_secs_f64(seconds).ok()).flatten();
        Pace { per_second, left }
    }
}

/// How fast a rebuild goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Events taken in in a second.
    pub per_second: f64,
    /// How long the folding will take still; none while it can't be told.
    pub left: Option<Duration>,
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn what_is_left_takes_as_long_as_what_was_taken_in_did() {
        let at = |at, stage| Progress { from: Position(100), at: Position(at), of: Position(900), stage };
        let after = |progress: Progress| progress.pace(Duration::from_secs(2));
        let left = Some(Duration::from_secs(2));
        assert_eq!(after(at(500, Stage::Folding)), Pace { per_second: 200.0, left });
        // Before the first event nobody can tell, and after the last it is done.
        assert_eq!(after(at(100, Stage::Folding)).left, None);
        assert_eq!(after(at(900, Stage::Writing)).left, None);
    }
}
