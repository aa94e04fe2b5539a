//! Reading for a verifier: the rows as they are, however broken.

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::read::{Query, Reader, columns};
use super::schema::{GUARDS, Guard, REFUSALS, is_refusal};
use crate::backend::raw::RawPage;
use crate::backend::stored::COLUMNS;
use crate::fault::Fault;
use crate::verify::{Outline, Step};

impl Reader {
    pub(crate) async fn outline(&self) -> Result<Result<Outline, String>, Fault> {
        // One statement, so that head and last row are of the same moment.
        let ends = "SELECT (SELECT position FROM seinhuis.head WHERE id = 1), (SELECT max(position) FROM seinhuis.event)";
        let ends = match self.pages(sqlx::query(ends)).await? {
            Ok(rows) => rows,
            Err(damage) => return Ok(Err(damage)),
        };
        // 'A': fires always, also for a session that calls itself a replica; and without a condition or a list of columns.
        let stored = "SELECT tgname::text, relname::text, tgtype, proname::text FROM pg_trigger \
                      JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid \
                      WHERE tgenabled = 'A' AND tgqual IS NULL AND tgattr = ''::int2vector \
                      AND relnamespace = 'seinhuis'::regnamespace AND pronamespace = 'seinhuis'::regnamespace";
        let stored = match self.pages(sqlx::query(stored)).await? {
            Ok(rows) => rows,
            Err(damage) => return Ok(Err(damage)),
        };
        let stands = |guard: &&Guard| {
            stored.iter().any(|row| {
                let is = |at: usize, wanted: &str| row.try_get(at).is_ok_and(|it: &str| it == wanted);
                is(0, guard.name)
                    && is(1, guard.table)
                    && row.try_get(2).is_ok_and(|fires: i16| fires == guard.fires)
                    && is(3, guard.function)
            })
        };
        // A trigger's function takes no arguments: of one name there is one, so none can stand in for another.
        let bodies = "SELECT proname::text, prosrc FROM pg_proc JOIN pg_language ON pg_language.oid = prolang \
                      WHERE pronamespace = 'seinhuis'::regnamespace AND pronargs = 0 AND lanname = 'plpgsql'";
        let bodies = match self.pages(sqlx::query(bodies)).await? {
            Ok(rows) => rows,
            Err(damage) => return Ok(Err(damage)),
        };
        let refuses = |name: &&str| {
            bodies.iter().any(|row| {
                row.try_get(0).is_ok_and(|it: &str| it == *name)
                    && row.try_get(1).is_ok_and(|body: &str| is_refusal(name, body))
            })
        };
        let end = |index| ends.first().and_then(|row| row.try_get::<Option<i64>, _>(index).ok().flatten());
        let gone = GUARDS.iter().filter(|guard| !stands(guard)).map(|guard| guard.name);
        let missing_guards = gone.chain(REFUSALS.iter().copied().filter(|name| !refuses(name))).collect();
        Ok(Ok(Outline { head: end(0), last: end(1).unwrap_or(0), missing_guards }))
    }

    pub(crate) async fn raw(
        &self,
        after: i64,
        until: i64,
        limit: usize,
    ) -> Result<Result<RawPage, String>, Fault> {
        let select = format!(
            "SELECT {COLUMNS} FROM seinhuis.event WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(select));
        let rows = self.pages(query.bind(after).bind(until).bind(limit as i64)).await?;
        Ok(rows.and_then(|rows| page(&rows)))
    }

    pub(crate) async fn by_stream(
        &self,
        after: &(Vec<u8>, i64),
        limit: usize,
    ) -> Result<Result<Vec<Step>, String>, Fault> {
        let query = sqlx::query(
            "SELECT position, stream, version FROM seinhuis.event \
             WHERE (stream, version) > (convert_from($1, 'UTF8') COLLATE \"C\", $2) ORDER BY stream, version LIMIT $3",
        );
        let version = after.1.clamp(-1, i64::from(i32::MAX)) as i32;
        let rows = self.pages(query.bind(after.0.clone()).bind(version).bind(limit as i64)).await?;
        let step = |row: &PgRow| {
            let stream: &[u8] = row.try_get_unchecked(1)?;
            Ok(Step {
                position: row.try_get(0)?,
                stream: stream.to_vec(),
                version: row.try_get::<i32, _>(2)?.into(),
            })
        };
        Ok(rows.and_then(|rows| rows.iter().map(step).collect::<Result<_, sqlx::Error>>().map_err(damage)))
    }

    /// The rows, or what is broken about the database itself: that is for the verifier to report, not a fault of his.
    async fn pages(&self, query: Query<'_>) -> Result<Result<Vec<PgRow>, String>, Fault> {
        match self.rows("survey the log", query).await {
            Err(Fault::Unavailable { source, .. }) if is_damage(source.as_ref()) => {
                Ok(Err(source.to_string()))
            }
            rows => rows.map(Ok),
        }
    }
}

/// XX001 and XX002: data and index corruption.
fn is_damage(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let database = error.downcast_ref::<sqlx::Error>().and_then(|error| error.as_database_error());
    database.and_then(|error| error.code()).is_some_and(|code| ["XX001", "XX002"].contains(&&*code))
}

fn damage(error: sqlx::Error) -> String {
    error.as_database_error().map_or("it can't be read".to_owned(), |error| error.message().to_owned())
}

fn page(rows: &[PgRow]) -> Result<RawPage, String> {
    let mut page = RawPage::with_room(rows.len());
    for row in rows {
        page.push(row.try_get(0).map_err(damage)?, columns(row).ok().as_ref());
    }
    Ok(page)
}
