//! Why a configuration is refused: where the value came from, which key, which rule.

use std::fmt;
use std::io;

use super::layers::Origin;

/// A configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("{file}: the configuration can't be read")]
    Unreadable {
        /// The file.
        file: String,
        /// Why not.
        source: io::Error,
    },
    /// A setting breaks a rule.
    #[error(transparent)]
    Broken(#[from] BrokenSetting),
}

/// A rule that a setting breaks: `seinhuis.toml:4: listen.address: "thuis": invalid socket address syntax`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenSetting {
    /// Where it came from.
    pub origin: Origin,
    /// The key; empty where a file as a whole is to blame.
    pub key: String,
    /// The rule, with the value that breaks it.
    pub rule: String,
}

impl fmt::Display for BrokenSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.origin)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.rule)
    }
}

impl std::error::Error for BrokenSetting {}
