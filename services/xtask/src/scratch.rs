//! A copy of the tree to change things in, below the build folder: the tree itself is never touched.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::rules::tree::Tree;
use crate::workspace::Workspace;

/// The copy.
#[derive(Debug)]
pub(crate) struct Scratch<'w> {
    workspace: &'w Workspace,
    root: PathBuf,
}

impl<'w> Scratch<'w> {
    /// The tree as it is on disk, in a folder of this name. Files that are there already and the same are left alone, so that they
    /// aren't built again.
    pub(crate) fn of(workspace: &'w Workspace, tree: &Tree, name: &str) -> anyhow::Result<Self> {
        let root = workspace.target.join(name);
        for file in &tree.files {
            write(&root.join(&file.path), &file.text)?;
        }
        Ok(Self { workspace, root })
    }

    /// Where the copy is.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Changes a file of the copy for good.
    pub(crate) fn change(&self, file: &str, change: impl FnOnce(&str) -> String) -> anyhow::Result<()> {
        write(&self.root.join(file), &change(&self.read(file)?))
    }

    /// A cargo in the copy, which shares what is built of other people's crates with the tree.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = self.workspace.cargo();
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.workspace.target);
        command
    }

    /// Has a file of the copy changed while `then` is done.
    pub(crate) fn with<T>(
        &self,
        file: &str,
        change: impl FnOnce(&str) -> String,
        then: impl FnOnce() -> T,
    ) -> anyhow::Result<T> {
        let sound = self.read(file)?;
        write(&self.root.join(file), &change(&sound))?;
        let done = then();
        write(&self.root.join(file), &sound)?;
        Ok(done)
    }

    fn read(&self, file: &str) -> anyhow::Result<String> {
        std::fs::read_to_string(self.root.join(file)).with_context(|| format!("{file} cannot be read"))
    }
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    if std::fs::read_to_string(file).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(file);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(file, text))
        .with_context(|| format!("{} cannot be written", file.display()))
}
