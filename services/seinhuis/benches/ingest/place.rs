//! Where a hub keeps its things: a folder of its own, and a database server of its own where that is asked.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::Context;
use seinhuis_testkit::{Engines, Hub, Placed, Postgres, ROOMY};

use crate::PROFILE;
use crate::arguments::{Arguments, BackendName};
use crate::target::Target;

/// What an ordinary hub bounds for a single partner, and a benchmark does not: its partners are eight.
const LIFTED: [(&str, &str); 2] =
    [("SEINHUIS_INGEST__RATE_PER_SECOND", "1000000"), ("SEINHUIS_INGEST__BURST", "1000000")];

pub(crate) enum Place {
    Postgres(Postgres),
    Split(Arc<Engines>),
    Sqlite,
}

impl Place {
    pub(crate) fn make(backend: BackendName, folder: Option<&Path>) -> anyhow::Result<Self> {
        let folder = folder.map_or_else(std::env::temp_dir, Path::to_path_buf);
        Ok(match backend {
            BackendName::Postgres => Self::Postgres(Postgres::start_private_in(&folder, ROOMY)?),
            BackendName::Split => Self::Split(Arc::new(Engines::start_private_in(&folder, ROOMY)?)),
            BackendName::Sqlite => Self::Sqlite,
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgres",
            Self::Split(_) => "split",
            Self::Sqlite => "sqlite",
        }
    }

    /// A hub that does not serve yet, with the bounds lifted.
    pub(crate) fn hub(&self, arguments: &Arguments) -> anyhow::Result<Hub> {
        let in_flight = arguments.in_flight.to_string();
        let mut hub = Hub::new(PROFILE)?.with("SEINHUIS_LOG__FILTER", "warn");
        hub = LIFTED.iter().fold(hub, |hub, (name, value)| hub.with(name, value));
        hub = hub.with("SEINHUIS_INGEST__IN_FLIGHT", &in_flight);
        match self {
            Self::Sqlite => Ok(hub),
            Self::Split(engines) => hub.on(engines),
            Self::Postgres(server) => {
                hub = hub.with("SEINHUIS_DATA__LOG_URL", &server.database()?);
                Ok(hub.with("SEINHUIS_KEYS__URL", &server.database()?))
            }
        }
    }

    /// The processes that take signals in. In one process the other roles are there too, as they always are; a split
    /// hub is measured without them, as a store is that nothing follows.
    pub(crate) fn door(&self, arguments: &Arguments) -> Vec<Placed> {
        match self {
            Self::Split(_) => vec![Placed::role("ingest"); usize::from(arguments.doors)],
            Self::Postgres(_) | Self::Sqlite => vec![Placed::all()],
        }
    }

    /// The processes of a whole hub.
    pub(crate) fn whole(&self) -> Vec<Placed> {
        match self {
            Self::Split(_) => Placed::split(),
            Self::Postgres(_) | Self::Sqlite => vec![Placed::all()],
        }
    }

    fn server(&self) -> Option<&Postgres> {
        match self {
            Self::Postgres(server) => Some(server),
            Self::Split(engines) => Some(&engines.postgres),
            Self::Sqlite => None,
        }
    }

    /// What the database itself says of its durability.
    pub(crate) fn durability(&self) -> anyhow::Result<String> {
        let Some(server) = self.server() else { return Ok("WAL, synchronous FULL".to_owned()) };
        let settings = ["server_version", "fsync", "synchronous_commit", "wal_sync_method", "shared_buffers"];
        let said =
            settings.map(|name| Ok(format!("{name} {}", server.psql("postgres", &format!("SHOW {name}"))?)));
        Ok(said.into_iter().collect::<anyhow::Result<Vec<_>>>()?.join(", "))
    }

    /// Bytes on disk at the end: the hub's folder, and its databases.
    pub(crate) fn bytes(&self, target: &Target) -> anyhow::Result<Option<u64>> {
        let databases = match self.server() {
            None => 0,
            Some(server) => {
                let size =
                    "SELECT sum(pg_database_size(oid)) FROM pg_database WHERE datname LIKE 'seinhuis_%'";
                server.psql("postgres", size)?.parse()?
            }
        };
        Ok(Some(databases + folder_bytes(&target.folder())?))
    }
}

fn folder_bytes(folder: &Path) -> anyhow::Result<u64> {
    // A hub that serves makes and moves files meanwhile, of which du complains and counts the others.
    let output = Command::new("du").args(["-sb"]).arg(folder).output().context("du")?;
    let said = String::from_utf8_lossy(&output.stdout);
    Ok(said.split_whitespace().next().context("du says nothing")?.parse()?)
}
