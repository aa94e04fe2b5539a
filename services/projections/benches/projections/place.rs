//! Where a log and its read models are: in files of a folder, or in databases of a private server.

use std::path::Path;

use seinhuis_projections::Model;
use seinhuis_testkit::{Postgres, ROOMY};
use tempfile::TempDir;

use crate::arguments::BackendName;

/// Gone with all that lies there when it is dropped.
pub(crate) enum Place {
    Postgres(Postgres),
    Sqlite(TempDir),
}

impl Place {
    pub(crate) fn make(backend: BackendName, folder: Option<&Path>) -> Self {
        let folder = folder.map_or_else(std::env::temp_dir, Path::to_path_buf);
        match backend {
            BackendName::Postgres => Self::Postgres(Postgres::start_private_in(&folder, ROOMY).unwrap()),
            BackendName::Sqlite => {
                Self::Sqlite(tempfile::Builder::new().prefix("seinhuis-bench-").tempdir_in(folder).unwrap())
            }
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgres",
            Self::Sqlite(_) => "sqlite",
        }
    }

    /// The address of something new.
    pub(crate) fn address(&self, name: &str) -> String {
        match self {
            Self::Postgres(server) => server.database().unwrap(),
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join(name).display()),
        }
    }

    /// Takes read models away again that lie at `url`.
    pub(crate) fn remove(&self, url: &str) {
        match self {
            Self::Postgres(server) => {
                let name = url.rsplit('/').next().unwrap();
                server.psql("postgres", &format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
            }
            Self::Sqlite(folder) => {
                let prefix = url.rsplit('/').next().unwrap();
                for entry in folder.path().read_dir().unwrap().map(Result::unwrap) {
                    if entry.file_name().to_string_lossy().starts_with(prefix) {
                        std::fs::remove_file(entry.path()).unwrap();
                    }
                }
            }
        }
    }
}

/// Where a group of `models` lies: a database for all of them, or a file for each.
pub(crate) fn group(url: &str, models: &[Model]) -> String {
    if url.starts_with("sqlite:") { format!("{url}-{}", models[0]) } else { url.to_owned() }
}
