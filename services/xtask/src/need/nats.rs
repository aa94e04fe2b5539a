//! nats-server: tests start servers of their own from it and stop them again.

use std::path::{Path, PathBuf};

use anyhow::bail;

use super::{fetch, is_here, system};
use crate::command;

/// The program, and the package of Debian that brings it.
const SERVER: &str = "nats-server";

/// Sees to it that servers can be started.
///
/// # Errors
/// When it is missing and cannot be installed; the text says what to install.
pub(crate) fn ready() -> anyhow::Result<()> {
    if is_here(SERVER) {
        return Ok(());
    }
    fetch(&format!("{SERVER} (apt)"), || system::install(&[SERVER]))?;
    if is_here(SERVER) { Ok(()) } else { bail!("{SERVER} is installed, and yet not found") }
}

/// Where it is.
pub(crate) fn program() -> PathBuf {
    // Debian puts it where a user's PATH does not lead.
    command::on_path(SERVER).unwrap_or_else(|| Path::new("/usr/sbin").join(SERVER))
}
