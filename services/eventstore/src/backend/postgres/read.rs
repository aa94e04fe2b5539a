//! Reading: a small pool of connections. What is committed is in order and without gaps, so a page is a page.

use std::time::Duration;

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use sqlx::postgres::{PgArguments, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, Executor as _, PgPool, Postgres, Row as _};

use super::address::Address;
use super::connect::within;
use crate::backend::stored::{COLUMNS, Stored, leaf};
use crate::event::Recorded;
use crate::fault::Fault;
use crate::filter::Filter;
use crate::position::Position;

/// Connections that read at the same moment.
const READERS: u32 = 4;

pub(super) type Query<'q> = sqlx::query::Query<'q, Postgres, PgArguments>;

/// The read side of the database.
#[derive(Debug)]
pub(crate) struct Reader {
    pool: PgPool,
    pooled: bool,
    patience: Duration,
}

impl Reader {
    pub(crate) fn open(address: &Address, patience: Duration) -> Self {
        let pooled = address.is_pooled();
        let pool = PgPoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(patience)
            .test_before_acquire(false)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    // A page is read before a compiler has begun, which a log that grew fast would call for: what is known of
                    // it is behind. Behind a pooler the setting would be the next one's.
                    if !pooled {
                        connection.execute("SET jit = off").await?;
                    }
                    Ok(())
                })
            })
            .connect_lazy_with(address.options().clone());
        Self { pool, pooled, patience }
    }

    pub(crate) async fn read(&self, after: u64, limit: usize) -> Result<Vec<Recorded>, Fault> {
        let query = sqlx::query(select("WHERE position > $1 ORDER BY position LIMIT $2"));
        self.events(query.bind(after as i64).bind(limit as i64)).await
    }

    pub(crate) async fn read_stream(&self, stream: &str) -> Result<Vec<Recorded>, Fault> {
        let query = sqlx::query(select("WHERE stream = $1 ORDER BY version"));
        self.events(query.bind(stream.to_owned())).await
    }

    pub(crate) async fn read_streams(&self, streams: &[&str]) -> Result<Vec<Recorded>, Fault> {
        // Each stream is looked up by itself, also while PostgreSQL has no statistics of a log that just grew: `= ANY` it
        // would then take for a good part of the table.
        let query = sqlx::query(AssertSqlSafe(format!(
            "SELECT read.* FROM unnest($1) AS wanted(name), \
             LATERAL (SELECT {COLUMNS} FROM seinhuis.event WHERE stream = wanted.name ORDER BY version) AS read \
             ORDER BY read.stream, read.version"
        )));
        self.events(query.bind(streams.iter().map(ToString::to_string).collect::<Vec<_>>())).await
    }

    pub(crate) async fn read_kind(
        &self,
        kind: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, Fault> {
        // '.' follows '-', so the range holds exactly the streams "<kind>-…".
        let query = sqlx::query(select(
            "WHERE stream >= $1 AND stream < $2 AND position > $3 ORDER BY position LIMIT $4",
        ));
        let query = query.bind(format!("{kind}-")).bind(format!("{kind}."));
        self.events(query.bind(after as i64).bind(limit as i64)).await
    }

    pub(crate) async fn read_where(
        &self,
        filter: &Filter,
        after: u64,
        limit: usize,
    ) -> Result<(Vec<Recorded>, u64), Fault> {
        // The head first: what comes after it meanwhile belongs to the next page.
        let head = self.head().await?;
        let condition = match (&filter.area, &filter.name) {
            (None, None) => "($1::text IS NULL OR $2::text IS NULL)",
            (Some(_), None) => "area = $1 AND $2::text IS NULL",
            (None, Some(_)) => "$1::text IS NULL AND type = $2",
            (Some(_), Some(_)) => "area = $1 AND type = $2",
        };
        let query = sqlx::query(select(&format!(
            "WHERE {condition} AND position > $3 AND position <= $4 ORDER BY position LIMIT $5"
        )));
        let query = query.bind(filter.area.as_ref().map(AreaCode::to_string)).bind(filter.name.clone());
        let events = self.events(query.bind(after as i64).bind(head as i64).bind(limit as i64)).await?;
        let full = events.len() == limit;
        let complete = events.last().filter(|_| full).map_or(head, |event| event.position.0);
        Ok((events, complete))
    }

    pub(crate) async fn head(&self) -> Result<u64, Fault> {
        let rows = self
            .rows("tell the head of the log", sqlx::query("SELECT position FROM seinhuis.head WHERE id = 1"));
        let row = rows.await?.pop();
        let head =
            row.and_then(|row| row.try_get::<i64, _>(0).ok()).and_then(|head| u64::try_from(head).ok());
        head.ok_or_else(|| Fault::Corrupt { position: Position::START, what: "there is no head".to_owned() })
    }

    pub(crate) async fn time(&self) -> Result<Timestamp, Fault> {
        let query = sqlx::query("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
        let row = self.rows("tell the time", query).await?.pop();
        let micros = row.and_then(|row| row.try_get::<i64, _>(0).ok());
        let time = micros.and_then(|micros| Timestamp::from_microsecond(micros).ok());
        time.ok_or_else(|| Fault::Corrupt { position: Position::START, what: "there is no time".to_owned() })
    }

    pub(crate) async fn leaves(&self, after: u64, limit: usize) -> Result<Vec<[u8; 32]>, Fault> {
        let query = sqlx::query(
            "SELECT position, leaf FROM seinhuis.event WHERE position > $1 ORDER BY position LIMIT $2",
        );
        let rows = self.rows("read leaves", query.bind(after as i64).bind(limit as i64)).await?;
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

    /// The rows of a statement that leaves nothing behind in the session.
    pub(super) async fn rows(&self, what: &'static str, query: Query<'_>) -> Result<Vec<PgRow>, Fault> {
        let rows = async {
            if !self.pooled {
                return query.fetch_all(&self.pool).await;
            }
            let mut look = self.pool.begin().await?;
            let rows = query.persistent(false).fetch_all(&mut *look).await?;
            look.commit().await?;
            Ok(rows)
        };
        // Boxed, or what waits for it far above grows too deep a type for the compiler.
        within(self.patience, what, Box::pin(rows)).await
    }

    async fn events(&self, query: Query<'_>) -> Result<Vec<Recorded>, Fault> {
        self.rows("read events", query).await?.iter().map(recorded).collect()
    }
}

fn select(rest: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("SELECT {COLUMNS} FROM seinhuis.event {rest}"))
}

fn recorded(row: &PgRow) -> Result<Recorded, Fault> {
    let position = row.try_get::<i64, _>(0).ok().and_then(|at| u64::try_from(at).ok()).unwrap_or_default();
    // The driver's words may quote what it read; only the place is told.
    let broken =
        |_| Fault::Corrupt { position: Position(position), what: "a column can't be read".to_owned() };
    columns(row).map_err(broken)?.recorded()
}

/// The columns of a row of [`COLUMNS`]. Text is taken as the bytes it is on the wire.
pub(super) fn columns(row: &PgRow) -> Result<Stored<'_>, sqlx::Error> {
    Ok(Stored {
        position: row.try_get(0)?,
        stream: row.try_get_unchecked(1)?,
        version: row.try_get::<i32, _>(2)?.into(),
        name: row.try_get_unchecked(3)?,
        schema: row.try_get::<i32, _>(4)?.into(),
        recorded_at: row.try_get(5)?,
        area: row.try_get_unchecked(6)?,
        actor: row.try_get_unchecked(7)?,
        trace: row.try_get_unchecked(8)?,
        payload: row.try_get(9)?,
        sealed_keys: row.try_get(10)?,
        sealed: row.try_get(11)?,
        leaf: row.try_get(12)?,
    })
}
