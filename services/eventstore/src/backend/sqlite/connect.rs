//! How the hub opens an SQLite file: durable, private, strict; and how its schema comes up to date.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

use crate::fault::Fault;

/// How long a connection waits for another process that holds the file's lock.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection whose commits are on disk when they return.
pub(crate) fn durable(path: &Path) -> SqliteConnectOptions {
    common(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("journal_size_limit", "67108864")
        .pragma("temp_store", "MEMORY")
}

/// A connection that can't write.
pub(crate) fn reading(path: &Path) -> SqliteConnectOptions {
    common(path).read_only(true).row_buffer_size(512).pragma("query_only", "ON")
}

fn common(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(PATIENCE)
        // A file from elsewhere must not bring code or broken pages along.
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .disable_statement_logging()
}

/// Makes `path`, readable by its owner only, unless it exists. SQLite gives its side files the same rights.
pub(crate) fn private_file(path: &Path) -> Result<(), Fault> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Fault::file("create", path)(error)),
    }
}

/// What a file's schema is held against by those who only look at it.
pub(crate) struct Steps {
    /// What the file holds, for the words of a fault.
    pub(crate) what: &'static str,
    /// Whose file it is.
    pub(crate) application: i64,
    /// How many steps are known here.
    pub(crate) known: u32,
}

/// Brings a file up to the newest of `steps`. Each step runs once, in a transaction of its own; the file remembers how
/// many it has had, and by `application` whose file it is.
pub(crate) async fn migrate(
    connection: &mut SqliteConnection,
    path: &Path,
    what: &'static str,
    application: i64,
    steps: &[&str],
) -> Result<(), Fault> {
    let foreign = |reason| Fault::Foreign { path: path.display().to_string(), what, reason };
    let failed = || Fault::database("bring its schema up to date");
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed())?;
    let owner: i64 =
        sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *change).await.map_err(failed())?;
    let done: i64 =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *change).await.map_err(failed())?;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut *change)
        .await
        .map_err(failed())?;
    if owner != application && (owner, done, tables) != (0, 0, 0) {
        return Err(foreign("it belongs to another program".to_owned()));
    }
    let done = usize::try_from(done).unwrap_or(usize::MAX);
    if done > steps.len() {
        return Err(foreign(format!("its schema {done} is newer than the {} known here", steps.len())));
    }
    if done < steps.len() {
        for step in &steps[done..] {
            sqlx::raw_sql(AssertSqlSafe(*step)).execute(&mut *change).await.map_err(failed())?;
        }
        let mark = format!("PRAGMA application_id = {application}; PRAGMA user_version = {}", steps.len());
        sqlx::raw_sql(AssertSqlSafe(mark)).execute(&mut *change).await.map_err(failed())?;
    }
    change.commit().await.map_err(failed())
}
