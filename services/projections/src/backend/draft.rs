//! What a read model makes its changes in: a transaction, or memory. It can't tell which.

use super::{Change, Memory};
use crate::cell::{Cell, Cells};
use crate::fault::Fault;
use crate::table::{Sought, Table};

/// Where the rows of a read model are taken from and put.
pub(crate) enum Draft<'c> {
    Memory(&'c mut Memory),
    Stored(&'c mut Change),
}

impl Draft<'_> {
    /// The rows of `table` whose first column is one of `keys`.
    pub(crate) async fn load(&mut self, table: &Table, keys: Vec<Cell>) -> Result<Vec<Cells>, Fault> {
        match self {
            Self::Memory(memory) => memory.load(table, keys).await,
            Self::Stored(change) => change.load(table, keys).await,
        }
    }

    /// Puts `rows` into `table`; those already there are merged the table's way. No two of them have one key.
    pub(crate) async fn put(&mut self, table: &Table, rows: Vec<Vec<Cell>>) -> Result<(), Fault> {
        match self {
            Self::Memory(memory) => {
                memory.put(table, rows);
                Ok(())
            }
            Self::Stored(change) => change.put(table, rows).await,
        }
    }

    /// Sets `columns` of rows of `table` that are there; each of `rows` is the new values and then the first column.
    pub(crate) async fn set(
        &mut self,
        table: &Table,
        columns: &[&str],
        rows: Vec<Vec<Cell>>,
    ) -> Result<(), Fault> {
        match self {
            Self::Memory(memory) => memory.set(table, columns, rows).await,
            Self::Stored(change) => change.set(table, columns, rows).await,
        }
    }

    /// Takes the rows of `table` out whose first column is one of `keys`.
    pub(crate) async fn remove(&mut self, table: &Table, keys: Vec<Cell>) -> Result<(), Fault> {
        match self {
            Self::Memory(memory) => {
                memory.remove(table, keys);
                Ok(())
            }
            Self::Stored(change) => change.remove(table, keys).await,
        }
    }

    /// The rows of `table` that any of `sought` fits.
    pub(crate) async fn find(&mut self, table: &Table, sought: &[Sought]) -> Result<Vec<Cells>, Fault> {
        match self {
            Self::Memory(memory) => memory.find(table, sought).await,
            Self::Stored(change) => change.find(table, sought).await,
        }
    }
}
