//! A database of one's own for one backend, with full durability.

use std::path::Path;

use seinhuis_testkit::{Postgres, ROOMY};
use sqlx::{Connection as _, PgConnection, Row as _};
use tempfile::TempDir;

use crate::arguments::BackendName;

/// Where the logs of a benchmark are made.
pub(crate) enum Place {
    Postgres(Postgres),
    Sqlite(TempDir),
}

impl Place {
    pub(crate) async fn make(backend: BackendName, folder: Option<&Path>) -> anyhow::Result<Self> {
        let folder = folder.map_or_else(std::env::temp_dir, Path::to_path_buf);
        Ok(match backend {
            BackendName::Postgres => Self::Postgres(Postgres::start_private_in(&folder, ROOMY)?),
            BackendName::Sqlite => {
                Self::Sqlite(tempfile::Builder::new().prefix("seinhuis-bench-").tempdir_in(folder)?)
            }
        })
    }

    /// The address of a new database.
    pub(crate) fn address(&self, name: &str) -> anyhow::Result<String> {
        match self {
            Self::Postgres(server) => server.database(),
            Self::Sqlite(folder) => Ok(format!("sqlite:{}", folder.path().join(name).display())),
        }
    }

    /// What the database itself says of its durability.
    pub(crate) async fn durability(&self) -> anyhow::Result<String> {
        match self {
            Self::Postgres(server) => {
                let mut connection = PgConnection::connect(&server.database()?).await?;
                let mut said = Vec::new();
                for setting in
                    ["server_version", "fsync", "synchronous_commit", "wal_sync_method", "shared_buffers"]
                {
                    let row = sqlx::query("SELECT current_setting($1)")
                        .bind(setting)
                        .fetch_one(&mut connection)
                        .await?;
                    said.push(format!("{setting} {}", row.try_get::<String, _>(0)?));
                }
                Ok(said.join(", "))
            }
            Self::Sqlite(_) => Ok("WAL, synchronous FULL".to_owned()),
        }
    }

    /// Bytes on disk of the log at `url`, indexes included.
    pub(crate) async fn bytes(&self, url: &str) -> anyhow::Result<u64> {
        match self {
            Self::Postgres(_) => {
                let mut connection = PgConnection::connect(url).await?;
                let size = "SELECT pg_total_relation_size('seinhuis.event')";
                Ok(sqlx::query_scalar::<_, i64>(size).fetch_one(&mut connection).await? as u64)
            }
            Self::Sqlite(_) => {
                let mut connection = sqlx::SqliteConnection::connect(url).await?;
                let size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
                Ok(sqlx::query_scalar::<_, i64>(size).fetch_one(&mut connection).await? as u64)
            }
        }
    }

    /// Bytes on disk of the table and of each index, where the database tells.
    pub(crate) async fn parts(&self, url: &str) -> anyhow::Result<Vec<(String, u64)>> {
        let Self::Postgres(_) = self else { return Ok(Vec::new()) };
        let mut connection = PgConnection::connect(url).await?;
        let parts = "SELECT relname::text, pg_relation_size(oid) FROM pg_class \
                     WHERE relnamespace = 'seinhuis'::regnamespace AND relname LIKE 'event%' ORDER BY relname";
        let rows = sqlx::query(parts).fetch_all(&mut connection).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u64))).collect()
    }
}
