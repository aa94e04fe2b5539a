//! The tasks of the workspace: the gate (`cargo xtask ci`), its parts, the benchmarks, and the hub to try out.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool at the terminal: printing is its job")]

mod bench;
mod command;
mod dev;
mod faults;
mod gate;
mod mutants;
mod need;
mod planted;
mod rules;
mod scratch;
mod sim;
mod steps;
mod suite;
mod tamper;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::gate::Outcome;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The tasks of this workspace", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// The whole gate: rules, formatting, contract, licences, lints, tests, documentation.
    Ci,
    /// All tests, after making sure of what they need (PostgreSQL, pgbouncer, Python with grpcio-tools, buf, the binary itself).
    Test {
        /// Run only the tests whose name contains one of these.
        #[arg(last = true, value_name = "FILTER")]
        filter: Vec<String>,
    },
    /// Who may depend on whom, and what a file may look like.
    Rules,
    /// Licences, doubled crates and origins of everything linked in.
    Deny,
    /// The contract's lint.
    Proto,
    /// The fault suites at length: those of the log, and the matrix of the hub in processes of its own.
    Faults(faults::Length),
    /// Random edits straight in the database of a small signed log, each found and located by both verifiers.
    Tamper(tamper::Length),
    /// The ladder over years of virtual time, with everything that can go wrong; each failure is a seed.
    Sim(sim::Length),
    /// Faults of the ladder, planted one at a time in a copy of the tree: each must turn its test red.
    Planted(planted::Choice),
    /// Every small change cargo-mutants knows in the crates that decide and that keep time: their own tests must find nine in ten.
    Mutants(mutants::Choice),
    /// The hub from this tree, in one process or a process for each role, until Ctrl-C.
    Dev(dev::Options),
    /// Run the benchmarks, or the named one.
    Bench {
        /// Which one; all of them when left out.
        name: Option<String>,
        #[command(flatten)]
        options: bench::Options,
    },
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> anyhow::Result<()> {
    let workspace = Workspace::here()?;
    match task {
        Task::Ci => gate::run(&workspace),
        Task::Test { filter } => suite::run(&workspace, &filter).map(announce),
        Task::Rules => rules::run(&workspace).map(announce),
        Task::Deny => steps::deny(&workspace).map(announce),
        Task::Proto => steps::proto(&workspace).map(announce),
        Task::Faults(length) => faults::run(&workspace, &length),
        Task::Tamper(length) => tamper::run(&workspace, &length),
        Task::Sim(length) => sim::run(&workspace, &length),
        Task::Planted(choice) => planted::run(&workspace, &choice),
        Task::Mutants(choice) => mutants::run(&workspace, &choice),
        Task::Dev(options) => dev::run(&workspace, &options),
        Task::Bench { name, options } => bench::run(&workspace, name.as_deref(), &options),
    }
}

fn announce(outcome: Outcome) {
    println!("{outcome}");
}
