//! A Python of the tests' own, with the packages they pin: the end-to-end tests talk to the hub as a partner would.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use super::{emptied, fetch, system};
use crate::command;
use crate::workspace::{self, Workspace};

/// The interpreter of a virtual environment that holds exactly `tests/python/requirements.txt`.
///
/// # Errors
/// When there is no Python 3 with `venv`, none can be installed, or the packages cannot be had.
pub(crate) fn ready(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let wishes = workspace.root.join("tests/python/requirements.txt");
    let wanted =
        std::fs::read_to_string(&wishes).with_context(|| format!("{} cannot be read", wishes.display()))?;
    let home = workspace::cache()?.join("python");
    let python = home.join("bin/python");
    let stamp = home.join("requirements.txt");
    if python.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|held| held == wanted) {
        return Ok(python);
    }
    let system = system_python()?;
    fetch(
        "Python packages of the tests (pip: grpcio-tools, duckdb, pyarrow, standardwebhooks, aiosmtpd)",
        || {
            emptied(&home)?;
            command::run(Command::new(system).args(["-m", "venv"]).arg(&home))?;
            let mut pip = Command::new(&python);
            pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "-r"]);
            command::run(pip.arg(&wishes))?;
            // Last, so that an attempt cut short is made again.
            std::fs::write(&stamp, &wanted).with_context(|| format!("{} cannot be written", stamp.display()))
        },
    )?;
    Ok(python)
}

fn system_python() -> anyhow::Result<PathBuf> {
    if let Some(python) = usable() {
        return Ok(python);
    }
    fetch("python3 and python3-venv (apt)", || system::install(&["python3", "python3-venv"]))?;
    usable().context("python3 is installed but cannot make a virtual environment: install python3-venv")
}

fn usable() -> Option<PathBuf> {
    command::on_path("python3").filter(|python| can_make_an_environment(python))
}

/// Debian splits `ensurepip` off into python3-venv; without it an environment has no pip.
fn can_make_an_environment(python: &Path) -> bool {
    command::capture(Command::new(python).args(["-c", "import venv, ensurepip"])).is_ok()
}
