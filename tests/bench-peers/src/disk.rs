//! Whether a folder is on a disk: a store whose files are in memory is not durable, whatever its settings say.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail, ensure};

/// An error when what is written to `folder` would not outlive the machine.
pub(crate) fn keeps(folder: &Path) -> anyhow::Result<()> {
    let output = Command::new("stat").args(["-f", "-c", "%T"]).arg(folder).output();
    let output = output.context("stat can't be started: install coreutils")?;
    ensure!(output.status.success(), "stat: {}", String::from_utf8_lossy(&output.stderr).trim());
    let kind = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if ["tmpfs", "ramfs"].contains(&kind.as_str()) {
        bail!("{} is in memory ({kind}): set TMPDIR to a folder on disk", folder.display());
    }
    Ok(())
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn memory_is_no_disk() {
        assert!(keeps(Path::new(env!("CARGO_MANIFEST_DIR"))).is_ok());
        let refused = keeps(Path::new("/dev/shm")).unwrap_err().to_string();
        assert!(refused.contains("/dev/shm is in memory (tmpfs)"), "{refused}");
    }
}
