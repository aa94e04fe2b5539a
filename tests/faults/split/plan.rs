//! Which cells a run has, and from which seed.

use std::path::PathBuf;
use std::str::FromStr;

use crate::fault::Fault;

/// What a build for tests keeps up with.
const ROLLING: f64 = 200.0;

/// What `cargo xtask faults --suite split` sets.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) cells: Vec<Fault>,
    /// Each cell's own seed follows from it.
    pub(crate) seed: u64,
    /// Signals a second while all processes are restarted.
    pub(crate) rolling: f64,
    /// The program of the next version, for who runs two beside each other.
    pub(crate) tomorrow: Option<PathBuf>,
}

impl Plan {
    /// This run's: the few cells that every run of the tests has, unless more are asked for.
    pub(crate) fn of_this_run() -> Self {
        let seed = set("SEINHUIS_FAULTS_SEED").unwrap_or_else(|| fastrand::u64(..));
        let most: Option<usize> = set("SEINHUIS_FAULTS_CELLS");
        let only: Option<String> = set("SEINHUIS_FAULTS_ONLY");
        let all = if most.is_some() || only.is_some() { Fault::all() } else { Fault::few() };
        let tomorrow: Option<PathBuf> = set("SEINHUIS_BIN_TOMORROW");
        let asked = |fault: &Fault| {
            let name = fault.to_string();
            only.as_ref().is_none_or(|only| only.split(',').any(|part| name.contains(part)))
                && (*fault != Fault::Versions || tomorrow.is_some())
        };
        let cells = all.into_iter().filter(asked).take(most.unwrap_or(usize::MAX)).collect();
        println!("seed {seed}");
        let rolling = set("SEINHUIS_FAULTS_ROLLING").unwrap_or(ROLLING);
        Self { cells, seed, rolling, tomorrow }
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told what to run")]
fn set<T: FromStr<Err: std::fmt::Debug>>(variable: &str) -> Option<T> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap())
}
