//! Reading for a verifier: the rows as they are, however broken, in small pages so that the writer's file can be
//! tidied in between.

pub(super) mod packed;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite};

use super::read::Reader;
use super::schema::GUARDS;
use crate::backend::raw::RawPage;
use crate::fault::Fault;
use crate::verify::{Outline, Step};

type Query = sqlx::query::Query<'static, Sqlite, sqlx::sqlite::SqliteArguments>;

impl Reader {
    pub(crate) async fn outline(&self) -> Result<Result<Outline, String>, Fault> {
        // One statement, so that head and last row are of the same moment.
        let ends = "SELECT (SELECT position FROM head WHERE id = 1), (SELECT max(position) FROM event)";
        let ends = match self.pages(sqlx::query(ends)).await? {
            Ok(rows) => rows,
            Err(damage) => return Ok(Err(damage)),
        };
        let stored = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
        let stored = match self.pages(sqlx::query(stored)).await? {
            Ok(rows) => rows,
            Err(damage) => return Ok(Err(damage)),
        };
        let stands = |(name, guard): &(&str, &str)| {
            stored.iter().any(|row| {
                row.try_get(0).is_ok_and(|it: &str| it == *name)
                    && row.try_get(1).is_ok_and(|it: &str| it == *guard)
            })
        };
        let gone = GUARDS.iter().filter(|guard| !stands(guard));
        let end = |index| ends.first().and_then(|row| row.try_get::<Option<i64>, _>(index).ok().flatten());
        let missing_guards = gone.map(|(name, _)| *name).collect();
        Ok(Ok(Outline { head: end(0), last: end(1).unwrap_or(0), missing_guards }))
    }

    pub(crate) async fn raw(
        &self,
        after: i64,
        until: i64,
        limit: usize,
    ) -> Result<Result<RawPage, String>, Fault> {
        let query = sqlx::query(packed::SELECT);
        let rows = self.pages(query.bind(after).bind(until).bind(limit as i64)).await?;
        Ok(rows.and_then(|rows| page(&rows, limit)))
    }

    pub(crate) async fn by_stream(
        &self,
        after: &(Vec<u8>, i64),
        limit: usize,
    ) -> Result<Result<Vec<Step>, String>, Fault> {
        let query = sqlx::query(packed::STEPS);
        let rows = self.pages(query.bind(after.0.clone()).bind(after.1).bind(limit as i64)).await?;
        Ok(rows.and_then(|rows| packed::steps(value(&rows)?).ok_or_else(unreadable)))
    }

    /// The rows, or what is broken about the file itself: that is for the verifier to report, not a fault of his.
    async fn pages(&self, query: Query) -> Result<Result<Vec<SqliteRow>, String>, Fault> {
        match query.fetch_all(&self.pool).await {
            Ok(rows) => Ok(Ok(rows)),
            Err(error) => match error.as_database_error().and_then(|error| error.code()) {
                // SQLITE_CORRUPT and SQLITE_NOTADB, with their extended forms.
                Some(code) if code.parse().is_ok_and(|code: i32| matches!(code & 0xFF, 11 | 26)) => {
                    Ok(Err(damage(error)))
                }
                _ => Err(Fault::database("survey the log")(error)),
            },
        }
    }
}

fn damage(error: sqlx::Error) -> String {
    error.as_database_error().map_or("it can't be read".to_owned(), |error| error.message().to_owned())
}

fn page(rows: &[SqliteRow], limit: usize) -> Result<RawPage, String> {
    packed::unpack(value(rows)?, limit).ok_or_else(unreadable)
}

/// The one value of the one row; nothing where there was nothing to pack.
fn value(rows: &[SqliteRow]) -> Result<&[u8], String> {
    let value = rows.first().map(|row| row.try_get::<Option<&[u8]>, _>(0)).transpose().map_err(damage)?;
    Ok(value.flatten().unwrap_or_default())
}

fn unreadable() -> String {
    "it can't be read".to_owned()
}
