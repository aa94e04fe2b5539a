//! The programs of PostgreSQL and of pgbouncer: tests start servers of their own from them and stop them again.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::{fetch, is_here, system};

/// What is run, and the package of Debian that brings it.
const WANTED: &[(&str, &str)] =
    &[("psql", "postgresql-client"), ("pgbouncer", "pgbouncer"), ("setpriv", "util-linux")];

/// Sees to it that servers can be started.
///
/// # Errors
/// When one is missing and cannot be installed; the text says what to install.
pub(crate) fn ready() -> anyhow::Result<()> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    fetch(&format!("{} (apt)", missing.join(" and ")), || system::install(&missing))?;
    match self::missing().as_slice() {
        [] => Ok(()),
        still => bail!("installed, and yet not found: {}", still.join(", ")),
    }
}

fn missing() -> Vec<&'static str> {
    let programs = WANTED.iter().filter(|(program, _)| !is_here(program)).map(|(_, package)| *package);
    let server = (!has_server(Path::new("/usr/lib/postgresql"))).then_some("postgresql");
    server.into_iter().chain(programs).collect()
}

/// Where the newest installed server's programs are.
///
/// # Errors
/// When there is none.
pub(crate) fn programs() -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let of =
        |entry: std::fs::DirEntry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path()));
    let with_server = versions.filter_map(of).filter(|(_, at)| at.join("bin/initdb").is_file());
    let newest = with_server.max_by_key(|(version, _)| *version);
    Ok(newest.context("no PostgreSQL server is installed")?.1.join("bin"))
}

fn has_server(versions: &Path) -> bool {
    std::fs::read_dir(versions).is_ok_and(|mut entries| {
        entries.any(|entry| entry.is_ok_and(|at| at.path().join("bin/initdb").is_file()))
    })
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_server_is_there_when_a_version_has_its_programs() {
        assert!(!has_server(Path::new("/nonexistent")));
        assert!(!has_server(Path::new(env!("CARGO_MANIFEST_DIR"))));
    }
}
