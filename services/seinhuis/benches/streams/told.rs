//! How soon they were told, from the receipt of a signal on, which leaves when it is on disk.

use std::collections::HashMap;
use std::time::Instant;

use anyhow::ensure;

use crate::crowd::Told;

/// What one figure shows.
pub(crate) struct Figure {
    /// Facts a second that the log grew.
    facts: f64,
    /// Times a fact was told to somebody.
    told: usize,
    /// Those of signals, whose receipts are known: how long each took, in milliseconds, the shortest first.
    took: Vec<f64>,
    parked: u64,
}

impl Figure {
    pub(crate) fn of(all: &[Told], acknowledged: &HashMap<u64, Instant>, facts: f64) -> anyhow::Result<Self> {
        let mut took: Vec<f64> = all
            .iter()
            .flat_map(|told| &told.facts)
            .filter_map(|(position, at)| Some(at.saturating_duration_since(*acknowledged.get(position)?)))
            .map(|took| took.as_secs_f64() * 1e3)
            .collect();
        ensure!(!took.is_empty(), "nobody was told anything");
        took.sort_unstable_by(f64::total_cmp);
        let told = all.iter().map(|told| told.facts.len()).sum();
        Ok(Self { facts, told, took, parked: all.iter().map(|told| told.parked).sum() })
    }

    /// The share that so many of a thousand are below.
    fn share(&self, of_a_thousand: usize) -> f64 {
        self.took[(self.took.len() - 1) * of_a_thousand / 1_000]
    }

    pub(crate) fn print(&self, name: &str, watchers: usize, goal: f64) {
        let (p50, p99, p999) = (self.share(500), self.share(990), self.share(999));
        println!(
            "{name:<10} {watchers} watch at {:.0} facts/s: durable to told p50 {p50:.2} ms, p99 {p99:.2} ms, p99.9 {p999:.2} ms, \
             most {:.2} ms; p99 is {:.2} of {goal:.0} ms: {}",
            self.facts,
            self.share(1_000),
            p99 / goal,
            reached(p99 <= goal)
        );
        println!(
            "           {} times somebody was told, {} of them of a signal; {} times somebody who reads was parked",
            self.told,
            self.took.len(),
            self.parked
        );
    }
}

pub(crate) fn reached(goal: bool) -> &'static str {
    if goal { "reached" } else { "not reached" }
}
