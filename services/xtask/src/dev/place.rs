//! The folder of all data: one that is kept, or one that goes at the end.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::command;

/// Where everything lies.
#[derive(Debug)]
pub(super) struct Place {
    root: PathBuf,
    thrown_away: bool,
}

impl Place {
    /// `kept`, made where it is missing, or a new folder.
    pub(super) fn open(kept: Option<&Path>) -> anyhow::Result<Self> {
        let root = match kept {
            Some(folder) => std::path::absolute(folder)?,
            None => std::env::temp_dir().join(format!("seinhuis-dev-{}", std::process::id())),
        };
        // The servers run as another user where we are root: he must come through, and see nothing.
        let made = DirBuilder::new().recursive(true).mode(0o711).create(&root);
        made.with_context(|| format!("{} can't be made", root.display()))?;
        Ok(Self { root, thrown_away: kept.is_none() })
    }

    /// Something in it.
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// A folder in it for a server, which becomes its user's.
    pub(super) fn of_server(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.at(name);
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        if let Some(user) = servers_user()? {
            command::capture(Command::new("chown").arg(user).arg(&folder))?;
        }
        Ok(folder)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.thrown_away
            && let Err(error) = std::fs::remove_dir_all(&self.root)
        {
            eprintln!("{} is still there: {error}", self.root.display());
        }
    }
}

/// The user servers run as where we are root, which PostgreSQL refuses; he comes with its package.
fn servers_user() -> anyhow::Result<Option<&'static str>> {
    Ok((command::capture(Command::new("id").arg("-u"))?.trim() == "0").then_some("postgres"))
}

/// A program of a server, run as the servers' user.
pub(super) fn as_server(program: &Path) -> anyhow::Result<Command> {
    let Some(user) = servers_user()? else { return Ok(Command::new(program)) };
    let mut wrapped = Command::new("setpriv");
    wrapped.args([&format!("--reuid={user}"), &format!("--regid={user}"), "--clear-groups"]).arg(program);
    Ok(wrapped)
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_folder_of_ones_own_goes_at_the_end_and_a_kept_one_stays() {
        let place = Place::open(None).unwrap();
        let root = place.at("");
        std::fs::write(place.at("something"), "").unwrap();
        let kept = Place::open(Some(&place.at("kept"))).unwrap();
        drop(kept);
        assert!(place.at("kept").is_dir());
        drop(place);
        assert!(!root.exists());
    }
}
