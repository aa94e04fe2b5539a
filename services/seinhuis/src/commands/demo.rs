//! `seinhuis demo`: the whole hub at work.

use crate::cli::Surroundings;
use crate::demo::{self, Wishes};

/// Shows the whole hub at work on an empty folder: partners report over gRPC, cases form, climb and are decided, and
/// the regisseur is told. Weeks pass in under a minute.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Ends after the summary instead of serving on.
    #[arg(long)]
    exit: bool,
    /// How many times as fast as the machine's clock time runs.
    #[arg(long, default_value_t = 100_000.0)]
    speed: f64,
    /// How many ordinary signals beside the story.
    #[arg(long, default_value_t = 400)]
    signals: usize,
    /// The same seed gives the same signals.
    #[arg(long, default_value_t = 2012)]
    seed: u64,
}

/// Runs the command: 0 when all the demo claims is true.
pub async fn run(args: DemoArgs, around: Surroundings) -> anyhow::Result<u8> {
    let DemoArgs { exit, speed, signals, seed } = args;
    demo::run(Wishes { exit, speed, signals, seed }, around).await
}
