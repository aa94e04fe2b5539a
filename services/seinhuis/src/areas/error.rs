//! Why a file of areas can't be taken in: which file, which feature or line, which field and which rule.

use std::fmt;
use std::io;

use seinhuis_domain::area::{AreaCode, AreaMapFault};

/// A file of areas can't be taken in.
#[derive(Debug, thiserror::Error)]
pub enum AreasError {
    /// The file can't be read.
    #[error("{file}: the file can't be read")]
    Unreadable {
        /// The file.
        file: String,
        /// Why not.
        source: io::Error,
    },
    /// The name says nothing about the shape.
    #[error("{file}: a file of areas ends in .geojson, .json or .csv")]
    UnknownShape {
        /// The file.
        file: String,
    },
    /// A feature or a line breaks a rule.
    #[error(transparent)]
    Broken(#[from] BrokenArea),
    /// The areas are good one by one, but make no tree.
    #[error("{file}: the areas make no map")]
    NoMap {
        /// The file.
        file: String,
        /// Why not.
        source: AreaMapFault,
    },
    /// The municipality that was asked for is not there.
    #[error("{file}: municipality {asked} is not in it, but {found}")]
    Absent {
        /// The file.
        file: String,
        /// What was asked for.
        asked: AreaCode,
        /// What is there.
        found: String,
    },
}

/// A rule that one area breaks: `kaart.geojson: feature 3: properties.code: "WK15" is no CBS code of a wijk: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenArea {
    /// The file.
    pub file: String,
    /// The feature or the line, counted from 1; empty where the file as a whole is to blame.
    pub place: String,
    /// The field; empty where the area as a whole is to blame.
    pub field: String,
    /// The rule, with the value that breaks it.
    pub rule: String,
}

impl fmt::Display for BrokenArea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [&self.file, &self.place, &self.field, &self.rule];
        let said: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        f.write_str(&said.join(": "))
    }
}

impl std::error::Error for BrokenArea {}
