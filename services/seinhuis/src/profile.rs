//! A municipality's profile, read from its folder: strictly, and checked as a whole before anybody sees it.
//!
//! A folder holds six files: `profile.toml` (name, office hours, ladder, matching), `areas.toml`, `partners.toml`,
//! `teams.toml`, `people.toml` and `routing.toml`. The profiles that ship are part of the binary as well.

use std::path::Path;

use seinhuis_domain::profile::{self, Profile};

mod assemble;
mod builtin;
mod contacts;
mod error;
mod folder;
mod read;

pub use builtin::NAMES;
pub(crate) use contacts::mail_fault;
pub use contacts::{Contact, Contacts, Language, Way, Webhook};
pub use error::{Broken, ProfileError};

use folder::Folder;

/// A profile that holds together, and how to reach its people.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// What goes into the log.
    pub profile: Profile,
    /// What stays out of it.
    pub contacts: Contacts,
}

/// Reads and checks the profile in a folder.
pub fn load(dir: &Path) -> Result<Loaded, ProfileError> {
    from(&Folder::on_disk(dir))
}

/// The profile with a built-in name (see [`NAMES`]), or the one in the folder at this path. The name wins.
pub fn named(name_or_path: &str) -> Result<Loaded, ProfileError> {
    if let Some(folder) = Folder::built_in(name_or_path) {
        return from(&folder);
    }
    let dir = Path::new(name_or_path);
    if dir.is_dir() {
        load(dir)
    } else {
        Err(ProfileError::Unknown { asked: name_or_path.to_owned(), known: NAMES.join(", ") })
    }
}

fn from(folder: &Folder) -> Result<Loaded, ProfileError> {
    let texts = folder.read_all()?;
    let loaded = assemble::assemble(&texts)?;
    profile::check(&loaded.profile).map_err(|fault| texts.blame(&fault))?;
    Ok(loaded)
}

#[cfg(test)]
mod specs;
