//! The map: which column of a file fills which field of a signal. Read strictly, and checked before anything is sent.

use std::collections::BTreeMap;
use std::path::Path;

use seinhuis_domain::sector::Sector;

use super::target::Target;
use super::when::When;
use crate::profile::Broken;

mod check;
mod field;
mod template;
mod written;

pub(super) use template::Piece;

/// A map can't be used.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// It can't be read.
    #[error("{file}: the map can't be read")]
    Unreadable {
        /// The file.
        file: String,
        /// Why not.
        source: std::io::Error,
    },
    /// It breaks a rule.
    #[error(transparent)]
    Broken(#[from] Broken),
}

/// How the file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// Rows of columns, the first row being their names.
    Csv,
    /// One JSON object per line.
    Ndjson,
    /// By the end of the file's name.
    Auto,
}

/// A map that holds together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mapping {
    /// The map's file, for errors.
    pub(super) file: String,
    /// Whose signals these are.
    pub(super) sector: Sector,
    /// How the file is laid out.
    pub(super) format: Format,
    /// What stands between the columns of a CSV file.
    pub(super) delimiter: u8,
    /// The columns that fields draw on, each once.
    pub(super) columns: Vec<Column>,
    /// The fields that are filled.
    pub(super) fields: Vec<Field>,
}

/// A column that the map wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name in the file.
    pub(super) name: String,
    /// The first key of the map that wants it.
    pub(super) key: String,
}

/// How one field is filled.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// The field.
    pub(super) target: Target,
    /// From what.
    pub(super) origin: Origin,
    /// Whether rows without it are fine.
    pub(super) optional: bool,
    /// Translates the file's words.
    pub(super) lookup: Option<Lookup>,
    /// How its times are written.
    pub(super) when: When,
}

/// Where a field's text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// A column, by its number among the map's.
    Column(usize),
    /// The same for all rows.
    Constant(String),
    /// Several columns in one text; nothing as soon as one of them is empty.
    Template(Vec<Piece>),
}

/// From the file's words to the hub's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lookup {
    /// Its name in the map.
    pub(super) name: String,
    /// Word by word.
    pub(super) words: BTreeMap<String, String>,
    /// For all other words.
    pub(super) default: Option<String>,
}

impl Mapping {
    /// Reads and checks a map file.
    pub(super) fn load(path: &Path) -> Result<Self, MapError> {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self::read(&file, &text)?),
            Err(source) => Err(MapError::Unreadable { file, source }),
        }
    }

    /// Reads and checks the text of a map; `file` is what errors call it.
    pub(super) fn read(file: &str, text: &str) -> Result<Self, Broken> {
        check::checked(file, text, written::read(file, text)?)
    }
}

#[cfg(test)]
pub(in crate::send) mod specs {
    use super::*;

    pub(in crate::send) fn mapping(text: &str) -> Mapping {
        Mapping::read("map.toml", text).unwrap()
    }

    #[test]
    fn every_map_that_ships_holds_together() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let maps = std::fs::read_dir(root.join("deploy/maps")).unwrap().map(|entry| entry.unwrap().path());
        let maps: Vec<_> = maps.chain([root.join("tests/profiles/assen/map.toml")]).collect();
        assert!(maps.len() >= 2);
        for map in maps {
            Mapping::load(&map).unwrap_or_else(|error| panic!("{error}"));
        }
    }

    #[test]
    fn a_map_that_is_not_there_is_named() {
        let error = Mapping::load(Path::new("nowhere/map.toml")).unwrap_err();
        assert_eq!(error.to_string(), "nowhere/map.toml: the map can't be read");
    }
}
