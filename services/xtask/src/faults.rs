//! `cargo xtask faults`: the fault suites of the log, at length and in the open.

use clap::{Args, ValueEnum};

use crate::command;
use crate::need;
use crate::workspace::Workspace;

/// How long, from which seed, on what.
#[derive(Debug, Args)]
pub(crate) struct Length {
    /// Kills on each backend; a tenth as many of the PostgreSQL server.
    #[arg(long, default_value_t = 300)]
    rounds: usize,
    /// The seed that whatever is random follows from; each suite draws and prints one when it is left out.
    #[arg(long)]
    seed: Option<u64>,
    /// Only this backend.
    #[arg(long)]
    backend: Option<Backend>,
    /// Only the suites whose name contains this.
    #[arg(last = true, value_name = "FILTER")]
    filter: Option<String>,
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
    let mut suites = workspace.cargo();
    suites.env("SEINHUIS_FAULTS_ROUNDS", length.rounds.to_string());
    if let Some(seed) = length.seed {
        suites.env("SEINHUIS_FAULTS_SEED", seed.to_string());
    }
    suites.args(["test", "--package", "seinhuis-tests", "--test", "log", "--locked"]);
    suites.args(["--", "--nocapture", "--test-threads", "1"]).args(filter(length)).args(left_out(length));
    command::run(&mut suites)
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
        let length = |backend| Length { rounds: 1, seed: None, backend, filter: Some("kills".to_owned()) };
        assert_eq!(left_out(&length(None)), [""; 0]);
        assert_eq!(left_out(&length(Some(Backend::Sqlite))), ["--skip", "_on_postgres"]);
        assert_eq!(left_out(&length(Some(Backend::Postgres))), ["--skip", "_on_sqlite"]);
        assert_eq!(filter(&length(None)), Some("kills"));
    }
}
