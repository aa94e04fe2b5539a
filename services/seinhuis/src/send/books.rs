//! The books of a run: totals, refusals, progress and what the reader sees, all in the order of the file.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use tokio::time::Instant;

use super::ledger::{Ledger, Outcome};
use super::meter::Meter;
use super::progress::Progress;
use super::refusals::RefusalsFile;
use super::totals::Totals;

/// How often the progress is kept. A run that breaks off sends at most this much again, as duplicates.
const KEPT_EVERY: Duration = Duration::from_secs(1);
/// How often the reader sees something new.
const SHOWN_EVERY: Duration = Duration::from_millis(100);

/// The books of a run.
pub(super) struct Books {
    ledger: Ledger,
    totals: Totals,
    refusals: RefusalsFile,
    progress: Progress,
    /// Where the progress is kept; nowhere when the folder can't be written.
    kept_in: Option<PathBuf>,
    meter: Meter,
    began: Instant,
    kept: Instant,
    shown: Instant,
}

impl Books {
    /// Opens the books where `progress` stands.
    pub(super) fn open(
        progress: Progress,
        kept_in: Option<PathBuf>,
        refusals: RefusalsFile,
        meter: Meter,
    ) -> Self {
        let now = Instant::now();
        Self {
            ledger: Ledger::from_mark(progress.rows),
            totals: Totals {
                settled_before: progress.rows,
                refused_before: progress.refused,
                ..Totals::default()
            },
            refusals,
            progress,
            kept_in,
            meter,
            began: now,
            kept: now,
            shown: now,
        }
    }

    /// Takes up the next row of the file.
    pub(super) fn take_up(&mut self) -> u64 {
        self.ledger.take_up()
    }

    /// How many rows are taken up and not yet told.
    pub(super) fn open_rows(&self) -> usize {
        self.ledger.open_rows()
    }

    /// Settles a row that ends at this byte of the file.
    pub(super) fn settle(&mut self, row: u64, byte: u64, outcome: Outcome) -> anyhow::Result<()> {
        for outcome in self.ledger.settle(row, outcome) {
            self.totals.rows += 1;
            match outcome {
                Outcome::New => self.totals.new += 1,
                Outcome::Duplicate => self.totals.duplicates += 1,
                Outcome::Refused(refusal) => {
                    self.totals.refused += 1;
                    self.refusals.add(&refusal).context("write the refusals file")?;
                }
            }
        }
        let now = Instant::now();
        if now - self.shown >= SHOWN_EVERY {
            self.shown = now;
            self.meter.show(byte, &self.totals);
        }
        if now - self.kept >= KEPT_EVERY {
            self.kept = now;
            self.keep()?;
        }
        Ok(())
    }

    /// A signal or the stream is tried again.
    pub(super) fn retried(&mut self, why: &str) {
        self.totals.retries += 1;
        self.meter.tell(why);
    }

    /// Keeps the progress: the refusals first, so that the mark never runs ahead of them.
    pub(super) fn keep(&mut self) -> anyhow::Result<()> {
        let refusals_bytes = self.refusals.settle().context("write the refusals file")?;
        self.progress.rows = self.ledger.mark();
        self.progress.refused = self.totals.refused + self.totals.refused_before;
        self.progress.refusals_bytes = refusals_bytes;
        match &self.kept_in {
            Some(path) => Ok(self.progress.keep(path)?),
            None => Ok(()),
        }
    }

    /// Closes the books. With the `whole` file settled there is nothing to resume, and no progress to keep.
    pub(super) fn close(mut self, whole: bool) -> anyhow::Result<Totals> {
        let kept = self.keep();
        if whole {
            self.meter.show(self.progress.of.file_bytes, &self.totals);
        }
        self.meter.close();
        kept?;
        if let Some(path) = self.kept_in.filter(|_| whole) {
            std::fs::remove_file(&path).with_context(|| format!("remove {}", path.display()))?;
        }
        let seconds = self.began.elapsed().as_secs_f64();
        Ok(Totals {
            seconds,
            rows_per_second: if seconds > 0.0 { self.totals.rows as f64 / seconds } else { 0.0 },
            refusals: self.refusals.path().map(ToOwned::to_owned),
            ..self.totals
        })
    }
}
