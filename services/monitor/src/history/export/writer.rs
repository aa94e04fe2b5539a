//! Rows into the bytes of a file, a part at a time: what is written was handed on before the next rows are made.

use parquet::errors::ParquetError;
use seinhuis_contract::proto::history::v1::Format;
use seinhuis_contract::status::Problem;
use seinhuis_domain::calendar;

use super::parquet::Parquet;
use super::table::{Column, Row, Value};

/// A file being written.
pub(super) enum Writer {
    Csv(csv::Writer<Vec<u8>>),
    Parquet(Parquet),
}

/// A table that can't be written. Into memory everything can: it isn't what it says it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotWritten {
    /// As comma-separated text.
    #[error("the rows can't be written as CSV")]
    Csv(#[from] csv::Error),
    /// As Parquet.
    #[error("the rows can't be written as Parquet")]
    Parquet(#[from] ParquetError),
    /// The bytes.
    #[error("the bytes of an export can't be taken out")]
    Bytes(#[from] std::io::Error),
}

/// The format that was asked for.
pub(super) fn format(asked: Format) -> Result<Format, Problem> {
    match asked {
        Format::Unspecified => Err(Problem::field("format", "", "FORMAT_CSV or FORMAT_PARQUET")),
        known => Ok(known),
    }
}

impl Writer {
    /// Begins a file, which says of itself what `notes` say where its format lets it.
    pub(super) fn begin(
        format: Format,
        columns: &'static [Column],
        notes: &[(&str, String)],
    ) -> Result<Self, NotWritten> {
        if format == Format::Parquet {
            return Ok(Self::Parquet(Parquet::begin(columns, notes)?));
        }
        let mut csv = csv::Writer::from_writer(vec![]);
        csv.write_record(columns.iter().map(|column| column.name))?;
        Ok(Self::Csv(csv))
    }

    /// Writes rows, and gives the bytes that are ready.
    pub(super) fn write(&mut self, rows: Vec<Row>) -> Result<Vec<u8>, NotWritten> {
        match self {
            Self::Csv(csv) => {
                for row in &rows {
                    csv.write_record(row.iter().map(text))?;
                }
                let full = std::mem::replace(csv, csv::Writer::from_writer(vec![]));
                full.into_inner().map_err(|error| error.into_error().into())
            }
            Self::Parquet(parquet) => Ok(parquet.write(rows)?),
        }
    }

    /// Ends the file, and gives its last bytes.
    pub(super) fn finish(self) -> Result<Vec<u8>, NotWritten> {
        match self {
            Self::Csv(csv) => csv.into_inner().map_err(|error| error.into_error().into()),
            Self::Parquet(parquet) => Ok(parquet.finish()?),
        }
    }
}

/// Instants on the clock of Amsterdam, with their offset.
fn text(value: &Value) -> String {
    match value {
        Value::None => String::new(),
        Value::Text(text) => text.clone(),
        Value::Count(count) => count.to_string(),
        Value::Instant(at) => calendar::render(*at),
    }
}

#[cfg(test)]
mod specs {
    use super::super::table::{Kind, column};
    use super::*;

    const COLUMNS: &[Column] =
        &[column("area", Kind::Text), column("count", Kind::Count), column("at", Kind::Instant)];

    fn rows() -> Vec<Row> {
        let at: jiff::Timestamp = "2026-03-09T09:30:00Z".parse().unwrap();
        vec![
            vec!["Ulft, \"oost\"".into(), 7_u64.into(), at.into()],
            vec![Value::None, Value::None, Value::None],
        ]
    }

    fn written(format: Format) -> Vec<u8> {
        let mut writer = Writer::begin(format, COLUMNS, &[("seinhuis.model", "any".into())]).unwrap();
        let mut bytes = writer.write(rows()).unwrap();
        bytes.extend(writer.write(rows()).unwrap());
        bytes.extend(writer.finish().unwrap());
        bytes
    }

    #[test]
    fn csv_has_one_heading_and_quotes_what_needs_it() {
        let text = String::from_utf8(written(Format::Csv)).unwrap();
        let row = "\"Ulft, \"\"oost\"\"\",7,2026-03-09T10:30:00+01:00\n,,\n";
        assert_eq!(text, format!("area,count,at\n{row}{row}"));
    }

    #[test]
    fn parquet_reads_back_as_it_was_put_in() {
        use parquet::file::reader::{FileReader, SerializedFileReader};
        let file = SerializedFileReader::new(bytes::Bytes::from(written(Format::Parquet))).unwrap();
        let notes = file.metadata().file_metadata().key_value_metadata().unwrap();
        assert!(
            notes.iter().any(|note| note.key == "seinhuis.model" && note.value.as_deref() == Some("any"))
        );
        let rows: Vec<String> =
            file.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
        let row = "{area: \"Ulft, \"oost\"\", count: 7, at: 2026-03-09 09:30:00.000000 +00:00}";
        let none = "{area: null, count: null, at: null}";
        assert_eq!(rows, [row, none, row, none]);
    }
}
