//! Read models in an SQLite file: one connection that writes, a few that read beside it.

mod change;
mod connect;
mod pool;
mod value;

use std::path::Path;
use std::sync::Arc;

use crate::cell::Cell;
use crate::fault::Fault;
use crate::table::Table;
use pool::Pool;

pub(crate) use change::Change;

/// Connections that read at the same moment.
const READERS: usize = 4;

/// A row where the table of that name is there.
const THERE: &str = "SELECT name FROM sqlite_schema WHERE name = $1";

/// The file, open.
#[derive(Debug)]
pub(crate) struct Store {
    /// One connection: there is one writer.
    writer: Arc<Pool>,
    readers: Arc<Pool>,
}

impl Store {
    pub(crate) async fn open(path: &Path) -> Result<Self, Fault> {
        connect::make(path)?;
        let writer = Pool::new(path, 1, connect::writing);
        let mut taken = writer.take().await?;
        let marked = path.to_owned();
        taken.work(move |connection| connect::mark(connection, &marked)).await??;
        taken.give_back();
        Ok(Self { writer, readers: Pool::new(path, READERS, connect::reading) })
    }

    /// Has no connection that writes.
    pub(crate) fn look_in(path: &Path) -> Self {
        let readers = Pool::new(path, READERS, connect::reading);
        Self { writer: Arc::clone(&readers), readers }
    }

    pub(crate) async fn begin(&self) -> Result<Change, Fault> {
        Ok(Change::writing(self.writer.take().await?))
    }

    pub(crate) async fn holds(&self, table: &Table) -> Result<bool, Fault> {
        Ok(!self.fetch(THERE.to_owned(), vec![Cell::text(&table.place())]).await?.is_empty())
    }

    pub(crate) async fn snapshot(&self) -> Result<Change, Fault> {
        Ok(Change::reading(self.readers.take().await?))
    }

    pub(crate) async fn fetch(&self, sql: String, values: Vec<Cell>) -> Result<Vec<Vec<Cell>>, Fault> {
        // Whoever changed the file last has its pages at hand; what others had in mind of it is void after every change.
        let mut taken = match self.writer.idle_one() {
            Some(taken) => taken,
            None => self.readers.take().await?,
        };
        let rows = taken.work(move |connection| value::rows(connection, &sql, &values)).await?;
        let rows = rows.map_err(Fault::file("answer a question"))?;
        taken.give_back();
        Ok(rows)
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod specs;
