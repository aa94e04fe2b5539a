//! UmaDB, an event store the log is measured against. Its client, which `tests/bench-peers` links, needs protoc too.

use std::path::PathBuf;
use std::process::Command;

use super::{emptied, fetch, system};
use crate::{command, workspace};

/// The client in `tests/bench-peers/Cargo.lock` is of the same version.
const VERSION: &str = "0.7.8";

/// Where the server is; compiled on first use, which takes minutes.
///
/// # Errors
/// When it can be neither found nor compiled.
pub(crate) fn ready() -> anyhow::Result<PathBuf> {
    if command::on_path("protoc").is_none() {
        fetch("protobuf-compiler (apt)", || system::install(&["protobuf-compiler"]))?;
    }
    let cache = workspace::cache()?;
    let home = cache.join(format!("umadb-{VERSION}"));
    let kept = home.join("bin/umadb");
    if kept.is_file() {
        return Ok(kept);
    }
    let scratch = cache.join("umadb-build");
    fetch(&format!("UmaDB {VERSION} (compiled, some minutes)"), || {
        emptied(&scratch)?;
        let mut install = Command::new("cargo");
        // Outside every workspace, or the root's own settings would apply to it.
        install.current_dir(&cache).args(["install", "umadb", "--locked", "--version", VERSION]);
        install.arg("--root").arg(&home).arg("--target-dir").arg(&scratch);
        command::run(&mut install)?;
        std::fs::remove_dir_all(&scratch).map_err(Into::into)
    })?;
    Ok(kept)
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn server_and_client_are_of_one_version() {
        let lock = include_str!("../../../../tests/bench-peers/Cargo.lock");
        assert!(lock.contains(&format!("name = \"umadb-client\"\nversion = \"{VERSION}\"\n")));
    }
}
