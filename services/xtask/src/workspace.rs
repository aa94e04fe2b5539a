//! The workspace as cargo describes it: where it lies, who its members are, what they depend on directly.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde::Deserialize;

use crate::command;

/// The part of `cargo metadata --no-deps` that the tasks read.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    /// Where cargo puts what it builds.
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    /// The members of the workspace.
    pub(crate) packages: Vec<Package>,
}

/// One crate of the workspace with the dependencies its manifest states.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line under `[dependencies]`, `[build-dependencies]` or `[dev-dependencies]`.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    /// The name of the package, whatever the manifest calls it.
    pub(crate) name: String,
    /// `None` for a normal one; cargo writes null there.
    pub(crate) kind: Option<Kind>,
}

/// The two kinds of dependency that are not linked into the crate itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Build,
    Dev,
}

impl Workspace {
    /// Asks cargo about the workspace the task was started in.
    pub(crate) fn here() -> anyhow::Result<Self> {
        let answer = command::capture(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
        serde_json::from_str(&answer).context("cargo metadata gave an answer that is not understood")
    }

    /// A cargo to be run in the root.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }
}

/// Where fetched tools are kept between runs and between clones: `SEINHUIS_CACHE`, or `seinhuis` in the user's cache.
pub(crate) fn cache() -> anyhow::Result<PathBuf> {
    cache_from(|name| std::env::var_os(name))
}

fn cache_from(variable: impl Fn(&str) -> Option<OsString>) -> anyhow::Result<PathBuf> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let folder = if let Some(own) = set("SEINHUIS_CACHE") {
        PathBuf::from(own)
    } else if let Some(shared) = set("XDG_CACHE_HOME") {
        Path::new(&shared).join("seinhuis")
    } else {
        let home = set("HOME").context("no place for the tools: set SEINHUIS_CACHE to a folder")?;
        Path::new(&home).join(".cache").join("seinhuis")
    };
    std::path::absolute(&folder).with_context(|| format!("no absolute path for {}", folder.display()))
}

fn cargo() -> Command {
    // Cargo names itself to what it runs, so that the same toolchain is used all the way down.
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

#[cfg(test)]
mod specs {
    use super::*;

    fn cache_with(set: &[(&str, &str)]) -> Option<PathBuf> {
        cache_from(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())).ok()
    }

    #[test]
    fn the_cache_is_the_projects_own_setting_before_the_users() {
        let all = [("SEINHUIS_CACHE", "/a"), ("XDG_CACHE_HOME", "/b"), ("HOME", "/c")];
        assert_eq!(cache_with(&all), Some("/a".into()));
        assert_eq!(cache_with(&all[1..]), Some("/b/seinhuis".into()));
        assert_eq!(cache_with(&all[2..]), Some("/c/.cache/seinhuis".into()));
        assert_eq!(cache_with(&[]), None);
    }

    #[test]
    fn a_setting_left_empty_counts_as_not_set() {
        assert_eq!(cache_with(&[("SEINHUIS_CACHE", ""), ("HOME", "/c")]), Some("/c/.cache/seinhuis".into()));
    }
}
