//! What a run came to.

use std::path::PathBuf;

use serde::Serialize;

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Rows settled in this run.
    pub rows: u64,
    /// Of these, in the log for the first time.
    pub new: u64,
    /// Of these, already in the log.
    pub duplicates: u64,
    /// Of these, not in the log.
    pub refused: u64,
    /// Rows that an earlier run settled; only when resuming.
    pub settled_before: u64,
    /// How many of those were refused.
    pub refused_before: u64,
    /// How often a signal or the stream was tried again.
    pub retries: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Rows per second.
    pub rows_per_second: f64,
    /// Where the refused rows are listed, when there are any.
    pub refusals: Option<PathBuf>,
}

impl Totals {
    /// What the process exits with: 0 when the whole file is in the log, 2 when rows were refused.
    pub fn exit_code(&self) -> u8 {
        if self.refused + self.refused_before == 0 { 0 } else { 2 }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_refused_row_shows_in_the_exit_code_also_when_an_earlier_run_met_it() {
        assert_eq!(Totals { new: 3, duplicates: 2, ..Totals::default() }.exit_code(), 0);
        assert_eq!(Totals { refused: 1, ..Totals::default() }.exit_code(), 2);
        assert_eq!(Totals { refused_before: 1, ..Totals::default() }.exit_code(), 2);
    }
}
