//! tmux: a terminal that a test can look at and type into.

use anyhow::bail;

use super::{fetch, is_here, system};

/// The program, and the package of Debian that brings it.
const TMUX: &str = "tmux";

/// Sees to it that there is one.
///
/// # Errors
/// When it is missing and cannot be installed; the text says what to install.
pub(crate) fn ready() -> anyhow::Result<()> {
    if is_here(TMUX) {
        return Ok(());
    }
    fetch(&format!("{TMUX} (apt)"), || system::install(&[TMUX]))?;
    if is_here(TMUX) { Ok(()) } else { bail!("{TMUX} is installed, and yet not found") }
}
