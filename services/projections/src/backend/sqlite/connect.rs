//! How a file of read models is opened. A crash may lose its last commits: they are rebuilt from the log, so the disk
//! isn't waited for.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use seinhuis_eventstore::Trouble;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqlitePool};

use crate::fault::Fault;

/// Connections that read at the same moment.
const READERS: u32 = 4;
/// How long a connection waits for another process that holds the file's lock.
const PATIENCE: Duration = Duration::from_secs(10);
/// The mark by which the file is known: "SnHv".
const APPLICATION: i64 = 0x536e_4876;

pub(super) async fn open(path: &Path) -> Result<(SqlitePool, SqlitePool), Fault> {
    private_file(path)?;
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        // After a failed COMMIT (disk full, say) SQLite has rolled back by itself, but the connection still counts
        // itself inside the transaction and would refuse every one after it. A fresh one does not.
        .before_acquire(|connection, _| {
            let usable = !connection.is_in_transaction();
            Box::pin(async move { Ok(usable) })
        })
        .connect_with(
            common(path)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .pragma("wal_autocheckpoint", "4096")
                .pragma("journal_size_limit", "67108864")
                .pragma("cache_size", "-32768"),
        )
        .await
        .map_err(Fault::database("open the file for writing"))?;
    mark(&writer, path).await?;
    Ok((writer, readers(path)))
}

/// Connections that read, each made when it is needed.
pub(super) fn readers(path: &Path) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .connect_lazy_with(common(path).read_only(true).row_buffer_size(256).pragma("query_only", "ON"))
}

fn common(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(PATIENCE)
        .statement_cache_capacity(256)
        // A file from elsewhere must not bring code or broken pages along.
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging()
}

/// Makes `path`, readable by its owner only, unless it exists. SQLite gives its side files the same rights.
fn private_file(path: &Path) -> Result<(), Fault> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Fault::Unavailable {
            what: "make its file",
            trouble: Trouble::OutOfReach,
            source: Arc::new(error),
        }),
    }
}

/// Marks a new file as ours; refuses one that is another program's.
async fn mark(writer: &SqlitePool, path: &Path) -> Result<(), Fault> {
    let failed = || Fault::database("look at the file");
    let owner: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(writer).await.map_err(failed())?;
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(writer).await.map_err(failed())?;
    match (owner, tables) {
        (APPLICATION, _) => Ok(()),
        (0, 0) => {
            let mark = format!("PRAGMA application_id = {APPLICATION}");
            sqlx::raw_sql(AssertSqlSafe(mark)).execute(writer).await.map(drop).map_err(failed())
        }
        _ => Err(Fault::Foreign { path: path.display().to_string() }),
    }
}
