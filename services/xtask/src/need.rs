//! What the gate needs from outside the workspace: found, or fetched once into a cache that all clones share.

pub(crate) mod buf;
pub(crate) mod chromium;
pub(crate) mod compiled;
pub(crate) mod nats;
pub(crate) mod postgres;
pub(crate) mod prometheus;
pub(crate) mod python;
mod system;
pub(crate) mod tmux;
pub(crate) mod umadb;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;

use crate::command;

/// A tool the gate can do without, if it says so.
#[derive(Debug)]
pub(crate) enum Found {
    /// It is here.
    At(PathBuf),
    /// It is not, and what to install.
    Missing(String),
}

/// Debian puts daemons where a user's PATH does not lead.
fn is_here(program: &str) -> bool {
    command::on_path(program).is_some() || Path::new("/usr/sbin").join(program).is_file()
}

/// Fetches something, saying beforehand that it will and afterwards how long it took.
fn fetch(what: &str, fetch: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    eprintln!("fetching {what}, once");
    let began = Instant::now();
    fetch().with_context(|| format!("{what} cannot be had"))?;
    eprintln!("fetched {what} in {:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// Makes a folder empty, whatever an earlier attempt left in it.
fn emptied(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))
}
