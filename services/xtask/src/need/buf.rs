//! buf, the contract's linter, from its npm package.

use std::process::Command;

use super::{Found, emptied, fetch, system};
use crate::{command, workspace};

const VERSION: &str = "1.75.0";

/// Where buf is. Without npm there is none, and that is an answer: only the lint of the contract needs it.
///
/// # Errors
/// When npm is there and still cannot bring it.
pub(crate) fn ready() -> anyhow::Result<Found> {
    let home = workspace::cache()?.join(format!("buf-{VERSION}"));
    let buf = home.join("node_modules/.bin/buf");
    if buf.is_file() {
        return Ok(Found::At(buf));
    }
    if command::on_path("npm").is_none()
        && let Err(why) = fetch("npm (apt)", || system::install(&["npm"]))
    {
        let missing = format!("npm is missing, {why:#}");
        eprintln!("ATTENTION: no buf, so the proto lint is skipped: {missing}");
        return Ok(Found::Missing(missing));
    }
    fetch(&format!("buf {VERSION} (npm: @bufbuild/buf)"), || {
        emptied(&home)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel", "error", "--prefix"]);
        command::run(npm.arg(&home).arg(format!("@bufbuild/buf@{VERSION}")))
    })?;
    Ok(Found::At(buf))
}
