//! `cargo xtask sim`: the simulation of the ladder for as many years as one likes, or one seed in full.

use clap::Args;

use crate::command;
use crate::workspace::Workspace;

/// How long, from which seed.
#[derive(Debug, Args)]
pub(crate) struct Length {
    /// Years of virtual time.
    #[arg(long, default_value_t = 1_000)]
    years: u32,
    /// The first seed; the others follow on it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only this seed, with every line of what happens in it.
    #[arg(long, value_name = "SEED")]
    only: Option<u64>,
}

/// Runs it with what it counts on the terminal.
///
/// # Errors
/// When the code does not build, or a law is broken.
pub(crate) fn run(workspace: &Workspace, length: &Length) -> anyhow::Result<()> {
    let mut simulation = workspace.cargo();
    simulation.args(["run", "--release", "--package", "seinhuis-sim", "--locked", "--"]);
    simulation.args(["--years", &length.years.to_string(), "--seed", &length.seed.to_string()]);
    if let Some(only) = length.only {
        simulation.args(["--only", &only.to_string()]);
    }
    command::run(&mut simulation)
}
