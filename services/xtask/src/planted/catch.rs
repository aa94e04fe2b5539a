//! Running the tests that must find a fault.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, bail};

use super::list::Fault;
use super::report::Verdict;
use crate::scratch::Scratch;

/// As cargo-nextest ends when a test failed, and when the code was not built.
const RED: i32 = 100;
const NOT_BUILT: i32 = 101;

/// Without a fault all tests of `faults` pass, or what they say of one means nothing.
pub(crate) fn nothing(scratch: &Scratch<'_>, faults: &[&Fault]) -> anyhow::Result<()> {
    let tests: BTreeSet<_> = faults.iter().map(|fault| (fault.package, fault.target, fault.test)).collect();
    for (package, target, test) in tests {
        let end = ended(&mut tested(scratch, package, target, test))?;
        if end != 0 {
            bail!("{test} fails without a fault, or isn't there (nextest ended with {end})");
        }
    }
    Ok(())
}

/// What the test of `fault` says of it.
pub(crate) fn planted(scratch: &Scratch<'_>, fault: &Fault) -> anyhow::Result<Verdict> {
    let plant = |sound: &str| sound.replacen(fault.before, fault.after, 1);
    let test = || ended(&mut tested(scratch, fault.package, fault.target, fault.test));
    let end = scratch.with(fault.file, plant, test)??;
    match end {
        0 => Ok(Verdict::Survived),
        RED => Ok(Verdict::Caught),
        NOT_BUILT => Ok(Verdict::NotBuilt),
        _ => bail!("nextest ended with {end} on {}", fault.name),
    }
}

fn tested(scratch: &Scratch<'_>, package: &str, target: &str, test: &str) -> Command {
    let mut command = scratch.cargo();
    command.args(["nextest", "run", "--locked", "--no-fail-fast", "--package", package]);
    match target {
        "lib" => command.arg("--lib"),
        name => command.args(["--test", name]),
    };
    // A part of the name would let others pass for it.
    command.args(["--filterset", &format!("test(/(^|::){test}$/)")]);
    command.env("SEINHUIS_SIM_SEEDS", "100");
    command
}

fn ended(command: &mut Command) -> anyhow::Result<i32> {
    let status = command.status().context("cargo-nextest cannot be started")?;
    status.code().context("cargo-nextest was ended by a signal")
}
