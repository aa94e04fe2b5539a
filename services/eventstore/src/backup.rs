//! Copies of the hub's SQLite files: taken while others write, and made whole again before they are put to use.

use std::fs::File;
use std::path::Path;

use seinhuis_domain::ids::SubjectId;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::backend::{durable, private_file};
use crate::fault::Fault;

/// Copies the SQLite file `from` to `to`, which must not be there yet: all of it as of one moment, readable by its owner
/// only. Others go on reading and writing meanwhile; what they write stays in the write-ahead log until the copy is done.
///
/// Nothing that was ever deleted is in the copy, not even in unused parts of its pages.
pub async fn copy(from: &Path, to: &Path) -> Result<(), Fault> {
    private_file(to)?;
    let failed = || Fault::database("copy its file");
    let mut source = durable(from).connect().await.map_err(failed())?;
    let copied = sqlx::query("VACUUM INTO ?").bind(to.display().to_string()).execute(&mut source).await;
    copied.map_err(failed())?;
    source.close().await.map_err(failed())?;
    // SQLite leaves it to whoever asked for the copy to bring it to the disk.
    File::open(to).and_then(|copy| copy.sync_all()).map_err(Fault::file("write to disk", to))
}

/// Brings everything of the SQLite file at `path` into that one file, on disk: no write-ahead log remains beside it. Only
/// for a file that nobody else has open.
pub async fn gather(path: &Path) -> Result<(), Fault> {
    let failed = || Fault::database("gather its file");
    let mut file = durable(path).connect().await.map_err(failed())?;
    sqlx::query("PRAGMA journal_mode = DELETE").execute(&mut file).await.map_err(failed())?;
    file.close().await.map_err(failed())?;
    File::open(path).and_then(|file| file.sync_all()).map_err(Fault::file("write to disk", path))
}

/// Destroys the keys of `subjects` in the key store at `keys` once more, and tells how many of them it still had. For a
/// key store older than the log: what was erased since then must not come back. Needs no master key.
pub async fn erase_again(keys: &Path, subjects: &[SubjectId]) -> Result<u64, Fault> {
    let failed = || Fault::database("erase subjects once more");
    let mut file = durable(keys).pragma("secure_delete", "ON").connect().await.map_err(failed())?;
    let erased = erase(&mut file, subjects).await.map_err(failed())?;
    file.close().await.map_err(failed())?;
    Ok(erased)
}

async fn erase(file: &mut SqliteConnection, subjects: &[SubjectId]) -> Result<u64, sqlx::Error> {
    let mut change = file.begin_with("BEGIN IMMEDIATE").await?;
    let mut erased = 0;
    for subject in subjects {
        let id = subject.0.as_bytes().to_vec();
        let gone =
            sqlx::query("DELETE FROM subject WHERE id = ?").bind(id.clone()).execute(&mut *change).await?;
        erased += gone.rows_affected();
        // Also for one this store never knew: the log says that it is erased, and so it is.
        let marked = sqlx::query("INSERT INTO erased (id) VALUES (?) ON CONFLICT DO NOTHING").bind(id);
        marked.execute(&mut *change).await?;
    }
    change.commit().await?;
    if erased > 0 {
        // Pages that were split or joined may keep old bytes in their unused parts.
        sqlx::raw_sql("VACUUM").execute(&mut *file).await?;
    }
    Ok(erased)
}
