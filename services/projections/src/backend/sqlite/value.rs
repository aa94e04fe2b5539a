//! From values every backend has to SQLite's and back, by the row.

use rusqlite::types::{ToSql, ToSqlOutput, Type, ValueRef};
use rusqlite::{Connection, Row, Statement};

use crate::backend::Held;
use crate::cell::Cell;

impl ToSql for Held<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

/// Does what `statement` says with the values of `row`.
pub(super) fn execute<'r>(
    statement: &mut Statement<'_>,
    row: impl IntoIterator<Item = impl Into<Held<'r>>>,
) -> rusqlite::Result<()> {
    bind(statement, row)?;
    statement.raw_execute().map(drop)
}

/// Every row that answers `sql`. Each statement is made in this crate from the names in its own tables; values are always
/// bound.
pub(super) fn rows(connection: &Connection, sql: &str, values: &[Cell]) -> rusqlite::Result<Vec<Vec<Cell>>> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, values)?;
    let columns = statement.column_count();
    let (mut rows, mut found) = (statement.raw_query(), Vec::new());
    while let Some(row) = rows.next()? {
        found.push(cells(row, columns)?);
    }
    Ok(found)
}

/// Shows every row that answers `sql` to `each`, up to `size` at a time, until it has enough.
pub(super) fn in_lots(
    connection: &Connection,
    sql: &str,
    size: usize,
    mut each: impl FnMut(Vec<Vec<Cell>>) -> bool,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let (mut rows, mut lot) = (statement.raw_query(), Vec::with_capacity(size));
    while let Some(row) = rows.next()? {
        lot.push(cells(row, columns)?);
        if lot.len() == size && !each(std::mem::replace(&mut lot, Vec::with_capacity(size))) {
            return Ok(());
        }
    }
    each(lot);
    Ok(())
}

fn bind<'r>(
    statement: &mut Statement<'_>,
    values: impl IntoIterator<Item = impl Into<Held<'r>>>,
) -> rusqlite::Result<()> {
    let mut values = values.into_iter().zip(1_usize..);
    values.try_for_each(|(value, place)| statement.raw_bind_parameter(place, value.into()))
}

fn cells(row: &Row<'_>, columns: usize) -> rusqlite::Result<Vec<Cell>> {
    (0..columns).map(|index| cell(row, index)).collect()
}

fn cell(row: &Row<'_>, index: usize) -> rusqlite::Result<Cell> {
    let broken = |kind, why| rusqlite::Error::FromSqlConversionFailure(index, kind, why);
    match row.get_ref(index)? {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(value) => Ok(Cell::Int(value)),
        ValueRef::Text(value) => {
            std::str::from_utf8(value).map(Cell::from).map_err(|error| broken(Type::Text, error.into()))
        }
        ValueRef::Blob(value) => Ok(value.into()),
        ValueRef::Real(_) => Err(broken(Type::Real, "a fraction has no place in a read model".into())),
    }
}
