//! What happened in a run, line by line: two runs of one seed must say the same.

use std::fmt::{Arguments, Write};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// The lines, as a hash; and as they are, where somebody wants to read them.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    hash: Sha256,
    line: String,
    told: Option<String>,
}

impl Trace {
    /// A trace that keeps its lines.
    pub(crate) fn told() -> Self {
        Self { told: Some(String::new()), ..Self::default() }
    }

    pub(crate) fn say(&mut self, now: Timestamp, what: Arguments<'_>) {
        self.line.clear();
        // Writing to a string doesn't fail.
        let _ = writeln!(self.line, "{now} {what}");
        self.hash.update(&self.line);
        if let Some(told) = &mut self.told {
            told.push_str(&self.line);
        }
    }

    /// Its SHA-256, and its lines if they were kept.
    pub(crate) fn end(self) -> (String, Option<String>) {
        (HEXLOWER.encode(&self.hash.finalize()), self.told)
    }
}
