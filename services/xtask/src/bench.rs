//! `cargo xtask bench`: the figures of the hub, each with the machine, the seed and the size it was measured at.

mod calendar;
mod figures;
mod ingest;
mod log;
mod peers;
mod projections;
mod streams;
mod timers;
mod what_if;

use anyhow::{bail, ensure};

use crate::workspace::Workspace;

/// What the person at the terminal chose.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The seed the input is generated from; the same seed gives the same input.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// The figures as one JSON object on standard output (ingest, log, peers).
    #[arg(long)]
    json: bool,
    /// Only on `postgres`, on `sqlite`, or `split`: roles in processes of their own on PostgreSQL and NATS (ingest; log, projections
    /// and timers: one of the first two).
    #[arg(long)]
    backend: Option<String>,
    /// How many events the log is to hold, as in `10M` (projections, what-if).
    #[arg(long)]
    events: Option<String>,
    /// What else the benchmark itself can be told, as in `-- --runs 3 --only singles,verify` or `-- --grow 50` (log), or
    /// `-- --runs 1 --only stream` (ingest).
    #[arg(last = true, value_name = "MORE")]
    more: Vec<String>,
}

struct Benchmark {
    name: &'static str,
    run: fn(&Workspace, &Options) -> anyhow::Result<()>,
    /// Whether it can give its figures as JSON.
    json: bool,
}

const BENCHMARKS: &[Benchmark] = &[
    Benchmark { name: "calendar", run: calendar::run, json: false },
    Benchmark { name: "ingest", run: ingest::run, json: true },
    Benchmark { name: "log", run: log::run, json: true },
    Benchmark { name: "peers", run: peers::run, json: true },
    Benchmark { name: "projections", run: projections::run, json: false },
    Benchmark { name: "streams", run: streams::run, json: false },
    Benchmark { name: "timers", run: timers::run, json: false },
    Benchmark { name: "what-if", run: what_if::run, json: false },
];

/// Runs the named benchmark, or all of them.
///
/// # Errors
/// When there is none of that name, the hub does not build, or what it answers is not what was asked.
pub(crate) fn run(workspace: &Workspace, name: Option<&str>, options: &Options) -> anyhow::Result<()> {
    let chosen =
        BENCHMARKS.iter().filter(|known| name.is_none_or(|name| name == known.name)).collect::<Vec<_>>();
    if chosen.is_empty() {
        bail!("there is no benchmark {}: there is {}", name.unwrap_or_default(), names(|_| true));
    }
    if options.json {
        ensure!(
            chosen.len() == 1 && chosen[0].json,
            "--json: name one benchmark that can: {}",
            names(|known| known.json)
        );
        return (chosen[0].run)(workspace, options);
    }
    println!("machine    {}", machine());
    for benchmark in chosen {
        println!("benchmark  {}", benchmark.name);
        (benchmark.run)(workspace, options)?;
    }
    Ok(())
}

fn names(of: impl Fn(&Benchmark) -> bool) -> String {
    let known = BENCHMARKS.iter().filter(|known| of(known)).map(|known| known.name);
    known.collect::<Vec<_>>().join(", ")
}

/// The processor's name and how many of its threads there are, which is what a figure hangs on.
fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(':'));
    let threads = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{}, {threads} threads", model.map_or("unknown processor", |(_, name)| name.trim()))
}
