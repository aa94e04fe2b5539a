//! Reading: a small pool of connections that can't write, so readers never wait for the writer nor he for them.

use std::path::Path;

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::sealed::Sealed;
use sqlx::sqlite::{SqliteArguments, SqlitePoolOptions, SqliteRow};
use sqlx::{Decode, Row as _, Sqlite, SqlitePool, Type};

use super::connect::reading;
use crate::event::Recorded;
use crate::fault::Fault;
use crate::position::Position;
use crate::stream::StreamId;

/// Connections that read at the same moment.
const READERS: u32 = 4;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT position, stream, version, type, schema, recorded_at, area, actor, trace, payload, sealed_keys, \
             sealed, leaf FROM event ",
            $rest
        )
    };
}

/// The read side of the file.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(super) pool: SqlitePool,
}

impl Reader {
    pub(crate) fn open(path: &Path) -> Self {
        let options = reading(path).pragma("cache_size", "-8192");
        let pool = SqlitePoolOptions::new()
            .max_connections(READERS)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        Self { pool }
    }

    pub(crate) async fn read(&self, after: u64, limit: usize) -> Result<Vec<Recorded>, Fault> {
        let query = sqlx::query(select!("WHERE position > ? ORDER BY position LIMIT ?"));
        self.rows(query.bind(after as i64).bind(limit as i64)).await
    }

    pub(crate) async fn read_stream(&self, stream: &str) -> Result<Vec<Recorded>, Fault> {
        let query = sqlx::query(select!("WHERE stream = ? ORDER BY version"));
        self.rows(query.bind(stream.to_owned())).await
    }

    pub(crate) async fn read_kind(
        &self,
        kind: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, Fault> {
        // '.' follows '-', so the range holds exactly the streams "<kind>-…".
        let query = sqlx::query(select!(
            "WHERE position IN (SELECT position FROM event INDEXED BY event_stream_version \
             WHERE stream >= ? AND stream < ? AND position > ? ORDER BY position LIMIT ?) ORDER BY position"
        ));
        let query = query.bind(format!("{kind}-")).bind(format!("{kind}."));
        self.rows(query.bind(after as i64).bind(limit as i64)).await
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    async fn rows(
        &self,
        query: sqlx::query::Query<'_, Sqlite, SqliteArguments>,
    ) -> Result<Vec<Recorded>, Fault> {
        let rows = query.fetch_all(&self.pool).await.map_err(Fault::database("read events"))?;
        rows.iter().map(recorded).collect()
    }
}

fn recorded(row: &SqliteRow) -> Result<Recorded, Fault> {
    let position = Position(whole(row, Position::START, 0)?);
    let corrupt = |what: &str| Fault::Corrupt { position, what: what.to_owned() };
    let stream: &str = column(row, position, 1)?;
    let area: Option<&str> = column(row, position, 6)?;
    let leaf: &[u8] = column(row, position, 12)?;
    Ok(Recorded {
        position,
        stream: StreamId::parse(stream).map_err(|_| corrupt("its stream has no proper name"))?,
        version: whole(row, position, 2)?,
        name: column(row, position, 3)?,
        schema: whole(row, position, 4)?,
        recorded_at: Timestamp::from_microsecond(column(row, position, 5)?)
            .map_err(|_| corrupt("its recorded_at is no instant"))?,
        area: area.map(AreaCode::new).transpose().map_err(|_| corrupt("its area has no proper code"))?,
        actor: column(row, position, 7)?,
        trace: column(row, position, 8)?,
        payload: column(row, position, 9)?,
        sealed: sealed(row, position)?,
        leaf: leaf.try_into().map_err(|_| corrupt("its leaf isn't 32 bytes"))?,
    })
}

fn sealed(row: &SqliteRow, position: Position) -> Result<Option<Sealed>, Fault> {
    let keys: Option<&[u8]> = column(row, position, 10)?;
    let bytes: Option<Vec<u8>> = column(row, position, 11)?;
    let (Some(keys), Some(bytes)) = (keys, bytes) else { return Ok(None) };
    let (ids, rest) = keys.as_chunks::<16>();
    if !rest.is_empty() {
        return Err(Fault::Corrupt { position, what: "its key ids aren't 16 bytes each".to_owned() });
    }
    let keys = ids.iter().map(|id| SubjectId(uuid::Uuid::from_bytes(*id))).collect();
    Ok(Some(Sealed { keys, bytes }))
}

fn whole<T: TryFrom<i64>>(row: &SqliteRow, position: Position, index: usize) -> Result<T, Fault> {
    let number: i64 = column(row, position, index)?;
    let what = || Fault::Corrupt { position, what: format!("column {index} is out of range") };
    T::try_from(number).map_err(|_| what())
}

fn column<'r, T: Decode<'r, Sqlite> + Type<Sqlite>>(
    row: &'r SqliteRow,
    position: Position,
    index: usize,
) -> Result<T, Fault> {
    // The driver's words may quote what it read; only the place is told.
    row.try_get(index).map_err(|_| Fault::Corrupt { position, what: format!("column {index} can't be read") })
}
