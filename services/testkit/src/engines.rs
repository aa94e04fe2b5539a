//! What a split hub runs on: a PostgreSQL server and a nats-server.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::nats::Nats;
use crate::postgres::Postgres;

/// Connections for several hubs with ten processes each.
const CONNECTIONS: &str = "max_connections=500";

/// The OIN of a municipality that is none, as the source of the feed.
const OIN: &str = "00000001823288444000";

/// What each hub's feed may take: JetStream sets so much aside for it.
const FEED_BYTES: &str = "16777216";

/// A server of each. Hubs on them have databases and a prefix of their own.
#[derive(Debug)]
pub struct Engines {
    /// The database server.
    pub postgres: Postgres,
    /// The server of the bus.
    pub nats: Nats,
    hubs: AtomicU32,
}

impl Engines {
    /// Servers of one's own, or those that `DATABASE_URL` and `NATS_URL` name.
    pub fn start() -> anyhow::Result<Self> {
        let postgres = Postgres::start_with(&[CONNECTIONS])?;
        Ok(Self { postgres, nats: Nats::start()?, hubs: AtomicU32::new(0) })
    }

    /// Servers of one's own whatever those variables say, the database below `parent` and with more settings
    /// (`name=value`): for benchmarks.
    pub fn start_private_in(parent: &Path, settings: &[&str]) -> anyhow::Result<Self> {
        let settings = [&[CONNECTIONS], settings].concat();
        let postgres = Postgres::start_private_in(parent, &settings)?;
        Ok(Self { postgres, nats: Nats::start_private()?, hubs: AtomicU32::new(0) })
    }

    /// The servers that all tests of this program share; they stop with the last hub on them.
    pub fn shared() -> anyhow::Result<Arc<Self>> {
        static SHARED: Mutex<Weak<Engines>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return Ok(running);
        }
        let started = Arc::new(Self::start()?);
        *shared = Arc::downgrade(&started);
        Ok(started)
    }

    /// The settings of another hub on them: variables of the environment.
    pub(crate) fn settings(&self) -> anyhow::Result<Vec<(&'static str, String)>> {
        let (log, keys) = (self.postgres.database()?, self.postgres.database()?);
        let number = self.hubs.fetch_add(1, Ordering::Relaxed);
        Ok(vec![
            ("SEINHUIS_DATA__LOG_URL", log.clone()),
            ("SEINHUIS_DATA__VIEWS_URL", log),
            ("SEINHUIS_KEYS__URL", keys),
            ("SEINHUIS_BUS__URL", self.nats.url().to_owned()),
            ("SEINHUIS_BUS__PREFIX", format!("test-{}-{number}", std::process::id())),
            ("SEINHUIS_FEED__OIN", OIN.to_owned()),
            ("SEINHUIS_FEED__STREAM", format!("TEST_{}_{number}", std::process::id())),
            ("SEINHUIS_FEED__BYTES", FEED_BYTES.to_owned()),
        ])
    }
}
