//! What other event stores reach on this machine with the same events: `cargo xtask bench peers` runs it beside the
//! hub's own benchmark and prints the ratios.
//!
//! Progress goes to standard error, the figures as one JSON object to standard output.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool at the terminal: printing is its job")]

mod database;
mod disk;
mod drive;
mod input;
mod peer;
mod report;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use clap::Parser;

use crate::database::Database;
use crate::input::Input;
use crate::peer::{Cqrs, Peer, Raw, Uma};
use crate::report::Report;

#[derive(Parser)]
struct Arguments {
    /// The program of UmaDB.
    #[arg(long)]
    umadb: PathBuf,
    /// Measures UmaDB and none of the others.
    #[arg(long)]
    alone: bool,
    /// Makes the events.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// How often each line is measured.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
    /// How long one run takes, in seconds.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    // Before the runtime: the servers live as long as the thread that started them.
    disk::keeps(&std::env::temp_dir())?;
    let database = if arguments.alone { None } else { Some(Database::start()?) };
    let server = peer::Server::start(&arguments.umadb)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(measure(&arguments, database.as_ref(), &server))?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}

async fn measure(
    arguments: &Arguments,
    database: Option<&Database>,
    server: &peer::Server,
) -> anyhow::Result<Report> {
    let input = Arc::new(Input::new(arguments.seed)?);
    let settings = database.map(Database::settings).cloned().unwrap_or_default();
    let mut report = Report::new(arguments.seed, arguments.seconds, input.payload_bytes(), settings);
    let others = match database {
        Some(database) => Some((Raw::start(database).await?, Cqrs::start(database).await?)),
        None => None,
    };
    let uma = Uma::start(server).await?;
    let time = Duration::from_secs(arguments.seconds);
    // Round by round, so that what disturbs the machine for a while disturbs all.
    for round in 1..=arguments.runs {
        eprintln!("round {round} of {}", arguments.runs);
        if let Some((raw, cqrs)) = &others {
            run(raw, &input, time, &mut report).await?;
            run(cqrs, &input, time, &mut report).await?;
        }
        run(&uma, &input, time, &mut report).await?;
    }
    if let Some((raw, cqrs)) = &others {
        look(raw, &input, &mut report).await?;
        look(cqrs, &input, &mut report).await?;
    }
    look(&uma, &input, &mut report).await?;
    Ok(report)
}

/// Measures every load of one peer once.
async fn run<P: Peer>(
    peer: &P,
    input: &Arc<Input>,
    time: Duration,
    report: &mut Report,
) -> anyhow::Result<()> {
    for load in peer.loads() {
        let run = peer.run(load, input, time).await?;
        let per_second = run.per_second();
        eprintln!("  {:<18} {:<28} {:>4} callers {per_second:>9.0}/s", peer.name(), load.what, load.callers);
        report.add(peer.name(), load, run);
    }
    Ok(())
}

/// Everything acknowledged, and nothing else, must be there: a figure for what wasn't stored is none.
async fn look<P: Peer>(peer: &P, input: &Input, report: &mut Report) -> anyhow::Result<()> {
    let held = peer.held(input).await?;
    let (name, acknowledged) = (peer.name(), report.acknowledged(peer.name()));
    ensure!(
        held.events == acknowledged,
        "{name} acknowledged {acknowledged} events and holds {}",
        held.events
    );
    report.holds(name, held);
    Ok(())
}
