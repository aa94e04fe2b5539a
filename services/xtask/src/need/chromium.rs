//! Chromium: tests look at pages as a browser shows them.

use std::path::PathBuf;

use anyhow::Context;

use super::{fetch, system};
use crate::command;

/// The program, and the package of Debian that brings it.
const BROWSER: &str = "chromium";
/// What it is called elsewhere.
const OTHERS: [&str; 3] = ["chromium-browser", "google-chrome-stable", "google-chrome"];

/// Where it is.
///
/// # Errors
/// When it is missing and cannot be installed; the text says what to install.
pub(crate) fn ready() -> anyhow::Result<PathBuf> {
    if let Some(found) = found() {
        return Ok(found);
    }
    fetch(&format!("{BROWSER} (apt)"), || system::install(&[BROWSER]))?;
    found().with_context(|| format!("{BROWSER} is installed, and yet not found"))
}

fn found() -> Option<PathBuf> {
    std::iter::once(BROWSER).chain(OTHERS).find_map(command::on_path)
}
