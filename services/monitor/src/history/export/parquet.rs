//! A table as Parquet, a group of rows at a time. Every column may be without a value.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use super::table::{Column, Kind, Row, Value};

/// Rows to a group: few enough for memory, and enough for whoever reads one column of many.
const GROUP: usize = 16_384;

/// A file being written.
pub(super) struct Parquet {
    columns: &'static [Column],
    file: SerializedFileWriter<Vec<u8>>,
    waiting: Vec<Row>,
}

impl Parquet {
    pub(super) fn begin(columns: &'static [Column], notes: &[(&str, String)]) -> Result<Self, ParquetError> {
        let fields: Vec<TypePtr> = columns.iter().map(field).collect::<Result<_, _>>()?;
        let schema = Type::group_type_builder("seinhuis").with_fields(fields).build()?;
        let note = |(key, value): &(&str, String)| KeyValue::new((*key).to_owned(), value.clone());
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("seinhuis".to_owned())
            .set_key_value_metadata(Some(notes.iter().map(note).collect()))
            .build();
        let file = SerializedFileWriter::new(vec![], Arc::new(schema), Arc::new(properties))?;
        Ok(Self { columns, file, waiting: vec![] })
    }

    /// Writes whole groups, and gives their bytes.
    pub(super) fn write(&mut self, rows: Vec<Row>) -> Result<Vec<u8>, ParquetError> {
        self.waiting.extend(rows);
        while self.waiting.len() >= GROUP {
            let rest = self.waiting.split_off(GROUP);
            let group = std::mem::replace(&mut self.waiting, rest);
            self.group(&group)?;
        }
        self.file.flush()?;
        Ok(std::mem::take(self.file.inner_mut()))
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>, ParquetError> {
        let last = std::mem::take(&mut self.waiting);
        if !last.is_empty() {
            self.group(&last)?;
        }
        self.file.into_inner()
    }

    fn group(&mut self, rows: &[Row]) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        let mut columns = self.columns.iter().enumerate();
        while let Some(mut writer) = group.next_column()? {
            let Some((at, column)) = columns.next() else { break };
            let values = || rows.iter().filter_map(move |row| row.get(at));
            let there: Vec<i16> = values().map(|value| i16::from(*value != Value::None)).collect();
            match column.kind {
                Kind::Text => {
                    let texts: Vec<ByteArray> = values().filter_map(text).collect();
                    writer.typed::<ByteArrayType>().write_batch(&texts, Some(&there), None)?;
                }
                Kind::Count | Kind::Instant => {
                    let numbers: Vec<i64> = values().filter_map(number).collect();
                    writer.typed::<Int64Type>().write_batch(&numbers, Some(&there), None)?;
                }
            }
            writer.close()?;
        }
        group.close().map(drop)
    }
}

fn field(column: &Column) -> Result<TypePtr, ParquetError> {
    let (physical, logical) = match column.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Count => (Physical::INT64, None),
        Kind::Instant => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
    };
    let built = Type::primitive_type_builder(column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build();
    built.map(Arc::new)
}

fn text(value: &Value) -> Option<ByteArray> {
    if let Value::Text(text) = value { Some(text.as_str().into()) } else { None }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        // Counts stay far below 2^63.
        Value::Count(count) => Some(*count as i64),
        Value::Instant(at) => Some(at.as_microsecond()),
        Value::None | Value::Text(_) => None,
    }
}
