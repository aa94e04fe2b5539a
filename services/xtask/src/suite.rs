//! `cargo xtask test`: every test of the workspace, after making sure of what the tests need.

mod tally;

use std::path::PathBuf;
use std::process::Command;

use anyhow::bail;

use self::tally::Tally;
use crate::command::{self, Output};
use crate::gate::Outcome;
use crate::need::{self, Found};
use crate::rules::tree::Tree;
use crate::workspace::Workspace;

/// Runs the tests whose name contains one of `filter`, or all of them.
///
/// # Errors
/// When something the tests need cannot be had, the code does not build, or a test fails.
pub(crate) fn run(workspace: &Workspace, filter: &[String]) -> anyhow::Result<Outcome> {
    need::postgres::ready()?;
    need::nats::ready()?;
    need::prometheus::ready()?;
    need::tmux::ready()?;
    let surroundings = surroundings(workspace)?;
    // The binary as well, for the tests that start it; with the tests in one go, so that what they share is built once.
    command::run(workspace.cargo().args(["build", "--workspace", "--bins", "--tests", "--locked"]))?;

    let tests = run_tests(workspace, filter, &surroundings)?;
    let examples = if has_examples(workspace)? {
        run_with(workspace.cargo().args(["test", "--workspace", "--doc", "--locked"]), filter, &surroundings)?
    } else {
        Tally::default()
    };
    let said = format!("tests: {tests}; documentation examples: {examples}");
    if tests.failed + examples.failed > 0 {
        bail!(said);
    }
    // A mistyped filter must not look like success.
    if tests.passed == 0 {
        bail!("no test was run; {said}");
    }
    Ok(Outcome::Passed(said))
}

/// What the tests find in their environment: the name of a variable and the file it names.
type Surroundings = Vec<(&'static str, PathBuf)>;

fn surroundings(workspace: &Workspace) -> anyhow::Result<Surroundings> {
    let binary = workspace.target.join("debug").join(format!("seinhuis{}", std::env::consts::EXE_SUFFIX));
    let mut all = vec![
        ("SEINHUIS_PYTHON", need::python::ready(workspace)?),
        ("SEINHUIS_CHROMIUM", need::chromium::ready()?),
        ("SEINHUIS_BIN", binary),
    ];
    if let Found::At(buf) = need::buf::ready()? {
        all.push(("SEINHUIS_BUF", buf));
    }
    Ok(all)
}

fn run_tests(workspace: &Workspace, filter: &[String], surroundings: &Surroundings) -> anyhow::Result<Tally> {
    let mut command = workspace.cargo();
    if command::on_path("cargo-nextest").is_none() {
        command.args(["test", "--workspace", "--tests", "--locked", "--no-fail-fast"]);
        return run_with(&mut command, filter, surroundings);
    }
    command.args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]).args(filter);
    hear(&mut command, Output::Error, Tally::hear_nextest, surroundings)
}

/// Runs cargo's own test harness, which takes its filter after a `--`.
fn run_with(command: &mut Command, filter: &[String], surroundings: &Surroundings) -> anyhow::Result<Tally> {
    hear(command.arg("--").args(filter), Output::Standard, Tally::hear_harness, surroundings)
}

fn hear(
    command: &mut Command,
    output: Output,
    take_in: fn(&mut Tally, &str),
    surroundings: &Surroundings,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    command.envs(surroundings.iter().map(|(name, value)| (*name, value)));
    let status = command::listen(command, output, |line| take_in(&mut tally, line))?;
    // A run that says which tests failed has been heard; one that broke off otherwise has not.
    if tally.failed == 0 {
        command::verdict(command, status)?;
    }
    Ok(tally)
}

/// Whether there is a code block in any doc comment: compiling for `--doc` is dear when there is nothing to compile.
fn has_examples(workspace: &Workspace) -> anyhow::Result<bool> {
    let tree = Tree::read(workspace)?;
    let opens = |line: &str| ["/// ```", "//! ```"].iter().any(|mark| line.trim_start().starts_with(mark));
    Ok(tree.rust().any(|file| file.text.lines().any(opens)))
}
