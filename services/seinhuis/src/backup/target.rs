//! Folders that are written to: private, empty before, and on disk afterwards.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use anyhow::{Context, bail};

/// Makes the folder, readable by its owner only; one that is there already must be empty.
pub(super) fn prepare(folder: &Path) -> anyhow::Result<()> {
    must_be_empty(folder)?;
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("can't make {}", folder.display()))
}

/// Whether nothing would be written over.
pub(super) fn must_be_empty(folder: &Path) -> anyhow::Result<()> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => bail!("{} isn't empty", folder.display()),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("can't look into {}", folder.display())),
    }
}

/// Copies a file, private and on disk before this returns.
pub(super) fn copy_file(from: &Path, to: &Path) -> anyhow::Result<()> {
    let copied = || -> std::io::Result<()> {
        let mut target = private(to)?;
        std::io::copy(&mut File::open(from)?, &mut target)?;
        target.sync_all()
    };
    copied().with_context(|| format!("can't copy {} to {}", from.display(), to.display()))
}

/// A new file that only its owner can read.
pub(super) fn private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Makes the names in a folder as durable as what they name.
pub(super) fn sync(folder: &Path) -> anyhow::Result<()> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.with_context(|| format!("can't bring {} to the disk", folder.display()))
}
