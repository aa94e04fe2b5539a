//! A transaction, for writing or for reading. What it is to write waits until something is asked or it ends, and goes
//! over to the file's thread in one piece: going there and back costs more than a row.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::THERE;
use super::pool::Taken;
use super::value;
use crate::backend::Packed;
use crate::cell::Cell;
use crate::fault::Fault;
use crate::table::Table;

/// Rows that go through a table together, and how many such lots may wait.
const LOT: usize = 512;
const LOTS: usize = 2;

/// Dropped, it takes its connection along, which undoes it.
pub(crate) struct Change {
    taken: Taken,
    /// How it begins, until it has begun.
    begin: Option<&'static str>,
    waiting: Vec<Write>,
}

/// One statement, once for each of `rows`.
struct Write {
    sql: String,
    rows: Vec<Vec<Cell>>,
}

impl Change {
    pub(super) fn writing(taken: Taken) -> Self {
        Self { taken, begin: Some("BEGIN IMMEDIATE"), waiting: Vec::new() }
    }

    pub(super) fn reading(taken: Taken) -> Self {
        Self { taken, begin: Some("BEGIN"), waiting: Vec::new() }
    }

    pub(crate) async fn holds(&mut self, table: &Table) -> Result<bool, Fault> {
        Ok(!self.fetch(THERE.to_owned(), vec![Cell::text(&table.place())]).await?.is_empty())
    }

    pub(crate) async fn create_filled(&mut self, table: &Table, rows: Arc<[Packed]>) -> Result<(), Fault> {
        self.run(table.create(), vec![]).await?;
        let sql = table.insert();
        self.work("fill a table", move |connection| {
            let mut statement = connection.prepare(&sql)?;
            let mut cells = Vec::new();
            rows.iter().try_for_each(|row| {
                cells.clear();
                cells.extend(row.cells());
                value::execute(&mut statement, &cells)
            })
        })
        .await
    }

    pub(crate) async fn create_like(&mut self, table: &Table, other: &Table) -> Result<(), Fault> {
        self.run(table.create(), vec![]).await?;
        self.run(table.copy(other), vec![]).await
    }

    pub(crate) async fn load(&mut self, table: &Table, keys: Vec<Cell>) -> Result<Vec<Vec<Cell>>, Fault> {
        if keys.is_empty() {
            return Ok(vec![]);
        }
        let sql = table.load();
        self.work("answer a question", move |connection| {
            let mut found = Vec::with_capacity(keys.len());
            for key in keys {
                found.append(&mut value::rows(connection, &sql, &[key])?);
            }
            Ok(found)
        })
        .await
    }

    pub(crate) fn put(&mut self, table: &Table, rows: Vec<Vec<Cell>>) {
        self.write(table.put(), rows);
    }

    pub(crate) fn set(&mut self, table: &Table, columns: &[&str], rows: Vec<Vec<Cell>>) {
        self.write(table.set(columns), rows);
    }

    pub(crate) fn remove(&mut self, table: &Table, keys: Vec<Cell>) {
        self.write(table.remove(), keys.into_iter().map(|key| vec![key]).collect());
    }

    pub(crate) async fn write_out(&mut self) -> Result<(), Fault> {
        self.work("make a change", |_| Ok(())).await
    }

    pub(crate) async fn run(&mut self, sql: String, values: Vec<Cell>) -> Result<(), Fault> {
        self.write(sql, vec![values]);
        self.write_out().await
    }

    pub(crate) async fn fetch(&mut self, sql: String, values: Vec<Cell>) -> Result<Vec<Vec<Cell>>, Fault> {
        self.work("answer a question", move |connection| value::rows(connection, &sql, &values)).await
    }

    /// Shows every row to `each`. They come over in lots, of which a few may wait.
    pub(crate) async fn scan(&mut self, sql: String, mut each: impl FnMut(Vec<Cell>)) -> Result<(), Fault> {
        let (sender, mut lots) = mpsc::channel(LOTS);
        let reading = self.work("go through a table", move |connection| {
            // Nobody takes any more of it when the change was dropped meanwhile.
            value::in_lots(connection, &sql, LOT, |lot| sender.blocking_send(lot).is_ok())
        });
        let showing = async {
            while let Some(lot) = lots.recv().await {
                Vec::into_iter(lot).for_each(&mut each);
            }
        };
        tokio::join!(reading, showing).0
    }

    pub(crate) async fn commit(mut self) -> Result<(), Fault> {
        self.work("commit a change", |connection| connection.execute_batch("COMMIT")).await?;
        self.taken.give_back();
        Ok(())
    }

    fn write(&mut self, sql: String, rows: Vec<Vec<Cell>>) {
        if !rows.is_empty() {
            self.waiting.push(Write { sql, rows });
        }
    }

    /// Begins if need be, writes what waits, and then does `work`.
    async fn work<T: Send + 'static>(
        &mut self,
        what: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Fault> {
        let (begin, waiting) = (self.begin.take(), std::mem::take(&mut self.waiting));
        let done = self.taken.work(move |connection| {
            begin
                .map_or(Ok(()), |begin| connection.execute_batch(begin))
                .map_err(Fault::file("begin a change"))?;
            waiting
                .iter()
                .try_for_each(|write| write.done(connection))
                .map_err(Fault::file("make a change"))?;
            work(connection).map_err(Fault::file(what))
        });
        done.await?
    }
}

impl Write {
    fn done(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(&self.sql)?;
        for row in &self.rows {
            value::execute(&mut statement, row)?;
        }
        Ok(())
    }
}
