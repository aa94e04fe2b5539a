//! A disk that is soon full: a file system of a few megabytes in memory, where we may mount one.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;

/// A mounted file system, gone when this is dropped.
#[derive(Debug)]
pub struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// Mounts one of so many megabytes, or `None` with a loud word where only root may.
    #[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
    pub fn mount(megabytes: u32) -> anyhow::Result<Option<Self>> {
        let folder = tempfile::Builder::new().prefix("seinhuis-disk-").tempdir()?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={megabytes}m,mode=0777"), "tmpfs"]);
        let mounted = mount.arg(folder.path()).output()?;
        if !mounted.status.success() {
            let why = String::from_utf8_lossy(&mounted.stderr).trim().to_owned();
            eprintln!("SKIPPED: no small disk can be mounted, which takes root: {why}");
            return Ok(None);
        }
        Ok(Some(Self { folder }))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the room that is left.
    pub fn fill(&self) -> anyhow::Result<()> {
        let mut filler = std::fs::OpenOptions::new().create(true).append(true).open(self.filler())?;
        loop {
            match filler.write_all(&[1; 4_096]) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(()),
                Err(error) => bail!("the disk can't be filled: {error}"),
            }
        }
    }

    /// Gives it back.
    pub fn make_room(&self) -> anyhow::Result<()> {
        Ok(std::fs::remove_file(self.filler())?)
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: whoever still has a file open there is about to close it.
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}
