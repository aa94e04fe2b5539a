//! One group, one transaction: read the versions as a set, judge, insert the winners, move the head.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Connection, Row as _, SqliteConnection};

use super::connect::{durable, migrate};
use super::schema::{APPLICATION, GUARDS, TABLES};
use crate::backend::Outcome;
use crate::fault::Fault;
use crate::leaf::key_bytes;
use crate::writer::{Proposal, Row, judge};

/// Rows per statement. A group is cut into the largest that fit, so the statements are few and stay prepared; 13
/// values each keeps the largest well below SQLite's 32,766 per statement.
const CHUNKS: [usize; 6] = [512, 128, 32, 8, 2, 1];

const INSERT: &str = "INSERT INTO event (position, stream, version, type, schema, recorded_at, area, actor, trace, \
                      payload, sealed_keys, sealed, leaf) VALUES ";

/// Holds the one write connection and opens a new one after a fault.
pub(crate) struct Writer {
    path: PathBuf,
    connection: Option<SqliteConnection>,
}

impl Writer {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), connection: None }
    }

    /// Brings the schema up to date and tells the head.
    pub(crate) async fn prepare(&mut self) -> Result<u64, Fault> {
        let path = self.path.clone();
        let connection = self.connection().await?;
        let guards = GUARDS.iter().map(|(_, guard)| format!("{guard};\n")).collect::<String>();
        let schema = [TABLES, &guards].concat();
        migrate(connection, &path, "a log", APPLICATION, &[&schema]).await?;
        head(connection).await.map_err(Fault::database("tell the head of the log"))
    }

    pub(crate) async fn commit(&mut self, proposals: Vec<Proposal>) -> Result<Outcome, Fault> {
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
                .pragma("cache_size", "-65536")
                .pragma("wal_autocheckpoint", "4096")
                .connect()
                .await
                .map_err(Fault::database("open the log for writing"))?,
        };
        Ok(self.connection.insert(connection))
    }
}

async fn transact(
    connection: &mut SqliteConnection,
    proposals: Vec<Proposal>,
) -> Result<Outcome, sqlx::Error> {
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Read anew in every group: another process may have written since.
    let before = head(&mut change).await?;
    let versions = versions(&mut change, &proposals).await?;
    let judged = judge(before, versions, proposals);
    if judged.head == before {
        change.rollback().await?;
    } else {
        insert(&mut change, judged.rows).await?;
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

/// The version of every stream of the group that has one, asked in one statement.
async fn versions(
    connection: &mut SqliteConnection,
    proposals: &[Proposal],
) -> Result<HashMap<String, u64>, sqlx::Error> {
    let mut streams: Vec<&str> = proposals.iter().map(|proposal| proposal.stream.as_str()).collect();
    streams.sort_unstable();
    streams.dedup();
    let streams = serde_json::to_string(&streams).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let rows = sqlx::query(
        "SELECT asked.value, (SELECT max(version) FROM event WHERE stream = asked.value) FROM json_each(?) AS asked",
    )
    .bind(streams)
    .fetch_all(connection)
    .await?;
    let mut versions = HashMap::with_capacity(rows.len());
    for row in rows {
        if let Some(version) = row.try_get::<Option<i64>, _>(1)? {
            versions.insert(row.try_get(0)?, version as u64);
        }
    }
    Ok(versions)
}

async fn insert(connection: &mut SqliteConnection, rows: Vec<Row>) -> Result<(), sqlx::Error> {
    let mut rows = rows.into_iter();
    for size in CHUNKS {
        while rows.len() >= size {
            let mut values = SqliteArguments::default();
            values.reserve(size * 13, 0);
            for row in rows.by_ref().take(size) {
                bind(&mut values, row).map_err(sqlx::Error::Encode)?;
            }
            let statement = sqlx::query_with(AssertSqlSafe(statement(size)), values);
            statement.execute(&mut *connection).await?;
        }
    }
    Ok(())
}

fn statement(rows: usize) -> String {
    let row = "(?,?,?,?,?,?,?,?,?,?,?,?,?)";
    format!("{INSERT}{}", vec![row; rows].join(","))
}

fn bind(values: &mut SqliteArguments, row: Row) -> Result<(), sqlx::error::BoxDynError> {
    let event = row.event;
    let (keys, sealed) = event.sealed.map(|sealed| (key_bytes(&sealed.keys), sealed.bytes)).unzip();
    values.add(row.position as i64)?;
    values.add(row.stream)?;
    values.add(row.version as i64)?;
    values.add(event.name)?;
    values.add(i64::from(event.schema))?;
    values.add(event.recorded_at.as_microsecond())?;
    values.add(event.area.map(String::from))?;
    values.add(event.actor)?;
    values.add(event.trace)?;
    values.add(event.payload)?;
    values.add(keys)?;
    values.add(sealed)?;
    values.add(row.leaf.as_slice())
}
