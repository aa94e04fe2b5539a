//! The figures of the log: appends, reads and proofs, each beside what the same database does with the same bytes and
//! none of our promises. `cargo xtask bench log` runs it; docs/benchmarks.md says how to read it.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark at the terminal: printing is its job"
)]

mod arguments;
mod cases;
mod events;
mod growth;
mod place;
mod raw;
mod report;
mod sealing;

use clap::Parser as _;

use arguments::Arguments;
use place::Place;
use report::Report;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut report = Report::new(arguments.seed, arguments.runs);
    for backend in arguments.backends() {
        let place = Place::make(backend, arguments.folder.as_deref()).await?;
        report.describe(backend.name(), place.durability().await?);
        if let Some(size) = arguments.grow {
            growth::run(&place, &arguments, size, &mut report).await?;
        } else {
            cases::run(&place, &arguments, &mut report).await?;
        }
    }
    if arguments.json { report.json() } else { report.table() }
}
