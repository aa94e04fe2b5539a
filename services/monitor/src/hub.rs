//! What every question needs at hand.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use seinhuis_domain::directory::Directory;
use seinhuis_eventstore::keyring::Keyring;
use seinhuis_eventstore::proof::{Book, VerifierKey};
use seinhuis_eventstore::{Leases, Log, Position};
use seinhuis_projections::{DirectoryView, Faults, Places, Views};
use seinhuis_runtime::Clock;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::live::Live;

/// How long somebody who wrote waits for the read models to show it.
const OWN_WRITES: Duration = Duration::from_secs(2);

/// The counts that live in the process and not in the log, by name: `denied.NO_TOKEN`, `refused.INVALID`.
pub type ProcessTally = Arc<dyn Fn() -> Vec<(String, u64)> + Send + Sync>;

/// The read models that people ask for, as the hub's followers keep them.
#[derive(Debug, Clone)]
pub struct MonitorViews {
    /// Board, case files, own signals and tally: [`seinhuis_projections::Model::ASKED`].
    pub main: Views,
    /// The timers, which escalation follows.
    pub timers: Views,
    /// The notices, which notify follows.
    pub notices: Views,
    /// How every case ever stood.
    pub versions: Views,
}

impl MonitorViews {
    /// Waits until all of them have taken the log in up to `position`, but not for ever: what was written is safe on
    /// disk whether they show it or not.
    pub(crate) async fn reached(&self, position: Position) {
        let each = [&self.main, &self.timers, &self.notices].map(|views| views.reached(position, OWN_WRITES));
        for late in futures::future::join_all(each).await.into_iter().filter_map(Result::err) {
            tracing::debug!(%late, "a read model is behind its reader");
        }
    }
}

/// How far one follower of the log is.
#[derive(Debug, Clone)]
pub struct FollowerProgress {
    /// Its name, for operations: `views`, `casework`.
    pub name: String,
    /// The role whose work it is, under whose lease: `projections`, `casework`.
    pub role: String,
    /// The faults it has met, where it is in this process.
    pub faults: Option<Faults>,
    /// The last position it has dealt with.
    pub position: watch::Receiver<Position>,
}

/// Answers with the key that checkpoints are checked with, where it is known.
pub type CheckedWith = Arc<dyn Fn() -> Option<VerifierKey> + Send + Sync>;

/// What proofs are made from.
#[derive(Clone)]
pub struct ProofParts {
    /// Tiles and checkpoints.
    pub book: Book,
    /// What the checkpoints are checked with. Another process may sign, and its key may come later.
    pub key: CheckedWith,
}

/// What the monitor is made of.
#[derive(Clone)]
pub struct MonitorParts {
    /// The log.
    pub log: Log,
    /// Which process has which role.
    pub leases: Leases,
    /// The keys, for those who may read what is sealed.
    pub keyring: Keyring,
    /// Who is who, followed from the log.
    pub directory: DirectoryView,
    /// The read models.
    pub views: MonitorViews,
    /// Where the read models lie, also those that nobody asks here, to have them rebuilt.
    pub places: Places,
    /// Threads that give way to those that callers wait for.
    pub background: Handle,
    /// What proves the log to others.
    pub proof: ProofParts,
    /// Every follower of the hub, for operations.
    pub followers: Vec<FollowerProgress>,
    /// The hub's time.
    pub clock: Clock,
    /// The counts of the process.
    pub tally: ProcessTally,
    /// Cancelled when the hub drains: live streams end then.
    pub drain: CancellationToken,
}

impl fmt::Debug for MonitorParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MonitorParts").field("followers", &self.followers).finish_non_exhaustive()
    }
}

/// The parts, and what all services share beside them.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) parts: MonitorParts,
    /// Room for live streams (INV-11).
    pub(crate) watches: Arc<Semaphore>,
    /// How many there is room for.
    room: usize,
    /// What those share who watch.
    pub(crate) live: Live,
    /// Room for one rebuild.
    pub(crate) rebuilds: Arc<Semaphore>,
}

impl Hub {
    pub(crate) fn new(parts: MonitorParts, watches: usize) -> Self {
        let (room, live) = (watches, Live::new());
        let (watches, rebuilds) = (Arc::new(Semaphore::new(watches)), Arc::new(Semaphore::new(1)));
        Self { parts, watches, room, live, rebuilds }
    }

    /// Live streams served now.
    pub(crate) fn streams(&self) -> u32 {
        u32::try_from(self.room - self.watches.available_permits()).unwrap_or(u32::MAX)
    }

    /// The directory as it is now.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.parts.directory.current()
    }
}
