//! Why a profile can't be had: which file, where in it, and which rule.

use std::fmt;
use std::io;

/// A profile can't be had.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Neither a built-in name nor a folder.
    #[error("no profile {asked:?}: neither a built-in name ({known}) nor a folder")]
    Unknown {
        /// What was asked for.
        asked: String,
        /// The built-in names.
        known: String,
    },
    /// A file of the folder is missing or can't be read.
    #[error("{file}: the profile needs this file, and it can't be read")]
    Unreadable {
        /// The file.
        file: String,
        /// Why not.
        source: io::Error,
    },
    /// A file breaks a rule.
    #[error(transparent)]
    Broken(#[from] Broken),
}

/// A rule that a file breaks, and where: `teams.toml:12: teams.wijkteam-ulft.coordinator: niemand is not among …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The file.
    pub file: String,
    /// The line, counted from 1, where one line is to blame.
    pub line: Option<usize>,
    /// The path of the key; empty where the text as a whole is to blame.
    pub key: String,
    /// The rule, with the value that breaks it.
    pub rule: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.rule)
    }
}

impl std::error::Error for Broken {}
