//! What other event stores reach on this machine with events of the same size, and the hub's log beside them.
//!
//! The peers are in a workspace of their own, `tests/bench-peers`: postgres-es pins an older sqlx. First everything is
//! built, then the peers are measured, then the log, each with the machine to itself.

mod comparison;

use std::process::{Command, Stdio};

use self::comparison::Comparison;
use super::figures::{Ours, Peers};
use super::{Options, machine};
use crate::workspace::Workspace;
use crate::{command, need};

/// How often each line is measured, on either side.
const RUNS: &str = "3";

/// The log's own benchmark.
pub(super) const LOG: &[&str] = &["bench", "--locked", "--workspace", "--bench", "log"];

/// Builds all, measures all, and prints one table, or one JSON object.
pub(super) fn run(workspace: &Workspace, Options { seed, json, .. }: &Options) -> anyhow::Result<()> {
    need::postgres::ready()?;
    let mut peers = built(workspace)?;
    command::run(workspace.cargo().args(LOG).arg("--no-run"))?;

    let seed = seed.to_string();
    let both = ["--runs", RUNS, "--seed", &seed];
    let peers = Peers::read(&answer(peers.args(both))?)?;
    let mut ours = workspace.cargo();
    ours.args(LOG).args(["--", "--backend", "postgres", "--json", "--only", "singles,batches"]).args(both);
    let ours = Ours::read(&answer(&mut ours)?)?;

    let comparison = Comparison::of(machine(), peers, ours)?;
    if *json {
        println!("{}", serde_json::to_string_pretty(&comparison)?);
    } else {
        println!("{comparison}");
    }
    Ok(())
}

/// The program that measures the peers, built for release, with the way to UmaDB.
pub(super) fn built(workspace: &Workspace) -> anyhow::Result<Command> {
    let umadb = need::umadb::ready()?;
    let target = workspace.target.join("bench-peers");
    let mut build = workspace.cargo();
    build.args(["build", "--release", "--locked", "--manifest-path", "tests/bench-peers/Cargo.toml"]);
    command::run(build.arg("--target-dir").arg(&target))?;
    let mut peers = Command::new(target.join("release/bench-peers"));
    peers.arg("--umadb").arg(umadb);
    Ok(peers)
}

/// What it writes to standard output. How far it is stays on the terminal.
pub(super) fn answer(command: &mut Command) -> anyhow::Result<String> {
    command::capture(command.stderr(Stdio::inherit()))
}
