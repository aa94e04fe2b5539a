//! The figures as JSON, which `cargo xtask bench peers` reads.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::drive::Run;
use crate::peer::{Held, Load};

/// What one run of the program found.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    seed: u64,
    /// How long each run took.
    seconds: u64,
    payload_bytes: usize,
    /// What PostgreSQL says of itself; nothing where it was not asked.
    postgres: BTreeMap<String, String>,
    rows: Vec<Row>,
    stores: Vec<Store>,
}

#[derive(Debug, Serialize)]
struct Row {
    peer: &'static str,
    what: &'static str,
    like: &'static str,
    callers: usize,
    batch: usize,
    /// Events a second, the median of the runs.
    per_second: f64,
    /// Every run, in the order they were made.
    runs: Vec<f64>,
    #[serde(skip)]
    acknowledged: u64,
}

#[derive(Debug, Serialize)]
struct Store {
    peer: &'static str,
    events: u64,
    bytes: u64,
}

impl Report {
    pub(crate) fn new(
        seed: u64,
        seconds: u64,
        payload_bytes: usize,
        postgres: BTreeMap<String, String>,
    ) -> Self {
        Self { seed, seconds, payload_bytes, postgres, rows: Vec::new(), stores: Vec::new() }
    }

    /// One more run of a line.
    pub(crate) fn add(&mut self, peer: &'static str, load: &Load, run: Run) {
        let known = self
            .rows
            .iter()
            .position(|row| (row.peer, row.what, row.callers) == (peer, load.what, load.callers));
        let at = known.unwrap_or_else(|| {
            let Load { what, like, callers, batch } = *load;
            self.rows.push(Row {
                peer,
                what,
                like,
                callers,
                batch,
                per_second: 0.0,
                runs: Vec::new(),
                acknowledged: 0,
            });
            self.rows.len() - 1
        });
        let row = &mut self.rows[at];
        row.acknowledged += run.events();
        row.runs.push(run.per_second());
        row.per_second = median(&row.runs);
    }

    /// How many events a peer has acknowledged in all its lines.
    pub(crate) fn acknowledged(&self, peer: &str) -> u64 {
        self.rows.iter().filter(|row| row.peer == peer).map(|row| row.acknowledged).sum()
    }

    /// What a peer holds at the end.
    pub(crate) fn holds(&mut self, peer: &'static str, held: Held) {
        self.stores.push(Store { peer, events: held.events, bytes: held.bytes });
    }
}

/// The middle one, or the mean of the two in the middle.
fn median(runs: &[f64]) -> f64 {
    let mut sorted = runs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = ((sorted.len() - 1) / 2, sorted.len() / 2);
    f64::midpoint(sorted[low], sorted[high])
}

#[cfg(test)]
mod specs {
    use std::time::Duration;

    use super::*;

    const ONE: Load = Load { what: "one at a time", like: "singles", callers: 1, batch: 1 };

    #[test]
    fn runs_of_one_line_meet_in_one_row_with_their_median() {
        let mut report = Report::new(1, 3, 320, BTreeMap::new());
        let run = |events| Run::of(events, Duration::from_secs(1));
        for events in [30, 10, 20] {
            report.add("raw", &ONE, run(events));
        }
        report.add("raw", &Load { callers: 16, ..ONE }, run(5));
        report.add("other", &ONE, run(100));
        assert_eq!((report.rows.len(), report.acknowledged("raw")), (3, 65));
        assert_eq!((report.rows[0].per_second, &report.rows[0].runs[..]), (20.0, &[30.0, 10.0, 20.0][..]));
        assert_eq!(median(&[1.0, 2.0]), 1.5);
    }
}
