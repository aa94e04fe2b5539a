//! nats-server: tests start servers of their own from it and stop them again.

use anyhow::bail;

use super::{fetch, is_here, system};

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
