//! One group, one transaction: read the versions as a set, judge, insert the winners, move the head.

use std::path::{Path, PathBuf};
use std::time::Duration;

use seinhuis_domain::area::AreaCode;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

use super::connect::{durable, migrate};
use super::schema::{APPLICATION, GUARDS, INDEXES, TABLES};
use crate::backend::Outcome;
use crate::fault::Fault;
use crate::leaf::key_bytes;
use crate::writer::{Proposal, Row, Versions, fences, judge, rows};

/// Rows per statement. A group is cut into the largest that fit, so the statements are few and stay prepared; 13
/// values each keeps the largest well below SQLite's 32,766 per statement.
const CHUNKS: [usize; 6] = [512, 128, 32, 8, 2, 1];

const INSERT: &str = "INSERT INTO event (position, stream, version, type, schema, recorded_at, area, actor, trace, \
                      payload, sealed_keys, sealed, leaf) VALUES ";

/// Holds the one write connection and opens a new one after a fault.
pub(crate) struct Writer {
    path: PathBuf,
    patience: Duration,
    connection: Option<SqliteConnection>,
}

impl Writer {
    pub(crate) fn new(path: &Path, patience: Duration) -> Self {
        Self { path: path.to_owned(), patience, connection: None }
    }

    /// Brings the schema up to date and tells the head.
    pub(crate) async fn prepare(&mut self) -> Result<u64, Fault> {
        let path = self.path.clone();
        let connection = self.connection().await?;
        let guards = GUARDS.iter().map(|(_, guard)| format!("{guard};\n")).collect::<String>();
        let schema = [TABLES, &guards].concat();
        migrate(connection, &path, "a log", APPLICATION, &[&schema, INDEXES]).await?;
        head(connection).await.map_err(Fault::database("tell the head of the log"))
    }

    pub(crate) async fn commit(&mut self, proposals: &[Proposal]) -> Result<Outcome, Fault> {
        let done = transact(self.connection().await?, proposals).await;
        // What state a failed connection is in, nobody knows. A new one starts from what is on disk.
        if done.is_err() {
            self.connection = None;
        }
        done.map_err(Fault::database("commit a group of events"))
    }

    pub(crate) async fn close(self) {
        if let Some(connection) = self.connection {
            // Everything is on disk already; closing only tidies.
            let _ = connection.close().await;
        }
    }

    async fn connection(&mut self) -> Result<&mut SqliteConnection, Fault> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => durable(&self.path)
                .busy_timeout(self.patience)
                .pragma("cache_size", "-65536")
                // 64 MiB: streams lie all over their index, and a page that many groups wrote is moved once.
                .pragma("wal_autocheckpoint", "16384")
                .connect()
                .await
                .map_err(Fault::database("open the log for writing"))?,
        };
        Ok(self.connection.insert(connection))
    }
}

async fn transact(connection: &mut SqliteConnection, proposals: &[Proposal]) -> Result<Outcome, sqlx::Error> {
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Read anew in every group: another process may have written since.
    let before = head(&mut change).await?;
    let versions = versions(&mut change, proposals).await?;
    // A file knows no leases: whoever shows a fence has it from another log.
    let judged = judge(before, versions, &fences(proposals, &[]), proposals);
    if judged.head == before {
        change.rollback().await?;
    } else {
        let rows: Vec<_> = rows(proposals, &judged.verdicts).collect();
        insert(&mut change, &rows).await?;
        sqlx::query("UPDATE head SET position = ? WHERE id = 1")
            .bind(judged.head as i64)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
    }
    Ok(Outcome { verdicts: judged.verdicts, head: judged.head })
}

async fn head(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let head: i64 =
        sqlx::query_scalar("SELECT position FROM head WHERE id = 1").fetch_one(connection).await?;
    Ok(head as u64)
}

/// The version of every stream of the group that has one, asked in one statement and answered in one value: the driver
/// hands rows over one by one.
async fn versions<'a>(
    connection: &mut SqliteConnection,
    proposals: &'a [Proposal],
) -> Result<Versions<'a>, sqlx::Error> {
    let mut streams: Vec<&str> = proposals.iter().map(|proposal| proposal.stream.as_str()).collect();
    streams.sort_unstable();
    streams.dedup();
    let asked = serde_json::to_string(&streams).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let told: String = sqlx::query_scalar(
        "SELECT json_group_array((SELECT max(version) FROM event WHERE stream = asked.value) ORDER BY asked.key) \
         FROM json_each(?) AS asked",
    )
    .bind(asked)
    .fetch_one(connection)
    .await?;
    let told: Vec<Option<u64>> =
        serde_json::from_str(&told).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let known = streams.into_iter().zip(told);
    Ok(known.filter_map(|(stream, version)| Some((stream, version?))).collect())
}

async fn insert(connection: &mut SqliteConnection, mut rows: &[Row<'_>]) -> Result<(), sqlx::Error> {
    for size in CHUNKS {
        while let Some((chunk, rest)) = rows.split_at_checked(size) {
            let mut values = SqliteArguments::default();
            values.reserve(size * 13, 0);
            for row in chunk {
                bind(&mut values, row).map_err(sqlx::Error::Encode)?;
            }
            let statement = sqlx::query_with(AssertSqlSafe(statement(size)), values);
            statement.execute(&mut *connection).await?;
            rows = rest;
        }
    }
    Ok(())
}

fn statement(rows: usize) -> String {
    let row = "(?,?,?,?,?,?,?,?,?,?,?,?,?)";
    format!("{INSERT}{}", vec![row; rows].join(","))
}

fn bind(values: &mut SqliteArguments, row: &Row<'_>) -> Result<(), sqlx::error::BoxDynError> {
    let event = row.event;
    values.add(row.position as i64)?;
    values.add(row.stream)?;
    values.add(row.version as i64)?;
    values.add(event.name.as_str())?;
    values.add(i64::from(event.schema))?;
    values.add(event.recorded_at.as_microsecond())?;
    values.add(event.area.as_ref().map(AreaCode::as_str))?;
    values.add(event.actor.as_str())?;
    values.add(event.trace.as_deref())?;
    values.add(event.payload.as_slice())?;
    values.add(event.sealed.as_ref().map(|sealed| key_bytes(&sealed.keys)))?;
    values.add(event.sealed.as_ref().map(|sealed| sealed.bytes.as_slice()))?;
    values.add(row.leaf.as_slice())
}
