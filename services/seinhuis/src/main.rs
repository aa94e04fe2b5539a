//! The one binary: every role, every command.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use seinhuis::cli::Cli;

/// A signal is some hundred small allocations, made by one thread and often let go by another.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the last word of a command that failed")]
            {
                eprintln!("error: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}
