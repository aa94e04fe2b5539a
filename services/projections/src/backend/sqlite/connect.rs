//! How a file of read models is opened. A crash may lose its last commits: they are rebuilt from the log, so the disk
//! isn't waited for.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use seinhuis_eventstore::Trouble;

use crate::fault::Fault;

/// How long a connection waits for another process that holds the file's lock.
const PATIENCE: Duration = Duration::from_secs(10);
/// The mark by which the file is known: "SnHv".
const APPLICATION: i64 = 0x536e_4876;
/// Statements that stay prepared.
const STATEMENTS: usize = 256;

/// A file from elsewhere must not bring code or broken pages along.
const COMMON: &str = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;";

/// The write-ahead log grows to 64 MiB before it is moved into the file: rows lie all over their tables, and a page that many
/// changes wrote is moved once. An index of very many rows is sorted in a file.
const WRITING: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 16384; \
                       PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768; PRAGMA temp_store = FILE;";

const READING: &str = "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;";

/// A connection that writes.
pub(super) fn writing(path: &Path) -> rusqlite::Result<Connection> {
    open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, WRITING)
}

/// A connection that can't write.
pub(super) fn reading(path: &Path) -> rusqlite::Result<Connection> {
    open(path, OpenFlags::SQLITE_OPEN_READ_ONLY, READING)
}

fn open(path: &Path, flags: OpenFlags, own: &str) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(COMMON)?;
    connection.execute_batch(own)?;
    Ok(connection)
}

/// Makes `path`, readable by its owner only, unless it exists. SQLite gives its side files the same rights.
pub(super) fn make(path: &Path) -> Result<(), Fault> {
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
pub(super) fn mark(connection: &Connection, path: &Path) -> Result<(), Fault> {
    let number = |sql| {
        connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(Fault::file("look at the file"))
    };
    let (owner, tables) = (number("PRAGMA application_id")?, number("SELECT count(*) FROM sqlite_schema")?);
    match (owner, tables) {
        (APPLICATION, _) => Ok(()),
        (0, 0) => connection
            .execute_batch(&format!("PRAGMA application_id = {APPLICATION}"))
            .map_err(Fault::file("look at the file")),
        _ => Err(Fault::Foreign { path: path.display().to_string() }),
    }
}
