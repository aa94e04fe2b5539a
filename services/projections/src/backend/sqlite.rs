//! Read models in an SQLite file: one connection that writes, a few that read beside it.

mod connect;
mod row;

use std::path::Path;

use futures::TryStreamExt;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite, SqlitePool, Transaction};

use crate::cell::Cell;
use crate::fault::Fault;
use crate::table::Table;

/// Rows or keys per statement. A set is cut into the largest that fit, so the statements are few and stay prepared.
const CHUNKS: [usize; 5] = [256, 64, 16, 4, 1];

/// A row where the table of that name is there.
const THERE: &str = "SELECT name FROM sqlite_schema WHERE name = $1";

/// The file, open.
#[derive(Debug)]
pub(crate) struct Store {
    /// One connection: there is one writer.
    writer: SqlitePool,
    readers: SqlitePool,
}

/// A transaction, for writing or for reading.
pub(crate) struct Change(Transaction<'static, Sqlite>);

impl Store {
    pub(crate) async fn open(path: &Path) -> Result<Self, Fault> {
        let (writer, readers) = connect::open(path).await?;
        Ok(Self { writer, readers })
    }

    /// Has no connection that writes.
    pub(crate) fn look_in(path: &Path) -> Self {
        let readers = connect::readers(path);
        Self { writer: readers.clone(), readers }
    }

    pub(crate) async fn begin(&self) -> Result<Change, Fault> {
        let change = self.writer.begin_with("BEGIN IMMEDIATE").await;
        change.map(Change).map_err(Fault::database("begin a change"))
    }

    pub(crate) async fn holds(&self, table: &Table) -> Result<bool, Fault> {
        Ok(!self.fetch(THERE.to_owned(), vec![table.name.into()]).await?.is_empty())
    }

    pub(crate) async fn snapshot(&self) -> Result<Change, Fault> {
        self.readers.begin().await.map(Change).map_err(Fault::database("hold the present still"))
    }

    pub(crate) async fn fetch(&self, sql: String, values: Vec<Cell>) -> Result<Vec<Vec<Cell>>, Fault> {
        let rows = query(sql, values).fetch_all(&self.readers).await;
        rows.and_then(|rows| rows.iter().map(row::cells).collect())
            .map_err(Fault::database("answer a question"))
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl Change {
    pub(crate) async fn holds(&mut self, table: &Table) -> Result<bool, Fault> {
        Ok(!self.fetch(THERE.to_owned(), vec![table.name.into()]).await?.is_empty())
    }

    pub(crate) async fn create(&mut self, table: &Table) -> Result<(), Fault> {
        for statement in table.create() {
            self.run(statement, vec![]).await?;
        }
        Ok(())
    }

    pub(crate) async fn load(&mut self, table: &Table, keys: Vec<Cell>) -> Result<Vec<Vec<Cell>>, Fault> {
        let mut found = Vec::new();
        for (size, keys) in chunked(keys) {
            found.extend(self.fetch(table.load(size), keys).await?);
        }
        Ok(found)
    }

    pub(crate) async fn put(&mut self, table: &Table, rows: Vec<Vec<Cell>>) -> Result<(), Fault> {
        for (size, rows) in chunked(rows) {
            self.run(table.put(size), rows.into_iter().flatten().collect()).await?;
        }
        Ok(())
    }

    pub(crate) async fn set(
        &mut self,
        table: &Table,
        columns: &[&str],
        rows: Vec<Vec<Cell>>,
    ) -> Result<(), Fault> {
        for (size, rows) in chunked(rows) {
            self.run(table.set(columns, size), rows.into_iter().flatten().collect()).await?;
        }
        Ok(())
    }

    pub(crate) async fn remove(&mut self, table: &Table, keys: Vec<Cell>) -> Result<(), Fault> {
        for (size, keys) in chunked(keys) {
            self.run(table.remove(size), keys).await?;
        }
        Ok(())
    }

    pub(crate) async fn run(&mut self, sql: String, values: Vec<Cell>) -> Result<(), Fault> {
        let done = query(sql, values).execute(&mut *self.0).await;
        done.map(drop).map_err(Fault::database("make a change"))
    }

    pub(crate) async fn fetch(&mut self, sql: String, values: Vec<Cell>) -> Result<Vec<Vec<Cell>>, Fault> {
        let rows = query(sql, values).fetch_all(&mut *self.0).await;
        rows.and_then(|rows| rows.iter().map(row::cells).collect())
            .map_err(Fault::database("answer a question"))
    }

    pub(crate) async fn scan(&mut self, sql: String, mut each: impl FnMut(Vec<Cell>)) -> Result<(), Fault> {
        let failed = || Fault::database("go through a table");
        let mut rows = query(sql, vec![]).fetch(&mut *self.0);
        while let Some(row) = rows.try_next().await.map_err(failed())? {
            each(row::cells(&row).map_err(failed())?);
        }
        Ok(())
    }

    pub(crate) async fn commit(self) -> Result<(), Fault> {
        self.0.commit().await.map_err(Fault::database("commit a change"))
    }
}

/// Every statement is made in this crate from the names in its own tables; values are always bound.
fn query(sql: String, values: Vec<Cell>) -> Query<'static, Sqlite, SqliteArguments> {
    values.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match value {
        Cell::Null => query.bind(None::<i64>),
        Cell::Int(value) => query.bind(value),
        Cell::Text(value) => query.bind(value),
        Cell::Blob(value) => query.bind(value),
    })
}

fn chunked<T>(items: Vec<T>) -> Vec<(usize, Vec<T>)> {
    let mut items = items.into_iter();
    let mut chunks = Vec::new();
    for size in CHUNKS {
        while items.len() >= size {
            chunks.push((size, items.by_ref().take(size).collect()));
        }
    }
    chunks
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_set_is_cut_into_few_sizes_and_loses_nothing() {
        let cut = chunked((0..341).collect());
        assert_eq!(cut.iter().map(|(size, _)| *size).collect::<Vec<_>>(), [256, 64, 16, 4, 1]);
        assert!(cut.iter().all(|(size, items)| items.len() == *size));
        assert_eq!(
            cut.into_iter().flat_map(|(_, items)| items).collect::<Vec<_>>(),
            (0..341).collect::<Vec<_>>()
        );
        assert!(chunked::<u8>(vec![]).is_empty());
    }
}
