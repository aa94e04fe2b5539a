//! The proof book in one SQLite file.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use super::connect::{Steps, durable, migrate, private_file, reading};
use crate::backend::book::Advance;
use crate::fault::Fault;
use crate::proof::Kept;

/// `SEIP` in ASCII: marks the file as a proof book.
const APPLICATION: i64 = 0x5345_4950;

const TABLES: &str = "
CREATE TABLE tile (
  id     INTEGER PRIMARY KEY, -- the level in the topmost byte, the number below
  hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0)
) STRICT;
CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY CHECK (size > 0),
  note TEXT NOT NULL
) STRICT;
CREATE TABLE tree (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  size INTEGER NOT NULL
) STRICT;
INSERT INTO tree VALUES (1, 0);
CREATE TRIGGER checkpoint_never_changes BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'what was signed is never taken back'); END;
CREATE TRIGGER checkpoint_never_goes BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'what was signed is never taken back'); END;
-- Also stops INSERT OR REPLACE, which deletes the row in its way without firing the trigger above.
CREATE TRIGGER checkpoint_is_signed_once BEFORE INSERT ON checkpoint
WHEN EXISTS (SELECT 1 FROM checkpoint WHERE size = NEW.size)
BEGIN SELECT RAISE(ABORT, 'what was signed is never taken back'); END;
";

/// The steps of the book's schema.
pub(crate) const STEPS: Steps = Steps { what: "a proof book", application: APPLICATION, known: 1 };

/// Connections at the same moment: one that advances, and some that prove.
const CONNECTIONS: u32 = 4;

/// The open file.
#[derive(Debug)]
pub(crate) struct Book {
    pool: SqlitePool,
}

impl Book {
    pub(crate) async fn open(path: &Path, patience: Duration) -> Result<Self, Fault> {
        private_file(path)?;
        let options = durable(path).busy_timeout(patience).pragma("cache_size", "-4096");
        let mut first = options.connect().await.map_err(Fault::database("open the proof book"))?;
        migrate(&mut first, path, "a proof book", APPLICATION, &[TABLES]).await?;
        first.close().await.map_err(Fault::database("open the proof book"))?;
        Ok(Self::over(options, patience))
    }

    /// For reading only.
    pub(crate) fn look_in(path: &Path, patience: Duration) -> Self {
        Self::over(reading(path).busy_timeout(patience), patience)
    }

    fn over(options: SqliteConnectOptions, patience: Duration) -> Self {
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(patience)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        Self { pool }
    }

    pub(crate) async fn latest(&self) -> Result<Option<Kept>, Fault> {
        let query = sqlx::query_as("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1");
        let row = query.fetch_optional(&self.pool).await.map_err(Fault::database("read the proof book"))?;
        Ok(row.map(Kept::of))
    }

    pub(crate) async fn after(&self, after: u64, limit: usize) -> Result<Vec<Kept>, Fault> {
        let query = sqlx::query_as("SELECT size, note FROM checkpoint WHERE size > ? ORDER BY size LIMIT ?");
        let rows = query.bind(after as i64).bind(limit as i64).fetch_all(&self.pool).await;
        Ok(rows.map_err(Fault::database("read the proof book"))?.into_iter().map(Kept::of).collect())
    }

    pub(crate) async fn tiles(&self, keys: &[i64]) -> Result<Vec<(i64, Vec<u8>)>, Fault> {
        let asked = format!("{keys:?}");
        let query =
            sqlx::query_as("SELECT id, hashes FROM tile WHERE id IN (SELECT value FROM json_each(?))");
        query.bind(asked).fetch_all(&self.pool).await.map_err(Fault::database("read the proof book"))
    }

    pub(crate) async fn advance(&self, from: u64, advance: &Advance) -> Result<bool, Fault> {
        let work = async {
            let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
            let mine = moved(&mut change, from, advance).await?;
            if mine {
                keep(&mut change, advance).await?;
                change.commit().await?;
            } else {
                change.rollback().await?;
            }
            Ok(mine)
        };
        work.await.map_err(Fault::database("advance the proof book"))
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

async fn moved(change: &mut SqliteConnection, from: u64, advance: &Advance) -> Result<bool, sqlx::Error> {
    let Some(last) = advance.checkpoints.last() else { return Ok(false) };
    let moved = sqlx::query("UPDATE tree SET size = ?1 WHERE id = 1 AND size = ?2")
        .bind(last.size as i64)
        .bind(from as i64);
    Ok(moved.execute(change).await?.rows_affected() == 1)
}

async fn keep(change: &mut SqliteConnection, advance: &Advance) -> Result<(), sqlx::Error> {
    for tile in &advance.tiles {
        sqlx::query(
            "INSERT INTO tile (id, hashes) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET hashes = excluded.hashes",
        )
        .bind(tile.id.key())
        .bind(tile.hashes.as_slice())
        .execute(&mut *change)
        .await?;
    }
    for kept in &advance.checkpoints {
        sqlx::query("INSERT INTO checkpoint (size, note) VALUES (?, ?)")
            .bind(kept.size as i64)
            .bind(kept.note.as_str())
            .execute(&mut *change)
            .await?;
    }
    Ok(())
}
