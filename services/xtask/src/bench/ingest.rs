//! What a serving hub takes in over gRPC, beside the log alone and beside UmaDB over gRPC, all in one run.
//!
//! The benchmark itself is `services/seinhuis/benches/ingest`; the log has its own, and UmaDB's client is in the
//! workspace of the peers. First everything is built, then each is measured with the machine to itself.

mod comparison;

use self::comparison::{Comparison, Door};
use super::figures::{Ours, Peers};
use super::{Options, machine, peers};
use crate::workspace::Workspace;
use crate::{command, need};

/// How often the log and UmaDB are measured. How often the door is, stands after `--`.
const RUNS: &str = "3";

const DOOR: &[&str] = &["bench", "--locked", "--workspace", "--bench", "ingest"];

/// Builds all, measures all, and prints one table, or one JSON object.
pub(super) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    need::postgres::ready()?;
    need::nats::ready()?;
    let mut uma = peers::built(workspace)?;
    command::run(workspace.cargo().args(peers::LOG).arg("--no-run"))?;
    command::run(workspace.cargo().args(DOOR).arg("--no-run"))?;

    let seed = options.seed.to_string();
    let backend = options.backend.as_deref();
    let of = |backend: &str| ["--backend".to_owned(), backend.to_owned()];
    let mut door = workspace.cargo();
    door.args(DOOR).args(["--", "--seed", &seed]).args(backend.into_iter().flat_map(of)).args(&options.more);
    let door = Door::read(&peers::answer(&mut door)?)?;
    let mut log = workspace.cargo();
    log.args(peers::LOG).args(["--", "--json", "--only", "singles,batches", "--runs", RUNS, "--seed", &seed]);
    let log =
        Ours::read(&peers::answer(log.args(backend.map(comparison::log_of).into_iter().flat_map(of)))?)?;
    let uma = Peers::read(&peers::answer(uma.args(["--alone", "--runs", RUNS, "--seed", &seed]))?)?;

    let comparison = Comparison::of(machine(), door, log, uma);
    if options.json {
        println!("{}", serde_json::to_string_pretty(&comparison)?);
    } else {
        println!("{comparison}");
    }
    Ok(())
}
