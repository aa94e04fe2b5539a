//! A transaction, for writing or for reading.

use std::sync::Arc;

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgArguments;

use super::pool::{Query, Taken};
use super::words::{self, Kind};
use super::{copy, values};
use crate::backend::Packed;
use crate::cell::Cell;
use crate::fault::Fault;
use crate::table::Table;

/// Dropped, it takes its connection along, and the server undoes it.
pub(crate) struct Change(Taken);

impl Change {
    pub(super) fn begun(taken: Taken) -> Self {
        Self(taken)
    }

    pub(super) async fn say(&mut self, what: &'static str, words: &'static str) -> Result<(), Fault> {
        self.0.say(what, words).await
    }

    /// Whether the table is there.
    pub(crate) async fn holds(&mut self, table: &Table) -> Result<bool, Fault> {
        Ok(!self.fetch(words::THERE, &[Cell::text(&table.place())]).await?.is_empty())
    }

    pub(crate) async fn create_filled(&mut self, table: &Table, rows: Arc<[Packed]>) -> Result<(), Fault> {
        self.run(&words::create(table), &[]).await?;
        if !rows.is_empty() {
            self.0.copy_in(&words::copy(table), copy::chunks(table.columns.len(), &rows)).await?;
        }
        self.run(&words::key(table), &[]).await
    }

    pub(crate) async fn create_like(&mut self, table: &Table, other: &Table) -> Result<(), Fault> {
        self.run(&words::create(table), &[]).await?;
        self.run(&table.copy(other), &[]).await?;
        self.run(&words::key(table), &[]).await
    }

    pub(crate) async fn load(&mut self, table: &Table, keys: Vec<Cell>) -> Result<Vec<Vec<Cell>>, Fault> {
        self.by_key(table, words::load(table), keys).await
    }

    /// The same, and nobody else changes those rows until this ends.
    pub(crate) async fn hold(&mut self, table: &Table, keys: Vec<Cell>) -> Result<Vec<Vec<Cell>>, Fault> {
        self.by_key(table, words::hold(table), keys).await
    }

    async fn by_key(&mut self, table: &Table, sql: String, keys: Vec<Cell>) -> Result<Vec<Vec<Cell>>, Fault> {
        if keys.is_empty() {
            return Ok(vec![]);
        }
        self.0.rows(query(sql, of_keys(table, keys)?)).await
    }

    pub(crate) async fn put(&mut self, table: &Table, rows: Vec<Vec<Cell>>) -> Result<(), Fault> {
        if rows.is_empty() {
            return Ok(());
        }
        let columns = values::by_column(Kind::first(table, table.columns.len()), rows)?;
        self.0.execute(query(words::put(table), columns)).await
    }

    pub(crate) async fn set(
        &mut self,
        table: &Table,
        columns: &[&str],
        rows: Vec<Vec<Cell>>,
    ) -> Result<(), Fault> {
        if rows.is_empty() {
            return Ok(());
        }
        let kinds = Kind::named(table, columns).into_iter().chain(Kind::first(table, 1));
        let values = values::by_column(kinds, rows)?;
        self.0.execute(query(words::set(table, columns), values)).await
    }

    pub(crate) async fn remove(&mut self, table: &Table, keys: Vec<Cell>) -> Result<(), Fault> {
        if keys.is_empty() {
            return Ok(());
        }
        self.0.execute(query(words::remove(table), of_keys(table, keys)?)).await
    }

    pub(crate) async fn run(&mut self, sql: &str, values: &[Cell]) -> Result<(), Fault> {
        self.0.execute(query(words::translated(sql), values::one_by_one(values)?)).await
    }

    pub(crate) async fn fetch(&mut self, sql: &str, values: &[Cell]) -> Result<Vec<Vec<Cell>>, Fault> {
        self.0.fetch(sql, values).await
    }

    pub(crate) async fn scan(&mut self, sql: &str, each: impl FnMut(Vec<Cell>)) -> Result<(), Fault> {
        self.0.scan(query(sql.to_owned(), PgArguments::default()), each).await
    }

    pub(crate) async fn commit(mut self) -> Result<(), Fault> {
        self.0.say("commit a change", "COMMIT").await?;
        self.0.give_back();
        Ok(())
    }

    /// Has the commit wait for the disk after all.
    pub(crate) async fn last(&mut self) -> Result<(), Fault> {
        self.0.say("wait for the disk", "SET LOCAL synchronous_commit = on").await
    }
}

/// Every statement is made in this crate from the names in its own tables; values are always bound.
fn query(sql: String, values: PgArguments) -> Query<'static> {
    sqlx::query_with(AssertSqlSafe(sql), values)
}

fn of_keys(table: &Table, keys: Vec<Cell>) -> Result<PgArguments, Fault> {
    values::by_column(Kind::first(table, 1), keys.into_iter().map(|key| vec![key]).collect())
}
