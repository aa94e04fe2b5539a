//! Reading: a small pool of connections that can't write, so readers never wait for the writer nor he for them.

use std::path::Path;
use std::time::Duration;

use seinhuis_domain::area::AreaCode;
use sqlx::sqlite::{SqliteArguments, SqlitePoolOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, Sqlite, SqlitePool};

use super::connect::reading;
use super::survey::packed;
use crate::backend::stored::{COLUMNS, Stored, leaf};
use crate::event::Recorded;
use crate::fault::Fault;
use crate::filter::Filter;
use crate::position::Position;

/// Connections that read at the same moment.
const READERS: u32 = 4;

/// The first position, the last one, and all leaves in one value. A leaf that isn't 32 bytes leaves nothing.
const LEAVES: &str = "SELECT min(position), max(position), CAST(group_concat(iif(octet_length(leaf) = 32, leaf, ''), '') \
                      AS BLOB) FROM (SELECT position, leaf FROM event WHERE position > ? ORDER BY position LIMIT ?)";

/// The read side of the file.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(super) pool: SqlitePool,
}

impl Reader {
    pub(crate) fn open(path: &Path, patience: Duration) -> Self {
        let options = reading(path).busy_timeout(patience).pragma("cache_size", "-8192");
        let pool = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(patience)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        Self { pool }
    }

    /// In one value, as long as nothing is wrong with it; row by row, to tell what is.
    pub(crate) async fn read(&self, after: u64, limit: usize) -> Result<Vec<Recorded>, Fault> {
        let query = sqlx::query_scalar(packed::SELECT).bind(after as i64).bind(i64::MAX).bind(limit as i64);
        if let Ok(value) = query.fetch_one(&self.pool).await
            && let Some(events) = packed::events(&Option::<Vec<u8>>::unwrap_or_default(value))
        {
            return Ok(events);
        }
        let query = sqlx::query(select("WHERE position > ? ORDER BY position LIMIT ?"));
        self.rows(query.bind(after as i64).bind(limit as i64)).await
    }

    pub(crate) async fn read_stream(&self, stream: &str) -> Result<Vec<Recorded>, Fault> {
        let query = sqlx::query(select("WHERE stream = ? ORDER BY version"));
        self.rows(query.bind(stream.to_owned())).await
    }

    pub(crate) async fn read_streams(&self, streams: &[&str]) -> Result<Vec<Recorded>, Fault> {
        let query =
            sqlx::query(select("WHERE stream IN (SELECT value FROM json_each(?)) ORDER BY stream, version"));
        // Names of streams are plain text without quotes.
        let names = streams.iter().map(|stream| format!("\"{stream}\"")).collect::<Vec<_>>().join(",");
        self.rows(query.bind(format!("[{names}]"))).await
    }

    pub(crate) async fn read_kind(
        &self,
        kind: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, Fault> {
        // '.' follows '-', so the range holds exactly the streams "<kind>-…".
        let query = sqlx::query(select(
            "WHERE position IN (SELECT position FROM event INDEXED BY event_stream_version \
             WHERE stream >= ? AND stream < ? AND position > ? ORDER BY position LIMIT ?) ORDER BY position",
        ));
        let query = query.bind(format!("{kind}-")).bind(format!("{kind}."));
        self.rows(query.bind(after as i64).bind(limit as i64)).await
    }

    pub(crate) async fn read_where(
        &self,
        filter: &Filter,
        after: u64,
        limit: usize,
    ) -> Result<(Vec<Recorded>, u64), Fault> {
        // The head first: what comes after it meanwhile belongs to the next page.
        let head = self.head().await?;
        // A plus keeps SQLite from using that column's index: of two, the name is the rarer one.
        let condition = match (&filter.area, &filter.name) {
            (None, None) => "WHERE (?1 IS NULL OR ?2 IS NULL)",
            (Some(_), None) => "INDEXED BY event_area WHERE area = ?1 AND ?2 IS NULL",
            (None, Some(_)) => "INDEXED BY event_type WHERE ?1 IS NULL AND type = ?2",
            (Some(_), Some(_)) => "INDEXED BY event_type WHERE +area = ?1 AND type = ?2",
        };
        let query = sqlx::query(select(&format!(
            "{condition} AND position > ?3 AND position <= ?4 ORDER BY position LIMIT ?5"
        )));
        let query = query.bind(filter.area.as_ref().map(AreaCode::to_string)).bind(filter.name.clone());
        let events = self.rows(query.bind(after as i64).bind(head as i64).bind(limit as i64)).await?;
        let full = events.len() == limit;
        let complete = events.last().filter(|_| full).map_or(head, |event| event.position.0);
        Ok((events, complete))
    }

    pub(crate) async fn head(&self) -> Result<u64, Fault> {
        let head: i64 = sqlx::query_scalar("SELECT position FROM head WHERE id = 1")
            .fetch_one(&self.pool)
            .await
            .map_err(Fault::database("tell the head of the log"))?;
        Ok(head as u64)
    }

    /// In one value, as long as each is where it belongs; row by row, to tell which isn't.
    pub(crate) async fn leaves(&self, after: u64, limit: usize) -> Result<Vec<[u8; 32]>, Fault> {
        let query = sqlx::query_as(LEAVES).bind(after as i64).bind(limit as i64);
        if let Ok((first, last, value)) = query.fetch_one(&self.pool).await
            && let Some(leaves) = together(after, first, last, value)
        {
            return Ok(leaves);
        }
        let query =
            sqlx::query("SELECT position, leaf FROM event WHERE position > ? ORDER BY position LIMIT ?");
        let rows = query.bind(after as i64).bind(limit as i64).fetch_all(&self.pool).await;
        let rows = rows.map_err(Fault::database("read leaves"))?;
        let unreadable =
            |_| Fault::Corrupt { position: Position(after), what: "no leaf after it can be read".into() };
        (after + 1..)
            .zip(&rows)
            .map(|(at, row)| {
                let position = row.try_get(0).map_err(unreadable)?;
                leaf(at, position, row.try_get(1).map_err(unreadable)?)
            })
            .collect()
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    async fn rows(
        &self,
        query: sqlx::query::Query<'_, Sqlite, SqliteArguments>,
    ) -> Result<Vec<Recorded>, Fault> {
        let rows = Box::pin(query.fetch_all(&self.pool)).await.map_err(Fault::database("read events"))?;
        rows.iter().map(recorded).collect()
    }
}

/// The leaves of all rows, if they are 32 bytes each and stand where they belong.
fn together(
    after: u64,
    first: Option<i64>,
    last: Option<i64>,
    leaves: Option<Vec<u8>>,
) -> Option<Vec<[u8; 32]>> {
    let (Some(first), Some(last), Some(leaves)) = (first, last, leaves) else { return Some(Vec::new()) };
    let (whole, rest) = leaves.as_chunks::<32>();
    let dense = first == after as i64 + 1 && last - first + 1 == whole.len() as i64 && rest.is_empty();
    dense.then(|| whole.to_vec())
}

fn select(rest: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("SELECT {COLUMNS} FROM event {rest}"))
}

fn recorded(row: &SqliteRow) -> Result<Recorded, Fault> {
    let position = row.try_get::<i64, _>(0).ok().and_then(|at| u64::try_from(at).ok()).unwrap_or_default();
    // The driver's words may quote what it read; only the place is told.
    let broken =
        |_| Fault::Corrupt { position: Position(position), what: "a column can't be read".to_owned() };
    columns(row).map_err(broken)?.recorded()
}

/// The columns of a row of [`COLUMNS`].
pub(super) fn columns(row: &SqliteRow) -> Result<Stored<'_>, sqlx::Error> {
    Ok(Stored {
        position: row.try_get(0)?,
        stream: row.try_get(1)?,
        version: row.try_get(2)?,
        name: row.try_get(3)?,
        schema: row.try_get(4)?,
        recorded_at: row.try_get(5)?,
        area: row.try_get(6)?,
        actor: row.try_get(7)?,
        trace: row.try_get(8)?,
        payload: row.try_get(9)?,
        sealed_keys: row.try_get(10)?,
        sealed: row.try_get(11)?,
        leaf: row.try_get(12)?,
    })
}
