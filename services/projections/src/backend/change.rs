//! A transaction, whichever database it is in: for writing, or for reading what belongs together.

use std::sync::Arc;

use super::{Packed, postgres, sqlite};
use crate::cell::{Cell, Cells};
use crate::fault::Fault;
use crate::table::{Sought, Table};

/// A change in the making. All of it counts from [`Change::commit`] on; dropped, none of it does.
pub(crate) enum Change {
    Postgres(postgres::Change),
    Sqlite(sqlite::Change),
}

/// The tables as they are at one moment.
pub(crate) enum Snapshot {
    Postgres(postgres::Change),
    Sqlite(sqlite::Change),
}

impl Change {
    /// Whether `table` is there.
    pub(crate) async fn holds(&mut self, table: &Table) -> Result<bool, Fault> {
        match self {
            Self::Postgres(change) => change.holds(table).await,
            Self::Sqlite(change) => change.holds(table).await,
        }
    }

    /// Makes `table` and its indexes.
    pub(crate) async fn create(&mut self, table: &Table) -> Result<(), Fault> {
        self.create_filled(table, Arc::default()).await?;
        self.index(table).await
    }

    /// Makes `table` with these rows in it, which are in the order of the key. Its indexes are made later.
    pub(crate) async fn create_filled(&mut self, table: &Table, rows: Arc<[Packed]>) -> Result<(), Fault> {
        match self {
            Self::Postgres(change) => change.create_filled(table, rows).await,
            Self::Sqlite(change) => change.create_filled(table, rows).await,
        }
    }

    /// Makes `table` with the rows of another of its shape in it. Its indexes are made later.
    pub(crate) async fn create_like(&mut self, table: &Table, other: &Table) -> Result<(), Fault> {
        match self {
            Self::Postgres(change) => change.create_like(table, other).await,
            Self::Sqlite(change) => change.create_like(table, other).await,
        }
    }

    /// Makes the indexes of `table`.
    pub(crate) async fn index(&mut self, table: &Table) -> Result<(), Fault> {
        for statement in table.create_indexes() {
            self.run(statement, vec![]).await?;
        }
        Ok(())
    }

    /// The rows of `table` whose first column is one of `keys`.
    pub(crate) async fn load(&mut self, table: &Table, keys: Vec<Cell>) -> Result<Vec<Cells>, Fault> {
        let rows = match self {
            Self::Postgres(change) => change.load(table, keys).await?,
            Self::Sqlite(change) => change.load(table, keys).await?,
        };
        Ok(named(table.name, rows))
    }

    /// The same, and nobody else changes those rows until this change ends.
    pub(crate) async fn hold(&mut self, table: &Table, keys: Vec<Cell>) -> Result<Vec<Cells>, Fault> {
        let rows = match self {
            Self::Postgres(change) => change.hold(table, keys).await?,
            // It holds the whole file.
            Self::Sqlite(change) => change.load(table, keys).await?,
        };
        Ok(named(table.name, rows))
    }

    /// Puts `rows` into `table`; those already there are merged the table's way. No two of them have one key.
    pub(crate) async fn put(&mut self, table: &Table, rows: Vec<Vec<Cell>>) -> Result<(), Fault> {
        match self {
            Self::Postgres(change) => change.put(table, rows).await,
            Self::Sqlite(change) => {
                change.put(table, rows);
                Ok(())
            }
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
            Self::Postgres(change) => change.set(table, columns, rows).await,
            Self::Sqlite(change) => {
                change.set(table, columns, rows);
                Ok(())
            }
        }
    }

    /// Takes the rows of `table` out whose first column is one of `keys`.
    pub(crate) async fn remove(&mut self, table: &Table, keys: Vec<Cell>) -> Result<(), Fault> {
        match self {
            Self::Postgres(change) => change.remove(table, keys).await,
            Self::Sqlite(change) => {
                change.remove(table, keys);
                Ok(())
            }
        }
    }

    /// The rows of `table` that any of `sought` fits.
    pub(crate) async fn find(&mut self, table: &Table, sought: &[Sought]) -> Result<Vec<Cells>, Fault> {
        let (sql, values) = table.find(sought);
        self.fetch(table.name, sql, values).await
    }

    /// Does what `sql` says.
    pub(crate) async fn run(&mut self, sql: impl Into<String>, values: Vec<Cell>) -> Result<(), Fault> {
        match self {
            Self::Postgres(change) => change.run(&sql.into(), &values).await,
            Self::Sqlite(change) => change.run(sql.into(), values).await,
        }
    }

    /// Answers one question from within the change.
    pub(crate) async fn fetch(
        &mut self,
        table: &'static str,
        sql: impl Into<String>,
        values: Vec<Cell>,
    ) -> Result<Vec<Cells>, Fault> {
        let rows = match self {
            Self::Postgres(change) => change.fetch(&sql.into(), &values).await?,
            Self::Sqlite(change) => change.fetch(sql.into(), values).await?,
        };
        Ok(named(table, rows))
    }

    /// Writes what was put so far, where a change gathers it first: much of it would take much room.
    pub(crate) async fn write_out(&mut self) -> Result<(), Fault> {
        match self {
            Self::Postgres(_) => Ok(()),
            Self::Sqlite(change) => change.write_out().await,
        }
    }

    /// Has the commit wait for the disk, where it wouldn't.
    pub(crate) async fn last(&mut self) -> Result<(), Fault> {
        match self {
            Self::Postgres(change) => change.last().await,
            // A file has one process, which is no more when the machine is.
            Self::Sqlite(_) => Ok(()),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), Fault> {
        match self {
            Self::Postgres(change) => change.commit().await,
            Self::Sqlite(change) => change.commit().await,
        }
    }
}

impl Snapshot {
    /// The rows of `table` whose first column is one of `keys`.
    pub(crate) async fn load(&mut self, table: &Table, keys: Vec<Cell>) -> Result<Vec<Vec<Cell>>, Fault> {
        match self {
            Self::Postgres(change) => change.load(table, keys).await,
            Self::Sqlite(change) => change.load(table, keys).await,
        }
    }

    /// Answers one question.
    pub(crate) async fn fetch(
        &mut self,
        table: &'static str,
        sql: impl Into<String>,
        values: Vec<Cell>,
    ) -> Result<Vec<Cells>, Fault> {
        let rows = match self {
            Self::Postgres(change) => change.fetch(&sql.into(), &values).await?,
            Self::Sqlite(change) => change.fetch(sql.into(), values).await?,
        };
        Ok(named(table, rows))
    }

    /// Shows every row to `each`, one at a time: memory stays flat however many there are.
    pub(crate) async fn scan(&mut self, sql: String, each: impl FnMut(Vec<Cell>)) -> Result<(), Fault> {
        match self {
            Self::Postgres(change) => change.scan(&sql, each).await,
            Self::Sqlite(change) => change.scan(sql, each).await,
        }
    }

    /// Lets the present go on. One that is dropped instead costs a connection.
    pub(crate) async fn done(self) -> Result<(), Fault> {
        match self {
            Self::Postgres(change) => change.commit().await,
            Self::Sqlite(change) => change.commit().await,
        }
    }
}

/// The rows, of which `table` gets the blame when they can't be read.
pub(super) fn named(table: &'static str, rows: Vec<Vec<Cell>>) -> Vec<Cells> {
    rows.into_iter().map(|cells| Cells::new(table, cells)).collect()
}
