//! The text of the tree: every file that git keeps or would keep.

use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::command;
use crate::workspace::Workspace;

/// All text files of the tree, as they are on disk.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct File {
    /// From the root, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Tree {
    /// Reads the tree.
    ///
    /// # Errors
    /// When git is not there to say which files belong to it, or a file cannot be read.
    pub(crate) fn read(workspace: &Workspace) -> anyhow::Result<Self> {
        let mut git = Command::new("git");
        git.current_dir(&workspace.root);
        let list =
            command::capture(git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
        let paths = list.split('\0').filter(|path| !path.is_empty());
        let files = paths.filter_map(|path| read(&workspace.root, path).transpose());
        Ok(Self { files: files.collect::<anyhow::Result<_>>()? })
    }

    /// The Rust in it, without what a tool wrote.
    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".rs") && !file.is_generated())
    }

    /// The file at a path from the root.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

impl File {
    fn is_generated(&self) -> bool {
        // The mark that code generators agree on; in two parts, or this file would carry it.
        self.text.lines().take(3).any(|line| line.contains(concat!("@", "generated")))
    }
}

/// `None` for what is no text, and for what git still knows but the disk no longer has.
fn read(root: &Path, path: &str) -> anyhow::Result<Option<File>> {
    let place = root.join(path);
    if !place.is_file() {
        return Ok(None);
    }
    let bytes = std::fs::read(&place).with_context(|| format!("{path} cannot be read"))?;
    Ok(String::from_utf8(bytes).ok().map(|text| File { path: path.to_owned(), text }))
}
