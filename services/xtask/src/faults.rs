//! `cargo xtask faults`: the fault suites of the log and the matrix of the hub in processes of its own, at length and in the
//! open.

mod programs;

use clap::{Args, ValueEnum};

use self::programs::Programs;
use crate::command;
use crate::need;
use crate::workspace::Workspace;

/// Signals a second under which the binary as it is shipped is restarted.
const ROLLING: &str = "1000";

/// How long, from which seed, on what.
#[derive(Debug, Args)]
pub(crate) struct Length {
    /// Only this suite; the log's first and the matrix next when it is left out.
    #[arg(long)]
    suite: Option<Suite>,
    /// Kills on each backend of the log; a tenth as many of the PostgreSQL server.
    #[arg(long, default_value_t = 300)]
    rounds: usize,
    /// The seed that whatever is random follows from; each suite draws and prints one when it is left out. A cell of the
    /// matrix prints its own: with that and `--only` it is run again.
    #[arg(long)]
    seed: Option<u64>,
    /// Only this backend of the log.
    #[arg(long)]
    backend: Option<Backend>,
    /// At most so many cells of the matrix.
    #[arg(long, default_value_t = 1_000)]
    cells: usize,
    /// Only the cells of the matrix whose name contains this, or one of several with a comma between.
    #[arg(long)]
    only: Option<String>,
    /// The matrix on the binary as it is shipped, with a rolling restart under 1,000 signals a second.
    #[arg(long)]
    release: bool,
    /// Only the suites of the log whose name contains this.
    #[arg(last = true, value_name = "FILTER")]
    filter: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// Processes that append, follow and sign.
    Log,
    /// The hub with a process for each role.
    Split,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Backend {
    Sqlite,
    Postgres,
}

/// Runs the suites one after the other with what they print on the terminal.
///
/// # Errors
/// When something they need cannot be had, the code does not build, or a suite fails.
pub(crate) fn run(workspace: &Workspace, length: &Length) -> anyhow::Result<()> {
    need::postgres::ready()?;
    if length.suite != Some(Suite::Split) {
        log(workspace, length)?;
    }
    if length.suite != Some(Suite::Log) {
        split(workspace, length)?;
    }
    Ok(())
}

fn log(workspace: &Workspace, length: &Length) -> anyhow::Result<()> {
    let mut suites = workspace.cargo();
    suites.env("SEINHUIS_FAULTS_ROUNDS", length.rounds.to_string());
    if let Some(seed) = length.seed {
        suites.env("SEINHUIS_FAULTS_SEED", seed.to_string());
    }
    suites.args(["test", "--package", "seinhuis-tests", "--test", "log", "--locked"]);
    suites.args(["--", "--nocapture", "--test-threads", "1"]).args(filter(length)).args(left_out(length));
    command::run(&mut suites)
}

fn split(workspace: &Workspace, length: &Length) -> anyhow::Result<()> {
    need::nats::ready()?;
    let programs = Programs::built(workspace, length.release, length.only.as_deref())?;
    let mut matrix = workspace.cargo();
    matrix.env("SEINHUIS_BIN", programs.today);
    matrix.envs(programs.tomorrow.map(|program| ("SEINHUIS_BIN_TOMORROW", program)));
    if length.release {
        matrix.env("SEINHUIS_FAULTS_ROLLING", ROLLING);
    }
    matrix.env("SEINHUIS_FAULTS_CELLS", length.cells.to_string());
    if let Some(seed) = length.seed {
        matrix.env("SEINHUIS_FAULTS_SEED", seed.to_string());
    }
    if let Some(only) = &length.only {
        matrix.env("SEINHUIS_FAULTS_ONLY", only);
    }
    // With the features of the whole workspace, so that what the gate built is built already.
    matrix.args(["test", "--workspace", "--test", "split", "--locked"]);
    matrix.args(["--", "--nocapture", "--test-threads", "1", "every_fault_of_the_matrix"]);
    command::run(&mut matrix)
}

fn filter(length: &Length) -> Option<&str> {
    length.filter.as_deref()
}

/// A suite is named after the backend it runs on; one that is named after none runs on any.
fn left_out(length: &Length) -> Vec<&'static str> {
    match length.backend {
        None => vec![],
        Some(Backend::Sqlite) => vec!["--skip", "_on_postgres"],
        Some(Backend::Postgres) => vec!["--skip", "_on_sqlite"],
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn one_backend_leaves_out_the_suites_of_the_other() {
        let length = |backend| Length {
            suite: None,
            rounds: 1,
            seed: None,
            backend,
            cells: 1,
            only: None,
            release: false,
            filter: Some("kills".to_owned()),
        };
        assert_eq!(left_out(&length(None)), [""; 0]);
        assert_eq!(left_out(&length(Some(Backend::Sqlite))), ["--skip", "_on_postgres"]);
        assert_eq!(left_out(&length(Some(Backend::Postgres))), ["--skip", "_on_sqlite"]);
        assert_eq!(filter(&length(None)), Some("kills"));
    }
}
