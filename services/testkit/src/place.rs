//! Where a benchmark's log and read models are: in files of a folder, or in databases of a private server.

use std::path::Path;

use anyhow::Context as _;
use tempfile::TempDir;

use crate::backend::Backend;
use crate::postgres::{Postgres, ROOMY};

/// Gone with all that lies there when it is dropped.
pub enum Place {
    /// A server with a database for each thing.
    Postgres(Postgres),
    /// A folder with files.
    Sqlite(TempDir),
}

impl Place {
    /// In `backend`.
    pub fn make(backend: Backend, folder: Option<&Path>) -> anyhow::Result<Self> {
        match backend {
            Backend::Postgres => Self::postgres(folder),
            Backend::Sqlite => Self::sqlite(folder),
        }
    }

    /// In a server whose files are below `folder`, or in one of the system's.
    pub fn postgres(folder: Option<&Path>) -> anyhow::Result<Self> {
        let folder = folder.map_or_else(std::env::temp_dir, Path::to_path_buf);
        Ok(Self::Postgres(Postgres::start_private_in(&folder, ROOMY)?))
    }

    /// In a folder below `folder`, or in one of the system's.
    pub fn sqlite(folder: Option<&Path>) -> anyhow::Result<Self> {
        let folder = folder.map_or_else(std::env::temp_dir, Path::to_path_buf);
        Ok(Self::Sqlite(tempfile::Builder::new().prefix("seinhuis-bench-").tempdir_in(folder)?))
    }

    /// What it is called in a table.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgres",
            Self::Sqlite(_) => "sqlite",
        }
    }

    /// The address of something new.
    pub fn address(&self, name: &str) -> anyhow::Result<String> {
        match self {
            Self::Postgres(server) => server.database(),
            Self::Sqlite(folder) => Ok(format!("sqlite:{}", folder.path().join(name).display())),
        }
    }

    /// Takes away what lies at the address `url`.
    pub fn remove(&self, url: &str) -> anyhow::Result<()> {
        let name = url.rsplit('/').next().context("an address has a name")?;
        match self {
            Self::Postgres(server) => {
                server.psql("postgres", &format!("DROP DATABASE {name} WITH (FORCE)")).map(drop)
            }
            Self::Sqlite(folder) => {
                for entry in folder.path().read_dir()? {
                    let entry = entry?;
                    if entry.file_name().to_string_lossy().starts_with(name) {
                        std::fs::remove_file(entry.path())?;
                    }
                }
                Ok(())
            }
        }
    }
}
