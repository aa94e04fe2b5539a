//! Where read models are kept, chosen by its address. Nothing of the choice leaks out.

mod sqlite;

use std::path::Path;

use crate::cell::{Cell, Cells};
use crate::fault::Fault;
use crate::table::Table;

/// One place with tables.
#[derive(Debug)]
pub(crate) enum Backend {
    Sqlite(sqlite::Store),
}

/// A change in the making. All of it counts from [`Draft::commit`] on; dropped, none of it does.
pub(crate) enum Draft {
    Sqlite(sqlite::Change),
}

/// The tables as they are at one moment.
pub(crate) enum Snapshot {
    Sqlite(sqlite::Change),
}

impl Backend {
    /// Opens the place at `url`, making it when it isn't there.
    pub(crate) async fn open(url: &str) -> Result<Self, Fault> {
        let address = || Fault::Address { url: url.to_owned() };
        let path = url.strip_prefix("sqlite:").filter(|path| !path.is_empty()).ok_or_else(address)?;
        Ok(Self::Sqlite(sqlite::Store::open(Path::new(path)).await?))
    }

    /// Begins a change. There is one at a time.
    pub(crate) async fn begin(&self) -> Result<Draft, Fault> {
        match self {
            Self::Sqlite(store) => store.begin().await.map(Draft::Sqlite),
        }
    }

    /// Holds the present still, for several questions that belong together.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, Fault> {
        match self {
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
            Self::Sqlite(store) => store.fetch(sql.into(), values).await?,
        };
        Ok(named(table, rows))
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
        }
    }
}

impl Draft {
    /// The rows of `table` whose first column is one of `keys`.
    pub(crate) async fn load(&mut self, table: &Table, keys: Vec<Cell>) -> Result<Vec<Cells>, Fault> {
        let Self::Sqlite(change) = self;
        Ok(named(table.name, change.load(table, keys).await?))
    }

    /// Puts `rows` into `table`; those already there are merged the table's way.
    pub(crate) async fn put(&mut self, table: &Table, rows: Vec<Vec<Cell>>) -> Result<(), Fault> {
        let Self::Sqlite(change) = self;
        change.put(table, rows).await
    }

    /// Sets `columns` of rows of `table` that are there; each of `rows` is the new values and then the first column.
    pub(crate) async fn set(
        &mut self,
        table: &Table,
        columns: &[&str],
        rows: Vec<Vec<Cell>>,
    ) -> Result<(), Fault> {
        let Self::Sqlite(change) = self;
        change.set(table, columns, rows).await
    }

    /// Takes the rows of `table` out whose first column is one of `keys`.
    pub(crate) async fn remove(&mut self, table: &Table, keys: Vec<Cell>) -> Result<(), Fault> {
        let Self::Sqlite(change) = self;
        change.remove(table, keys).await
    }

    /// Does what `sql` says.
    pub(crate) async fn run(&mut self, sql: impl Into<String>, values: Vec<Cell>) -> Result<(), Fault> {
        let Self::Sqlite(change) = self;
        change.run(sql.into(), values).await
    }

    /// Answers one question from within the change.
    pub(crate) async fn fetch(
        &mut self,
        table: &'static str,
        sql: impl Into<String>,
        values: Vec<Cell>,
    ) -> Result<Vec<Cells>, Fault> {
        let Self::Sqlite(change) = self;
        Ok(named(table, change.fetch(sql.into(), values).await?))
    }

    pub(crate) async fn commit(self) -> Result<(), Fault> {
        let Self::Sqlite(change) = self;
        change.commit().await
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
        let Self::Sqlite(change) = self;
        Ok(named(table, change.fetch(sql.into(), values).await?))
    }

    /// Shows every row to `each`, one at a time: memory stays flat however many there are.
    pub(crate) async fn scan(&mut self, sql: String, each: impl FnMut(Vec<Cell>)) -> Result<(), Fault> {
        let Self::Sqlite(change) = self;
        change.scan(sql, each).await
    }
}

fn named(table: &'static str, rows: Vec<Vec<Cell>>) -> Vec<Cells> {
    rows.into_iter().map(|cells| Cells::new(table, cells)).collect()
}
