//! The configuration: one strict tree, laid together from defaults, a file, the environment and flags.
//!
//! `deploy/seinhuis.toml` is the lowest layer and lists every key; whatever is not in it does not exist.

use std::path::Path;

mod check;
mod environment;
mod error;
mod layers;
mod print;
mod sections;
mod value;

pub use environment::environment;
pub use error::{BrokenSetting, ConfigError};
pub use layers::{Origin, Setting, load};
pub use sections::{
    Audit, Bus, Clock, Config, Data, Feed, Ingest, Keys, Listen, Log, LogFormat, Notify, Profile, Proof,
    Serve, Smtp, SmtpTls, Telemetry, Tokens,
};

/// The reference, with every key at its default.
pub const REFERENCE: &str = include_str!("../../../deploy/seinhuis.toml");

/// The name of the file that is read from the data folder when no other is named.
pub const FILE_NAME: &str = "seinhuis.toml";

/// Where settings come from, beside the defaults.
#[derive(Debug, Default)]
pub struct Sources<'a> {
    /// The file named on the command line. Absent: [`FILE_NAME`] in the data folder, if it is there.
    pub file: Option<&'a Path>,
    /// Variables of the environment; see [`environment`].
    pub environment: Vec<(String, std::ffi::OsString)>,
    /// Flags of the command line.
    pub flags: Vec<Flag>,
}

/// A flag that sets a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// As typed: `--data`.
    pub name: &'static str,
    /// What it sets: `data.folder`.
    pub key: &'static str,
    /// To what.
    pub value: String,
}

/// The configuration that holds, and where each value came from.
#[derive(Debug, Clone)]
pub struct Effective {
    /// What the program works with.
    pub config: Config,
    /// Every key, ordered by key.
    pub settings: Vec<Setting>,
}

#[cfg(test)]
mod specs;
