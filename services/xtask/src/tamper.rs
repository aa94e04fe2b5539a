//! `cargo xtask tamper`: as many edits of a signed log as one likes, all of them to be found.

use clap::{Args, ValueEnum};

use crate::command;
use crate::need;
use crate::workspace::Workspace;

/// How many, from which seed, on what.
#[derive(Debug, Args)]
pub(crate) struct Length {
    /// Edits on each backend.
    #[arg(long, default_value_t = 10_000)]
    edits: usize,
    /// The seed that every draw follows from; drawn and printed when it is left out.
    #[arg(long)]
    seed: Option<u64>,
    /// Only this backend.
    #[arg(long)]
    backend: Option<Backend>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Backend {
    Sqlite,
    Postgres,
}

/// Runs the suite with the count of every kind of edit on the terminal.
///
/// # Errors
/// When something it needs cannot be had, the code does not build, or an edit is not found where it is.
pub(crate) fn run(workspace: &Workspace, length: &Length) -> anyhow::Result<()> {
    if length.backend != Some(Backend::Sqlite) {
        need::postgres::ready()?;
    }
    let mut suite = workspace.cargo();
    suite.env("SEINHUIS_TAMPER", length.edits.to_string());
    if let Some(seed) = length.seed {
        suite.env("SEINHUIS_TAMPER_SEED", seed.to_string());
    }
    suite.args(["test", "--package", "seinhuis-tests", "--test", "tamper", "--locked"]);
    suite.args(["--", "--nocapture", "--test-threads", "1"]);
    // A test is named after the backend it runs on.
    match length.backend {
        None => {}
        Some(Backend::Sqlite) => drop(suite.args(["--skip", "_on_postgres"])),
        Some(Backend::Postgres) => drop(suite.args(["--skip", "_on_sqlite"])),
    }
    command::run(&mut suite)
}
