//! Rows of a CSV file. A row that has not as many cells as the header is refused on its own; bytes that are no UTF-8
//! only harm the cell they stand in.

use std::io::Read;

use super::SourceError;
use crate::send::map::{Column, Mapping};
use crate::send::refusal::Misfit;
use crate::send::row::{Cell, Row};

mod records;

use records::{ReadError, Records};

/// The rows after the header.
pub(in crate::send) struct CsvRows<R> {
    file: String,
    records: Records<R>,
    /// How many columns the header has.
    width: usize,
    /// Where in a record the map's columns stand, in the map's order.
    places: Vec<usize>,
}

impl<R: Read> CsvRows<R> {
    /// Reads the header and finds the map's columns in it.
    pub(super) fn new(file: String, input: R, mapping: &Mapping) -> Result<Self, SourceError> {
        let records = Records::new(input, mapping.delimiter);
        let mut rows = Self { file, records, width: 0, places: Vec::new() };
        rows.advance()?;
        let header: Vec<_> =
            rows.records.cells().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        rows.places = mapping
            .columns
            .iter()
            .map(|column| place(&rows.file, &mapping.file, &header, column))
            .collect::<Result<_, _>>()?;
        rows.width = header.len();
        Ok(rows)
    }

    pub(super) fn next(&mut self) -> Result<Option<Row>, SourceError> {
        if !self.advance()? {
            return Ok(None);
        }
        let (has, width) = (self.records.width(), self.width);
        let cells = if has == width {
            Ok(self.places.iter().map(|place| Cell::bytes(self.records.cell(*place))).collect())
        } else {
            Err(Misfit::whole(format!("must have {width} columns, as the header has; it has {has}")))
        };
        Ok(Some(Row { line: self.records.line(), cells }))
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.records.bytes_read()
    }

    fn advance(&mut self) -> Result<bool, SourceError> {
        self.records.advance().map_err(|error| match error {
            ReadError::Io(source) => SourceError::Unreadable { file: self.file.clone(), source },
            ReadError::Endless => {
                SourceError::EndlessRow { file: self.file.clone(), line: self.records.line() }
            }
        })
    }
}

fn place(file: &str, map: &str, header: &[String], column: &Column) -> Result<usize, SourceError> {
    let (file, map, key) = (file.to_owned(), map.to_owned(), column.key.clone());
    let mut places = header.iter().enumerate().filter(|(_, name)| **name == column.name).map(|(at, _)| at);
    match (places.next(), places.next()) {
        (Some(place), None) => Ok(place),
        (Some(_), Some(_)) => Err(SourceError::DoubleColumn { file, column: column.name.clone(), map, key }),
        (None, _) => {
            let has = match header.len() {
                0 => "no header".to_owned(),
                1 => format!(
                    "only {:?}; is source.delimiter right?",
                    header[0].chars().take(80).collect::<String>()
                ),
                _ => header.join(", "),
            };
            Err(SourceError::MissingColumn { file, column: column.name.clone(), map, key, has })
        }
    }
}

#[cfg(test)]
mod specs;
