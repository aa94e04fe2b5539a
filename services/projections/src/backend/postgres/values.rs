//! From values every backend has to parameters of PostgreSQL: one by one, or a column of many rows as one array.

use std::vec::IntoIter;

use sqlx::Arguments as _;
use sqlx::error::BoxDynError;
use sqlx::postgres::PgArguments;

use super::words::Kind;
use crate::cell::Cell;
use crate::fault::Fault;

/// A parameter for each of `values`. None of them is missing: of nothing, the database couldn't tell the type.
pub(super) fn one_by_one(values: &[Cell]) -> Result<PgArguments, Fault> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Cell::Int(value) => arguments.add(value),
            Cell::Text(value) => arguments.add(value.as_str()),
            Cell::Id(value) => arguments.add(value),
            Cell::Blob(value) => arguments.add(value),
            Cell::Null => Err("a statement of its own takes no null".into()),
        }
        .map_err(refused)?;
    }
    Ok(arguments)
}

/// A parameter for each of `kinds`: the column of that kind of all `rows`.
pub(super) fn by_column(
    kinds: impl IntoIterator<Item = Kind>,
    rows: Vec<Vec<Cell>>,
) -> Result<PgArguments, Fault> {
    let mut rows: Vec<IntoIter<Cell>> = rows.into_iter().map(Vec::into_iter).collect();
    let mut arguments = PgArguments::default();
    for kind in kinds {
        let column = rows.iter_mut().map(|row| row.next().unwrap_or(Cell::Null));
        add(&mut arguments, kind, column).map_err(refused)?;
    }
    Ok(arguments)
}

fn add(
    arguments: &mut PgArguments,
    kind: Kind,
    column: impl Iterator<Item = Cell>,
) -> Result<(), BoxDynError> {
    match kind {
        Kind::Int => {
            arguments.add(all(column, |cell| if let Cell::Int(it) = cell { Some(it) } else { None })?)
        }
        Kind::Text => arguments
            .add(all(column, |cell| if let Cell::Text(it) = cell { Some(String::from(it)) } else { None })?),
        Kind::Blob => arguments.add(all(column, |cell| match cell {
            Cell::Id(it) => Some(it.to_vec()),
            Cell::Blob(it) => Some(it),
            _ => None,
        })?),
    }
}

/// Every value of a column, which are of one kind, or missing.
fn all<T>(
    column: impl Iterator<Item = Cell>,
    of_its_kind: impl Fn(Cell) -> Option<T>,
) -> Result<Vec<Option<T>>, BoxDynError> {
    column
        .map(|cell| match cell {
            Cell::Null => Ok(None),
            cell => of_its_kind(cell).map(Some).ok_or("a value is of another kind than its column"),
        })
        .collect::<Result<_, _>>()
        .map_err(Into::into)
}

fn refused(source: BoxDynError) -> Fault {
    Fault::database("take values")(sqlx::Error::Encode(source))
}
