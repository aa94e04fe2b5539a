//! The six files of a profile, wherever they come from, and which of them is to blame for a fault.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use seinhuis_domain::profile::ProfileFault;

use super::builtin;
use super::error::{Broken, ProfileError};
use crate::place;

/// One file of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum File {
    Profile,
    Areas,
    Partners,
    Teams,
    People,
    Routing,
}

impl File {
    pub(super) const ALL: [Self; 6] =
        [Self::Profile, Self::Areas, Self::Partners, Self::Teams, Self::People, Self::Routing];

    fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile.toml",
            Self::Areas => "areas.toml",
            Self::Partners => "partners.toml",
            Self::Teams => "teams.toml",
            Self::People => "people.toml",
            Self::Routing => "routing.toml",
        }
    }

    /// The file that holds the keys that begin like this one.
    fn of_key(key: &str) -> Self {
        match key.split('.').next() {
            Some("areas") => Self::Areas,
            Some("partners" | "agreements") => Self::Partners,
            Some("teams") => Self::Teams,
            Some("people") => Self::People,
            Some("routing") => Self::Routing,
            _ => Self::Profile,
        }
    }
}

/// Where a profile lies.
#[derive(Debug)]
pub(super) enum Folder {
    Disk(PathBuf),
    BuiltIn(String),
}

impl Folder {
    pub(super) fn on_disk(dir: &Path) -> Self {
        Self::Disk(dir.to_owned())
    }

    pub(super) fn built_in(name: &str) -> Option<Self> {
        builtin::NAMES.contains(&name).then(|| Self::BuiltIn(name.to_owned()))
    }

    pub(super) fn read_all(&self) -> Result<Texts, ProfileError> {
        let mut texts = Vec::with_capacity(File::ALL.len());
        for file in File::ALL {
            texts.push(self.read(file)?);
        }
        Ok(Texts(texts))
    }

    fn read(&self, file: File) -> Result<Text, ProfileError> {
        let (path, text) = match self {
            Self::BuiltIn(name) => {
                let path = format!("{name} (built in)/{}", file.name());
                (path, builtin::text(name, file).map(|text| Ok(Cow::Borrowed(text))))
            }
            Self::Disk(dir) => {
                let path = dir.join(file.name());
                (path.display().to_string(), Some(fs::read_to_string(&path).map(Cow::Owned)))
            }
        };
        match text.unwrap_or_else(|| Err(std::io::ErrorKind::NotFound.into())) {
            Ok(text) => Ok(Text { path, text }),
            Err(source) => Err(ProfileError::Unreadable { file: path, source }),
        }
    }
}

/// One file as read.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) path: String,
    pub(super) text: Cow<'static, str>,
}

/// All files as read.
#[derive(Debug)]
pub(super) struct Texts(Vec<Text>);

impl Texts {
    pub(super) fn of(&self, file: File) -> &Text {
        &self.0[file as usize]
    }

    /// Points a fault of the profile as a whole at its file and, where one key is to blame, its line.
    pub(super) fn blame(&self, fault: &ProfileFault) -> Broken {
        // In the folder the policy is not one table: its parts have files, or sections, of their own.
        let key = fault.key.strip_prefix("policy.").unwrap_or(&fault.key);
        let Text { path, text } = self.of(File::of_key(key));
        let line = key.contains('.').then(|| place::of_key(text, key)).flatten();
        Broken { file: path.clone(), line, key: key.to_owned(), rule: fault.rule.clone() }
    }
}
