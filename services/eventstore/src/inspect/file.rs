//! A file of SQLite, whoever's it is.

use std::path::Path;

use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::backend::reading;
use crate::fault::Fault;

/// What a file of SQLite says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// How it journals: `wal`, or another way.
    pub journal: String,
    /// Bytes of its pages.
    pub bytes: u64,
    /// What `quick_check` finds wrong with it, at most ten things; none where it is larger than was to be checked.
    pub damage: Option<Vec<String>>,
}

/// Looks at the file at `path`, and goes through its pages unless it is larger than `most` bytes.
pub async fn file(path: &Path, most: u64) -> Result<File, Fault> {
    let failed = || Fault::database("look at its file");
    let mut file = reading(path).connect().await.map_err(failed())?;
    let seen = look(&mut file, most).await.map_err(failed());
    // Nothing was changed; closing only tidies.
    let _ = file.close().await;
    seen
}

async fn look(file: &mut SqliteConnection, most: u64) -> Result<File, sqlx::Error> {
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *file).await?;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut *file).await?;
    let page: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&mut *file).await?;
    let bytes = u64::try_from(pages.saturating_mul(page)).unwrap_or(0);
    let damage = if bytes > most {
        None
    } else {
        let said: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(10)").fetch_all(&mut *file).await?;
        Some(said.into_iter().filter(|line| line != "ok").collect())
    };
    Ok(File { journal, bytes, damage })
}
