//! `seinhuis-verify`: 0 when all is sound, 1 when something was found, 2 when what was given can't be read.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    cli::Cli::parse().run()
}
