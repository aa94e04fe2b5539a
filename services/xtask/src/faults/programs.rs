//! The binary twice: as it is, and as a version after it, which has one more field in an event.

use std::path::PathBuf;

use crate::command;
use crate::workspace::Workspace;

/// What it is called beside the other one.
const TOMORROW: &str = "seinhuis-tomorrow";

/// Where they are.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) today: PathBuf,
    pub(super) tomorrow: PathBuf,
}

impl Programs {
    /// Builds both, as they are shipped or as tests have them.
    pub(super) fn built(workspace: &Workspace, release: bool) -> anyhow::Result<Self> {
        let folder = workspace.target.join(if release { "release" } else { "debug" });
        let exe = std::env::consts::EXE_SUFFIX;
        let (today, tomorrow) =
            (folder.join(format!("seinhuis{exe}")), folder.join(format!("{TOMORROW}{exe}")));
        // Both come out under one name, so the later version gives way first.
        command::run(build(workspace, release).args(["--features", "seinhuis/tomorrow"]))?;
        std::fs::rename(&today, &tomorrow)?;
        command::run(&mut build(workspace, release))?;
        Ok(Self { today, tomorrow })
    }
}

/// With the features that the gate builds it with, so that it is built already.
fn build(workspace: &Workspace, release: bool) -> std::process::Command {
    let mut build = workspace.cargo();
    build.args(["build", "--bin", "seinhuis", "--locked"]);
    build.arg(if release { "--release" } else { "--workspace" });
    build
}
