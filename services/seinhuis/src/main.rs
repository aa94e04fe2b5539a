//! The one binary: every role, every command.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use seinhuis::cli::Cli;
use seinhuis::config::ConfigError;
use seinhuis::profile::ProfileError;

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
            ExitCode::from(code(&error))
        }
    }
}

/// Two where the configuration or the profile is at fault, as for a command line that can't be read: then starting again
/// won't help, and whoever starts the process shouldn't. One for everything else.
fn code(error: &anyhow::Error) -> u8 {
    let settings = error.chain().any(|cause| cause.is::<ConfigError>() || cause.is::<ProfileError>());
    if settings { 2 } else { 1 }
}
