//! The limit: the same bytes into the same table shape with the same indexes, by one connection that judges nothing.

use seinhuis_eventstore::{Append, leaf};
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::place::Place;

/// Rows of one transaction: as many as our own groups hold at most.
const GROUP: usize = 4_096;

/// Rows of one statement in SQLite, which takes 32,766 values at most.
const STATEMENT: usize = 512;

const POSTGRES: &str = r#"
CREATE TABLE raw (position bigint PRIMARY KEY, recorded_at bigint NOT NULL, version int NOT NULL, schema int NOT NULL,
  stream text COLLATE "C" NOT NULL, type text COLLATE "C" NOT NULL, area text COLLATE "C", actor text COLLATE "C" NOT NULL,
  trace text COLLATE "C", payload bytea NOT NULL, sealed_keys bytea, sealed bytea, leaf bytea NOT NULL);
CREATE UNIQUE INDEX raw_stream_version ON raw (stream, version);
CREATE INDEX raw_area ON raw (area, position) WHERE area IS NOT NULL;
CREATE INDEX raw_type ON raw (type, position);
"#;

const SQLITE: &str = r#"
CREATE TABLE raw (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL,
  schema INTEGER NOT NULL, recorded_at INTEGER NOT NULL, area TEXT, actor TEXT NOT NULL, trace TEXT, payload BLOB NOT NULL,
  sealed_keys BLOB, sealed BLOB, leaf BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX raw_stream_version ON raw (stream, version);
CREATE INDEX raw_area ON raw (area, position) WHERE area IS NOT NULL;
CREATE INDEX raw_type ON raw (type, position);
"#;

/// A connection that inserts.
pub(crate) enum Raw {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// One row, ready.
pub(crate) struct Row<'a> {
    position: i64,
    append: &'a Append,
    at: usize,
    leaf: [u8; 32],
}

/// The rows of `appends`, after `head`.
pub(crate) fn rows(appends: &[Append], head: i64) -> Vec<Row<'_>> {
    let of_one = |append| (0..Append::events(append)).map(move |at| (append, at));
    let placed = appends.iter().flat_map(of_one).zip(head + 1..);
    placed.map(|((append, at), position)| Row { position, append, at, leaf: leaf_of(append, at) }).collect()
}

trait Events {
    fn events(&self) -> usize;
}

impl Events for Append {
    fn events(&self) -> usize {
        self.events.len()
    }
}

fn leaf_of(append: &Append, at: usize) -> [u8; 32] {
    let event = &append.events[at];
    leaf::leaf(&leaf::Columns {
        stream: append.stream.as_str().as_bytes(),
        version: (append.expected_version + 1) as i64 + at as i64,
        name: event.name.as_bytes(),
        schema: event.schema,
        recorded_at: event.recorded_at.as_microsecond(),
        area: event.area.as_ref().map(|area| area.as_str().as_bytes()),
        actor: event.actor.as_bytes(),
        trace: None,
        payload: &event.payload,
        sealed_keys: None,
        sealed: None,
    })
}

impl Raw {
    pub(crate) async fn open(place: &Place) -> anyhow::Result<Self> {
        let url = place.address("raw.sqlite")?;
        Ok(match place {
            Place::Postgres(_) => {
                let mut connection = PgConnection::connect(&url).await?;
                connection.execute(POSTGRES).await?;
                Self::Postgres(connection)
            }
            Place::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&format!("{url}?mode=rwc")).await?;
                for set in [
                    "journal_mode = WAL",
                    "synchronous = FULL",
                    "cache_size = -65536",
                    "wal_autocheckpoint = 4096",
                ] {
                    connection.execute(AssertSqlSafe(format!("PRAGMA {set}"))).await?;
                }
                connection.execute(SQLITE).await?;
                Self::Sqlite(connection)
            }
        })
    }

    /// Inserts every row.
    pub(crate) async fn insert(&mut self, rows: &[Row<'_>]) -> anyhow::Result<()> {
        for group in rows.chunks(GROUP) {
            match self {
                Self::Postgres(connection) => postgres(connection, group).await?,
                Self::Sqlite(connection) => {
                    let mut change = connection.begin().await?;
                    for rows in group.chunks(STATEMENT) {
                        sqlite(&mut change, rows).await?;
                    }
                    change.commit().await?;
                }
            }
        }
        Ok(())
    }

    /// Reads every row, a page at a time, without a look at what is in it. Gives their number.
    pub(crate) async fn scan(&mut self, page: i64) -> anyhow::Result<usize> {
        let columns = "position, stream, version, type, schema, recorded_at, area, actor, trace, payload, sealed_keys, sealed, leaf";
        let (mut after, mut seen) = (0_i64, 0);
        loop {
            let found = match self {
                Self::Postgres(connection) => {
                    let select =
                        format!("SELECT {columns} FROM raw WHERE position > $1 ORDER BY position LIMIT $2");
                    sqlx::query(AssertSqlSafe(select))
                        .bind(after)
                        .bind(page)
                        .fetch_all(connection)
                        .await?
                        .len()
                }
                Self::Sqlite(connection) => {
                    let select =
                        format!("SELECT {columns} FROM raw WHERE position > ? ORDER BY position LIMIT ?");
                    sqlx::query(AssertSqlSafe(select))
                        .bind(after)
                        .bind(page)
                        .fetch_all(connection)
                        .await?
                        .len()
                }
            };
            seen += found;
            after += page;
            if (found as i64) < page {
                return Ok(seen);
            }
        }
    }
}

async fn postgres(connection: &mut PgConnection, group: &[Row<'_>]) -> anyhow::Result<()> {
    let mut values = PgArguments::default();
    let add = |values: &mut PgArguments| -> Result<(), sqlx::error::BoxDynError> {
        values.add(group.iter().map(|row| row.position).collect::<Vec<_>>())?;
        values.add(group.iter().map(|row| row.append.stream.as_str()).collect::<Vec<_>>())?;
        values.add(group.iter().map(|row| version(row) as i32).collect::<Vec<_>>())?;
        values.add(group.iter().map(|row| row.append.events[row.at].name.as_str()).collect::<Vec<_>>())?;
        values.add(group.iter().map(|row| row.append.events[row.at].schema as i32).collect::<Vec<_>>())?;
        values.add(
            group
                .iter()
                .map(|row| row.append.events[row.at].recorded_at.as_microsecond())
                .collect::<Vec<_>>(),
        )?;
        values.add(
            group
                .iter()
                .map(|row| row.append.events[row.at].area.as_ref().map(|area| area.as_str()))
                .collect::<Vec<_>>(),
        )?;
        values.add(group.iter().map(|row| row.append.events[row.at].actor.as_str()).collect::<Vec<_>>())?;
        values
            .add(group.iter().map(|row| row.append.events[row.at].payload.as_slice()).collect::<Vec<_>>())?;
        values.add(group.iter().map(|row| row.leaf.as_slice()).collect::<Vec<_>>())
    };
    add(&mut values).map_err(sqlx::Error::Encode)?;
    let insert = "INSERT INTO raw (position, stream, version, type, schema, recorded_at, area, actor, payload, leaf) \
                  SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    sqlx::query_with(insert, values).execute(connection).await?;
    Ok(())
}

async fn sqlite(connection: &mut SqliteConnection, group: &[Row<'_>]) -> anyhow::Result<()> {
    let row = "(?,?,?,?,?,?,?,?,?,?)";
    let insert = format!(
        "INSERT INTO raw (position, stream, version, type, schema, recorded_at, area, actor, payload, leaf) VALUES {}",
        vec![row; group.len()].join(",")
    );
    let mut values = SqliteArguments::default();
    for row in group {
        let event = &row.append.events[row.at];
        let add = |values: &mut SqliteArguments| -> Result<(), sqlx::error::BoxDynError> {
            values.add(row.position)?;
            values.add(row.append.stream.as_str())?;
            values.add(version(row))?;
            values.add(event.name.as_str())?;
            values.add(i64::from(event.schema))?;
            values.add(event.recorded_at.as_microsecond())?;
            values.add(event.area.as_ref().map(|area| area.as_str()))?;
            values.add(event.actor.as_str())?;
            values.add(event.payload.as_slice())?;
            values.add(row.leaf.as_slice())
        };
        add(&mut values).map_err(sqlx::Error::Encode)?;
    }
    sqlx::query_with(AssertSqlSafe(insert), values).execute(connection).await?;
    Ok(())
}

fn version(row: &Row<'_>) -> i64 {
    (row.append.expected_version + 1) as i64 + row.at as i64
}
