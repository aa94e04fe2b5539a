//! How long a run is, and the seed it follows from.

use std::str::FromStr;

/// Rounds of a kill where nobody asked for more.
const ROUNDS: usize = 10;

/// What `cargo xtask faults` sets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Kills.
    pub(crate) rounds: usize,
    /// Whatever is random follows from it.
    pub(crate) seed: u64,
    /// Whether there is time.
    pub(crate) long: bool,
}

impl Plan {
    /// This run's, told so that it can be replayed.
    pub(crate) fn of_this_run() -> Self {
        let seed = set("SEINHUIS_FAULTS_SEED").unwrap_or_else(|| fastrand::u64(..));
        let rounds = set("SEINHUIS_FAULTS_ROUNDS");
        let plan = Self { rounds: rounds.unwrap_or(ROUNDS), seed, long: rounds.is_some() };
        println!("seed {seed}");
        plan
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told how long to run")]
fn set<T: FromStr<Err: std::fmt::Debug>>(variable: &str) -> Option<T> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap())
}
