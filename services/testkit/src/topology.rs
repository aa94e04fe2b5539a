//! How a hub is spread: the same test runs on both ways.

use crate::engines::Engines;
use crate::hub::Hub;
use crate::placed::Placed;
use crate::served::Served;

/// How a hub is spread over processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topology {
    /// All roles in one process, on files.
    Embedded,
    /// A process for each role and a second one for `ingest`, on PostgreSQL and NATS.
    Split,
}

impl Topology {
    /// A hub of this profile that doesn't serve yet.
    pub fn hub(self, profile: &str) -> anyhow::Result<Hub> {
        match self {
            Self::Embedded => Hub::new(profile),
            Self::Split => Hub::new(profile)?.on(&Engines::shared()?),
        }
    }

    /// Serves a hub; returns once all of its processes listen.
    pub fn serve(self, hub: &Hub) -> anyhow::Result<Served> {
        match self {
            Self::Embedded => hub.serve_as(&[Placed::all()]),
            Self::Split => hub.serve_as(&Placed::split()),
        }
    }
}
