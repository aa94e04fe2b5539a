//! `cargo xtask mutants`: every small change that cargo-mutants knows in the crates that decide and that keep time, one at a time in
//! a copy of the tree. Each crate's own tests must find nine in ten of them; which they don't find is said. For the night: hours.

mod tally;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use self::tally::Tally;
use crate::command;
use crate::need::compiled::CARGO_MUTANTS;
use crate::rules::tree::Tree;
use crate::scratch::Scratch;
use crate::workspace::Workspace;

/// Which of them.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// The crates, without `seinhuis-`.
    #[arg(long, value_delimiter = ',', default_values = ["domain", "escalation"])]
    packages: Vec<String>,
    /// Only every n-th change from the k-th, as k/n.
    #[arg(long, value_name = "K/N")]
    shard: Option<String>,
    /// How many at a time.
    #[arg(long, default_value_t = 2)]
    jobs: u8,
}

/// As cargo-mutants ends when all were found, when some were not, and when some ran without end.
const ENDED: [i32; 3] = [0, 2, 3];
/// Tests that take no time, beside the specs: what is stored.
const QUICK: (&str, &str) = ("domain", "--cargo-arg=--test=golden");
/// The crate that depends on itself for its own tests, the line that says so, and the feature it gives itself there. Without that line a
/// change is compiled once and not twice.
const ON_ITSELF: (&str, &str, &str) =
    ("domain", "seinhuis-domain = { path = \".\", features = [\"example\"] }", "example");

/// Makes the changes and counts what is found. What cargo-mutants has to say of each is left below the build folder.
///
/// # Errors
/// When cargo-mutants can't be had, the tests fail without a change, or too many changes are not found.
pub(crate) fn run(workspace: &Workspace, choice: &Choice) -> anyhow::Result<()> {
    let tool = CARGO_MUTANTS.ready()?;
    let scratch = Scratch::of(workspace, &Tree::read(workspace)?, "mutants/tree")?;
    scratch.change("services/domain/Cargo.toml", |manifest| manifest.replacen(ON_ITSELF.1, "", 1))?;
    let mut tallies = Vec::new();
    for package in &choice.packages {
        let reports = workspace.target.join("mutants").join(package);
        // The crate's specs first, which take no time; what those don't find is left to all of its tests. Of a part cargo-mutants would
        // take a part again, so there all tests look at once.
        let is_whole = choice.shard.is_none();
        let mut quick = vec!["--cargo-arg=--lib", "--minimum-test-timeout=5"];
        quick.extend((package == QUICK.0).then_some(QUICK.1));
        pass(&tool, &scratch, choice, package, &reports, if is_whole { &quick } else { &[] })?;
        let last = reports.join("mutants.out");
        let (all, unviable) = (tally::all(&last)?, tally::lines(&last, "unviable.txt")?.len());
        if is_whole {
            pass(&tool, &scratch, choice, package, &reports, &["--iterate"])?;
        }
        tallies.push(Tally::read(package, all, unviable, &last)?);
    }
    conclude(&tallies)
}

fn pass(
    tool: &Path,
    scratch: &Scratch<'_>,
    choice: &Choice,
    package: &str,
    reports: &PathBuf,
    more: &[&str],
) -> anyhow::Result<()> {
    std::fs::create_dir_all(reports).with_context(|| format!("{} cannot be made", reports.display()))?;
    let mut mutants = std::process::Command::new(tool);
    mutants.current_dir(scratch.root()).args(["mutants", "--package", &format!("seinhuis-{package}")]);
    // Each copy builds for itself, or they would wait for each other; and nobody looks at where a change fell over.
    mutants.env_remove("CARGO_TARGET_DIR").env("CARGO_PROFILE_DEV_DEBUG", "none");
    mutants.args(["--jobs", &choice.jobs.to_string(), "--no-shuffle", "--output"]).arg(reports).args(more);
    if package == ON_ITSELF.0 {
        mutants.args(["--features", ON_ITSELF.2]);
    }
    if let Some(shard) = &choice.shard {
        mutants.args(["--shard", shard]);
    }
    let status = command::status(&mut mutants)?;
    match status.code() {
        Some(code) if ENDED.contains(&code) => Ok(()),
        _ => bail!("cargo-mutants ended with {status}"),
    }
}

fn conclude(tallies: &[Tally]) -> anyhow::Result<()> {
    println!();
    for tally in tallies {
        tally.missed.iter().for_each(|change| println!("not found: {change}"));
    }
    tallies.iter().for_each(|tally| println!("{tally}"));
    let poor: Vec<_> =
        tallies.iter().filter(|tally| !tally.is_enough()).map(|tally| tally.package.as_str()).collect();
    if !poor.is_empty() {
        bail!("fewer than nine in ten are found: {}", poor.join(", "));
    }
    Ok(())
}
