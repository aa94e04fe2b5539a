//! The figures of the door: what a serving hub takes in over gRPC, process against process, everything it acknowledges
//! on disk. `cargo xtask bench ingest` runs it and sets it beside the log alone and another store; docs/benchmarks.md says
//! how to read it.
//!
//! Progress goes to standard error, the figures as one JSON object to standard output.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark at the terminal: printing is its job"
)]

mod arguments;
mod drive;
mod partners;
mod pipeline;
mod place;
mod report;
mod seen;
mod signals;
mod target;
mod watched;
mod wire;

use clap::Parser as _;
use seinhuis_domain::calendar::local_date;
use seinhuis_runtime::Clock;

use arguments::Arguments;
use place::Place;
use report::Report;
use signals::Supply;
use target::Target;

/// The municipality whose people and areas the signals are about.
const PROFILE: &str = "oude-ijsselstreek";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let profile = partners::eight(seinhuis::profile::named(PROFILE)?.profile)?;
    let today = local_date(Clock::system().now());
    let people = arguments.people as usize;
    let mut supply = Supply::new(profile.clone(), people, arguments.seed, today);
    let mut report = Report::new(&arguments);
    for backend in arguments.backends() {
        let place = Place::make(backend, arguments.folder.as_deref())?;
        report.describe(place.name(), place.durability()?);
        if arguments.wants("stream") || arguments.wants("unary") {
            let target =
                Target::started(&place, place.door(&arguments), &profile.partners, &arguments, &[]).await?;
            door(&target, &arguments, &mut supply, &mut report).await?;
            report.size(place.name(), "door", place.bytes(&target)?, &target);
        }
        if arguments.wants("seen") {
            let target = Target::started(&place, place.whole(), &profile.partners, &arguments, &[]).await?;
            steady(&target, &arguments, &mut supply, &mut report).await?;
        }
        if arguments.wants("watched") {
            watched::run(&place, &profile.partners, &arguments, &mut supply, &mut report).await?;
        }
        if arguments.wants("pipeline") {
            let target = Target::started(&place, place.whole(), &profile.partners, &arguments, &[]).await?;
            whole(&target, &arguments, &mut supply, &mut report).await?;
            report.size(place.name(), "pipeline", place.bytes(&target)?, &target);
        }
    }
    report.print(supply.mean_bytes())
}

/// Streams and single calls, turn by turn, so that both meet the same machine. Whatever roles there are work meanwhile.
async fn door(
    target: &Target,
    arguments: &Arguments,
    supply: &mut Supply,
    report: &mut Report,
) -> anyhow::Result<()> {
    for _ in 0..arguments.runs {
        if arguments.wants("stream") {
            let run = drive::stream(target, supply.take(arguments.signals)).await?;
            report.add("stream", target.backend, target.lines.len(), run, "one bidi stream per partner");
        }
        if arguments.wants("unary") {
            let run = drive::unary(target, supply.take(arguments.signals / 2)).await?;
            report.add("unary", target.backend, drive::CALLERS, run, "one call per signal");
        }
    }
    Ok(())
}

/// Streams until everything that follows from them is there.
async fn whole(
    target: &Target,
    arguments: &Arguments,
    supply: &mut Supply,
    report: &mut Report,
) -> anyhow::Result<()> {
    pipeline::settled(target).await?;
    for _ in 0..arguments.runs {
        let run = pipeline::run(target, supply.take(arguments.signals / 4)).await?;
        let remark = "until the last signal has its case and every read model its case";
        report.add("pipeline", target.backend, target.lines.len(), run, remark);
    }
    Ok(())
}

/// How long after its receipt a signal is seen, at a steady rate.
async fn steady(
    target: &Target,
    arguments: &Arguments,
    supply: &mut Supply,
    report: &mut Report,
) -> anyhow::Result<()> {
    pipeline::settled(target).await?;
    for _ in 0..arguments.runs {
        let run = seen::run(target, arguments.rate, supply.take(arguments.signals / 10)).await?;
        report.seen(target.backend, arguments.rate, run);
        pipeline::settled(target).await?;
    }
    Ok(())
}
