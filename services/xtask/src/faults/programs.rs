//! The binary twice: as it is, and as a version after it, which has one more field in an event.

use std::path::PathBuf;
use std::process::Command;

use crate::command;
use crate::workspace::Workspace;

/// What the later version is called beside the other one.
const TOMORROW: &str = "seinhuis-tomorrow";
/// The cell of the matrix that needs it.
const CELL: &str = "version beside version";

/// Where they are.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) today: PathBuf,
    /// None where no cell needs it: it takes as long to build as the other.
    pub(super) tomorrow: Option<PathBuf>,
}

impl Programs {
    /// Builds what the cells called like `only` need, as it is shipped or as tests have it.
    pub(super) fn built(workspace: &Workspace, release: bool, only: Option<&str>) -> anyhow::Result<Self> {
        let folder = workspace.target.join(if release { "release" } else { "debug" });
        let called = |name: &str| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        let (today, tomorrow) = (called("seinhuis"), needs_both(only).then(|| called(TOMORROW)));
        if let Some(tomorrow) = &tomorrow {
            // Both come out under one name, so the later version gives way first.
            command::run(build(workspace, release).args(["--features", "seinhuis/tomorrow"]))?;
            std::fs::rename(&today, tomorrow)?;
        }
        command::run(&mut build(workspace, release))?;
        Ok(Self { today, tomorrow })
    }
}

/// As the matrix chooses its cells.
fn needs_both(only: Option<&str>) -> bool {
    only.is_none_or(|only| only.split(',').any(|part| CELL.contains(part)))
}

/// With the features that the gate and the benchmarks build it with, so that it is built already.
fn build(workspace: &Workspace, release: bool) -> Command {
    let mut build = workspace.cargo();
    build.args(["build", "--workspace", "--bin", "seinhuis", "--locked"]);
    build.args(release.then_some("--release"));
    build
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn the_later_version_is_built_for_its_cell_and_for_no_other() {
        for cells in [None, Some("version"), Some("kill ingest,version beside")] {
            assert!(needs_both(cells), "{cells:?}");
        }
        assert!(!needs_both(Some("rolling")) && !needs_both(Some("kill ingest,no nats")));
    }
}
