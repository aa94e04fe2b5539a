//! What all cells of the matrix share: a PostgreSQL server and a nats-server. Each cell has databases and a prefix of its own.

use std::path::PathBuf;

use seinhuis_testkit::{Hub, Nats, Postgres, signal};

use crate::watch::FeedAt;

/// Connections for twenty processes and those who look on.
const CONNECTIONS: &str = "max_connections=600";
/// The number of an organisation that there is not, as the source of the feed.
const OIN: &str = "00000001823288444000";
/// What each cell's feed may take of what JetStream has for all of them.
const FEED_BYTES: &str = "67108864";
const PROFILE: &str = "oude-ijsselstreek";

/// The servers.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) postgres: Postgres,
    pub(crate) nats: Nats,
    /// Signals a second while all processes are restarted.
    pub(crate) rolling: f64,
    /// The program of the next version, where it was built.
    pub(crate) tomorrow: Option<PathBuf>,
    hubs: usize,
}

/// Where one hub keeps what it has.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    pub(crate) log: String,
    pub(crate) keys: String,
    pub(crate) bus: String,
    pub(crate) feed: FeedAt,
}

impl Ground {
    pub(crate) fn start(rolling: f64, tomorrow: Option<PathBuf>) -> Self {
        let postgres = Postgres::start_private(&[CONNECTIONS]).unwrap();
        Self { postgres, nats: Nats::start_private().unwrap(), rolling, tomorrow, hubs: 0 }
    }

    /// A hub that doesn't serve yet, on databases of its own.
    pub(crate) fn hub(&mut self) -> (Hub, Addresses) {
        self.hubs += 1;
        let (log, keys) = (self.postgres.database().unwrap(), self.postgres.database().unwrap());
        let bus = self.nats.url().to_owned();
        let feed =
            FeedAt { server: bus.clone(), stream: format!("CELL_{}_{}", std::process::id(), self.hubs) };
        let prefix = format!("cell-{}-{}", std::process::id(), self.hubs);
        let hub =
            Hub::new(PROFILE).unwrap().with("SEINHUIS_BUS__PREFIX", &prefix).with("SEINHUIS_FEED__OIN", OIN);
        let hub = hub.with("SEINHUIS_FEED__STREAM", &feed.stream).with("SEINHUIS_FEED__BYTES", FEED_BYTES);
        let addresses = Addresses { log, keys, bus, feed };
        let hub = addresses.settings().into_iter().fold(hub, |hub, (name, value)| hub.with(name, &value));
        (hub, addresses)
    }
}

impl Ground {
    /// Stops PostgreSQL with all of its processes in their tracks: first the one that makes others.
    pub(crate) fn pause_postgres(&self) {
        let first = self.postgres.pid().unwrap();
        signal("STOP", first).unwrap();
        children_of(first).into_iter().for_each(|child| drop(signal("STOP", child)));
    }

    /// Lets it go on.
    pub(crate) fn resume_postgres(&self) {
        let first = self.postgres.pid().unwrap();
        children_of(first).into_iter().for_each(|child| drop(signal("CONT", child)));
        signal("CONT", first).unwrap();
    }
}

fn children_of(pid: u32) -> Vec<u32> {
    let listed = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    listed.split_whitespace().map(|child| child.parse().unwrap()).collect()
}

impl Addresses {
    /// As variables of the environment.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SEINHUIS_DATA__LOG_URL", self.log.clone()),
            ("SEINHUIS_DATA__VIEWS_URL", self.log.clone()),
            ("SEINHUIS_KEYS__URL", self.keys.clone()),
            ("SEINHUIS_BUS__URL", self.bus.clone()),
        ]
    }
}
