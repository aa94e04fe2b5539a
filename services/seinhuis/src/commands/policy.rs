//! `seinhuis policy`: what a policy would do, before it is adopted.

mod check;
mod what_if;

use seinhuis_runtime::Clock;

use crate::cli::Surroundings;

/// Questions about a policy: terms, people, routing.
#[derive(Debug, clap::Subcommand)]
pub enum PolicyCommand {
    /// Checks a profile and its policy, and says what never comes to anything. Nothing is adopted.
    Check(check::CheckArgs),
    /// Tries a policy on what happened: who would have been told, when and about what.
    WhatIf(what_if::WhatIfArgs),
}

/// Runs the command: 0 when all is well, 1 when decided again the log is not what it is.
pub async fn run(
    command: PolicyCommand,
    around: impl FnOnce() -> anyhow::Result<Surroundings>,
) -> anyhow::Result<u8> {
    match command {
        PolicyCommand::Check(args) => check::run(&args, Clock::system().now()).map(|()| 0),
        PolicyCommand::WhatIf(args) => what_if::run(args, &around()?).await,
    }
}
