//! `cargo xtask bench`: the figures of the hub, each with the machine, the seed and the size it was measured at.

mod calendar;

use anyhow::bail;

use crate::workspace::Workspace;

type Benchmark = (&'static str, fn(&Workspace, u64) -> anyhow::Result<()>);

const BENCHMARKS: &[Benchmark] = &[("calendar", calendar::run)];

/// Runs the named benchmark, or all of them.
///
/// # Errors
/// When there is none of that name, the hub does not build, or what it answers is not what was asked.
pub(crate) fn run(workspace: &Workspace, name: Option<&str>, seed: u64) -> anyhow::Result<()> {
    let chosen =
        BENCHMARKS.iter().filter(|(known, _)| name.is_none_or(|name| name == *known)).collect::<Vec<_>>();
    if chosen.is_empty() {
        let known = BENCHMARKS.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
        bail!("there is no benchmark {}: there is {known}", name.unwrap_or_default());
    }
    println!("machine    {}", machine());
    for (name, benchmark) in chosen {
        println!("benchmark  {name}");
        benchmark(workspace, seed)?;
    }
    Ok(())
}

/// The processor's name and how many of its threads there are, which is what a figure hangs on.
fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(':'));
    let threads = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{}, {threads} threads", model.map_or("unknown processor", |(_, name)| name.trim()))
}
