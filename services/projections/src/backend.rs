//! Where read models are kept, chosen by its address. Nothing of the choice leaks out.

mod postgres;
mod sqlite;

use std::path::Path;

use seinhuis_eventstore::Address;

use crate::cell::{Cell, Cells};
use crate::fault::Fault;
use crate::table::Table;

/// One place with tables.
#[derive(Debug)]
pub(crate) enum Backend {
    Postgres(postgres::Store),
    Sqlite(sqlite::Store),
}

/// A change in the making. All of it counts from [`Draft::commit`] on; dropped, none of it does.
pub(crate) enum Draft {
    Postgres(postgres::Change),
    Sqlite(sqlite::Change),
}

/// The tables as they are at one moment.
pub(crate) enum Snapshot {
    Postgres(postgres::Change),
    Sqlite(sqlite::Change),
}

impl Backend {
    /// Opens the place at `url`, making it when it isn't there.
    pub(crate) async fn open(url: &str) -> Result<Self, Fault> {
        match place(url)? {
            Place::Database(address) => Ok(Self::Postgres(postgres::Store::open(&address))),
            Place::File(path) => Ok(Self::Sqlite(sqlite::Store::open(path).await?)),
        }
    }

    /// Opens the place at `url` for looking only. Nothing is made there, and it needn't be there yet.
    pub(crate) fn look_in(url: &str) -> Result<Self, Fault> {
        match place(url)? {
            Place::Database(address) => Ok(Self::Postgres(postgres::Store::open(&address))),
            Place::File(path) => Ok(Self::Sqlite(sqlite::Store::look_in(path))),
        }
    }

    /// Whether `table` is there.
    pub(crate) async fn holds(&self, table: &Table) -> Result<bool, Fault> {
        match self {
            Self::Postgres(store) => store.holds(table).await,
            Self::Sqlite(store) => store.holds(table).await,
        }
    }

    /// Begins a change. In each place there is one at a time.
    pub(crate) async fn begin(&self) -> Result<Draft, Fault> {
        match self {
            Self::Postgres(store) => store.begin().await.map(Draft::Postgres),
            Self::Sqlite(store) => store.begin().await.map(Draft::Sqlite),
        }
    }

    /// Begins a change of the tables themselves. One process does so at a time.
    pub(crate) async fn begin_making(&self) -> Result<Draft, Fault> {
        match self {
            Self::Postgres(store) => store.begin_making().await.map(Draft::Postgres),
            Self::Sqlite(store) => store.begin().await.map(Draft::Sqlite),
        }
    }

    /// Holds the present still, for several questions that belong together.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, Fault> {
        match self {
            Self::Postgres(store) => store.snapshot().await.map(Snapshot::Postgres),
            Self::Sqlite(store) => store.snapshot().await.map(Snapshot::Sqlite),
        }
    }

    /// Answers one question. `table` is who gets the blame for a row that can't be read.
    pub(crate) async fn fetch(
        &self,
        table: &'static str,
        sql: impl Into<String>,
        values: Vec<Cell>,
    ) -> Result<Vec<Cells>, Fault> {
        let rows = match self {
            Self::Postgres(store) => store.fetch(&sql.into(), &values).await?,
            Self::Sqlite(store) => store.fetch(sql.into(), values).await?,
        };
        Ok(named(table, rows))
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Postgres(store) => store.close().await,
            Self::Sqlite(store) => store.close().await,
        }
    }
}

impl Draft {
    /// Whether `table` is there.
    pub(crate) async fn holds(&mut self, table: &Table) -> Result<bool, Fault> {
        match self {
            Self::Postgres(change) => change.holds(table).await,
            Self::Sqlite(change) => change.holds(table).await,
        }
    }

    /// Makes `table` and its indexes.
    pub(crate) async fn create(&mut self, table: &Table) -> Result<(), Fault> {
        match self {
            Self::Postgres(change) => change.create(table).await,
            Self::Sqlite(change) => change.create(table).await,
        }
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

enum Place<'a> {
    Database(Address),
    File(&'a Path),
}

/// What an address names. One that can't be read isn't repeated when there may be a password in it.
fn place(url: &str) -> Result<Place<'_>, Fault> {
    match (Address::parse(url), url.strip_prefix("sqlite:")) {
        (Ok(Some(address)), _) => Ok(Place::Database(address)),
        (Ok(None), Some(path)) if !path.is_empty() => Ok(Place::File(Path::new(path))),
        (Ok(None), _) => Err(Fault::Address { url: format!("{url:?}") }),
        (Err(_), _) => Err(Fault::Address { url: "a postgres:// address that can't be read".to_owned() }),
    }
}

fn named(table: &'static str, rows: Vec<Vec<Cell>>) -> Vec<Cells> {
    rows.into_iter().map(|cells| Cells::new(table, cells)).collect()
}
