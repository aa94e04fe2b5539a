//! A copy of the tree to change things in, below the build folder: the tree itself is never touched.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::planted::Fault;
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
        let place = self.root.join(file);
        let text = std::fs::read_to_string(&place).with_context(|| format!("{file} cannot be read"))?;
        write(&place, &change(&text))
    }

    /// A cargo in the copy, which shares what is built of other people's crates with the tree.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = self.workspace.cargo();
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.workspace.target);
        command
    }

    /// Has `fault` in the copy while `then` is done.
    pub(crate) fn with<T>(&self, fault: &Fault, then: impl FnOnce() -> T) -> anyhow::Result<T> {
        let file = self.root.join(fault.file);
        let sound =
            std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", fault.file))?;
        write(&file, &sound.replacen(fault.before, fault.after, 1))?;
        let done = then();
        write(&file, &sound)?;
        Ok(done)
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
