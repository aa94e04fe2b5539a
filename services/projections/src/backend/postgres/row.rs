//! From a row of PostgreSQL to values every backend has.

use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row as _, TypeInfo, ValueRef};

use super::words::Kind;
use crate::cell::Cell;

/// The values of `row`, in order.
pub(super) fn cells(row: &PgRow) -> Result<Vec<Cell>, sqlx::Error> {
    (0..row.len()).map(|index| cell(row, index)).collect()
}

fn cell(row: &PgRow, index: usize) -> Result<Cell, sqlx::Error> {
    let value = row.try_get_raw(index)?;
    if value.is_null() {
        return Ok(Cell::Null);
    }
    let unread = |source| sqlx::Error::ColumnDecode { index: index.to_string(), source };
    let kind = match value.type_info().name() {
        "INT8" => Kind::Int,
        "TEXT" => Kind::Text,
        "BYTEA" => Kind::Blob,
        other => {
            return Err(unread(format!("a value of type {other} has no place in a read model").into()));
        }
    };
    let made = match kind {
        Kind::Int => <i64 as Decode<Postgres>>::decode(value).map(Cell::Int),
        Kind::Text => <&str as Decode<Postgres>>::decode(value).map(Cell::from),
        Kind::Blob => <&[u8] as Decode<Postgres>>::decode(value).map(Cell::from),
    };
    made.map_err(unread)
}
