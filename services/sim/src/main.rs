//! The simulation at the terminal: many years, or one seed with everything that happens in it.

#![allow(clippy::print_stdout, reason = "a tool at the terminal: printing is its job")]

use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::Parser;
use seinhuis_sim::{Run, many, once};

/// Weeks of a municipality with everything that goes wrong, on a clock of their own, judged afterwards.
#[derive(Debug, Parser)]
#[command(name = "seinhuis-sim", disable_version_flag = true)]
struct Options {
    /// Run seeds until so many years have passed.
    #[arg(long, default_value_t = 100)]
    years: u32,
    /// The first seed; the others follow on it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only this seed, with every line of what happens.
    #[arg(long, value_name = "SEED")]
    only: Option<u64>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(seed) = options.only {
        let run = once(seed, true);
        print!("{}", run.told.clone().unwrap_or_default());
        println!("{}\ntrace {}", run.tally, run.trace);
        return told(&[run]);
    }
    let threads = available_parallelism().map_or(1, usize::from);
    let ran = many(options.seed, threads, |tally| tally.years() >= f64::from(options.years));
    println!("{}\ntrace {}", ran.tally, ran.trace);
    told(&ran.broken)
}

fn told(runs: &[Run]) -> ExitCode {
    for run in runs {
        for broken in &run.broken {
            println!("seed {}: {broken}", run.seed);
        }
    }
    let sound = runs.iter().all(|run| run.broken.is_empty());
    println!(
        "{}",
        if sound { "every law was kept" } else { "laws were broken: run the seed again with --only" }
    );
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
