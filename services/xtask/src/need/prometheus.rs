//! Prometheus and promtool: tests have rules judged by the one, and a hub looked at by the other.

use anyhow::bail;

use super::{fetch, is_here, system};

/// What is run; one package of Debian brings both.
const WANTED: &[&str] = &["prometheus", "promtool"];

/// Sees to it that both can be run.
///
/// # Errors
/// When they are missing and cannot be installed; the text says what to install.
pub(crate) fn ready() -> anyhow::Result<()> {
    let are_here = || WANTED.iter().all(|program| is_here(program));
    if are_here() {
        return Ok(());
    }
    fetch("prometheus (apt)", || system::install(&["prometheus"]))?;
    if are_here() { Ok(()) } else { bail!("prometheus is installed, and yet not found") }
}
