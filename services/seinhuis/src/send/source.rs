//! The file: opened, its layout checked against the map before anything is sent, then read row by row.

use std::fs::File;
use std::io;
use std::path::Path;

use super::map::{Format, Mapping};
use super::row::Row;

mod csv;
mod ndjson;

use self::csv::CsvRows;
use ndjson::NdjsonRows;

/// The longest row in bytes. No signal comes near it; a longer one means a quote that was never closed.
const LONGEST_ROW: u64 = 1 << 20;

/// The file can't be sent, or can't be read further.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It can't be read.
    #[error("{file}: can't be read")]
    Unreadable {
        /// The file.
        file: String,
        /// Why not.
        source: io::Error,
    },
    /// Its name doesn't tell how it is laid out, and the map doesn't either.
    #[error("{file}: its name doesn't tell its format; write source.format = \"csv\" or \"ndjson\" in {map}")]
    NoFormat {
        /// The file.
        file: String,
        /// The map.
        map: String,
    },
    /// A column that the map wants isn't there.
    #[error("{file}: column {column:?} is missing; {map} wants it for {key}; the file has {has}")]
    MissingColumn {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// The map.
        map: String,
        /// The key of the map.
        key: String,
        /// The columns that are there.
        has: String,
    },
    /// Two columns have the name that the map wants.
    #[error("{file}: two columns are called {column:?}; {map} wants one for {key}")]
    DoubleColumn {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// The map.
        map: String,
        /// The key of the map.
        key: String,
    },
    /// A row doesn't end.
    #[error(
        "{file}: the row that begins on line {line} is longer than {LONGEST_ROW} bytes; is a quote left open?"
    )]
    EndlessRow {
        /// The file.
        file: String,
        /// The line on which it begins, counted from 1.
        line: u64,
    },
}

/// The rows of a file.
pub(super) enum Rows {
    /// Of a CSV file.
    Csv(Box<CsvRows<File>>),
    /// Of an NDJSON file.
    Ndjson(NdjsonRows<File>),
}

impl Rows {
    /// Opens the file and finds the map's columns in it.
    pub(super) fn open(path: &Path, mapping: &Mapping) -> Result<Self, SourceError> {
        let file = path.display().to_string();
        let format = match (mapping.format, path.extension().and_then(|end| end.to_str())) {
            (Format::Auto, Some("csv" | "tsv" | "txt")) => Format::Csv,
            (Format::Auto, Some("ndjson" | "jsonl")) => Format::Ndjson,
            (Format::Auto, _) => return Err(SourceError::NoFormat { file, map: mapping.file.clone() }),
            (format, _) => format,
        };
        let opened = match File::open(path) {
            Ok(opened) => opened,
            Err(source) => return Err(SourceError::Unreadable { file, source }),
        };
        match format {
            Format::Ndjson => Ok(Self::Ndjson(NdjsonRows::new(file, opened, mapping))),
            Format::Csv | Format::Auto => {
                CsvRows::new(file, opened, mapping).map(|rows| Self::Csv(Box::new(rows)))
            }
        }
    }

    /// The next row; nothing at the end. An error ends the file.
    pub(super) fn next(&mut self) -> Result<Option<Row>, SourceError> {
        match self {
            Self::Csv(rows) => rows.next(),
            Self::Ndjson(rows) => rows.next(),
        }
    }

    /// How many bytes lie behind.
    pub(super) fn bytes_read(&self) -> u64 {
        match self {
            Self::Csv(rows) => rows.bytes_read(),
            Self::Ndjson(rows) => rows.bytes_read(),
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::send::map::specs::mapping;

    const MAP: &str = r#"
        [signal]
        sector = "municipal"
        [fields]
        reference = { column = "id" }
        occurred_at = { column = "at" }
        kind = { value = "municipal.waste" }
        area_name = { column = "wijk" }
    "#;

    #[test]
    fn a_files_name_tells_its_format_or_the_map_does() {
        let folder = tempfile::tempdir().unwrap();
        for (name, map, opens) in [
            ("a.csv", MAP.to_owned(), true),
            ("a.jsonl", MAP.to_owned(), true),
            ("a.dat", MAP.to_owned(), false),
            ("a.dat", format!("source.format = \"csv\"\n{MAP}"), true),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, "id,at,wijk\n").unwrap();
            let opened = Rows::open(&path, &mapping(&map));
            assert_eq!(opened.is_ok(), opens, "{name}");
            assert!(
                opens || opened.err().unwrap().to_string().ends_with("\"csv\" or \"ndjson\" in map.toml")
            );
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Rows::open(Path::new("nowhere.csv"), &mapping(MAP)).err().unwrap();
        assert_eq!(error.to_string(), "nowhere.csv: can't be read");
    }
}
