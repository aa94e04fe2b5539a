//! How long `seinhuis policy what-if` takes to decide a whole log again, and whether the log comes out as it is. The log is one of
//! whole lives, which `services/projections/benches/projections` makes.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Deserialize;

use super::Options;
use crate::command;
use crate::workspace::Workspace;

const EVENTS: &str = "200k";
/// Events a second: ten million in a minute.
const GOAL: f64 = 10e6 / 60.0;
/// Between two looks at the memory of the process.
const LOOK: Duration = Duration::from_millis(50);

/// The part of the command's answer that is told here.
#[derive(Debug, Deserialize)]
struct Answer {
    events: u64,
    seconds: f64,
    identity: Identity,
}

#[derive(Debug, Deserialize)]
struct Identity {
    holds: bool,
    same: u64,
}

/// Builds the hub for release, makes the log, and has it decided again under the policies that held.
pub(super) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    command::run(workspace.cargo().args(["build", "--release", "--locked", "--workspace", "--bins"]))?;
    let folder = Folder::make()?;
    let log = format!("sqlite:{}", folder.0.join("log.sqlite").display());
    let (seed, events) = (options.seed.to_string(), options.events.as_deref().unwrap_or(EVENTS));
    let mut lives = workspace.cargo();
    lives.args(["bench", "--locked", "--workspace", "--bench", "projections", "--", "--size", "national"]);
    lives.args(["--backend", "sqlite", "--only", "none"]);
    command::run(lives.args(["--seed", &seed, "--events", events, "--log", &log]))?;

    let binary = workspace.target.join("release").join(format!("seinhuis{}", std::env::consts::EXE_SUFFIX));
    let (answer, most) = decided_again(&binary, &folder.0)?;
    let Answer { events, seconds, identity } = answer;
    ensure!(identity.holds, "decided again, the log is not what it is");
    let rate = events as f64 / seconds;
    println!(
        "what-if    {events} events in {seconds:.1} s, {rate:.0}/s, {} MiB at the most (VmHWM)",
        most / 1_024
    );
    println!("identity   {} events of cases, byte for byte", identity.same);
    let verdict = if rate >= GOAL { "reached" } else { "NOT REACHED" };
    println!("goal       10M events in 60 s, {GOAL:.0}/s: {:.2} of it, {verdict}", rate / GOAL);
    Ok(())
}

/// The command's answer, and the most memory it held, in KiB.
fn decided_again(binary: &Path, folder: &Path) -> anyhow::Result<(Answer, u64)> {
    // To a file: nobody would empty a pipe while the process is watched.
    let answer = folder.join("answer.json");
    let mut what_if = Command::new(binary);
    what_if.args(["policy", "what-if", "--json", "--data"]).arg(folder).stdout(File::create(&answer)?);
    let mut process = what_if.spawn().context("the hub cannot be started")?;
    let most = watched(&mut process)?;
    command::verdict(&what_if, process.wait()?)?;
    let answer = serde_json::from_slice(&std::fs::read(&answer)?).context("the answer is not understood")?;
    Ok((answer, most))
}

/// The most memory the process held until it ended, in KiB; 0 where the system doesn't tell.
fn watched(process: &mut Child) -> anyhow::Result<u64> {
    let told = format!("/proc/{}/status", process.id());
    let mut most = 0;
    while process.try_wait()?.is_none() {
        let status = std::fs::read_to_string(&told).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        most = line.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or(most);
        std::thread::sleep(LOOK);
    }
    Ok(most)
}

/// A data folder for the time being.
struct Folder(PathBuf);

impl Folder {
    fn make() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("seinhuis-bench-{}", std::process::id()));
        std::fs::create_dir(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed is the system's to clear: it lies where temporary files do.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
