//! What every role of a process stands on.

use std::collections::BTreeMap;
use std::sync::Arc;

use seinhuis_bus::Bus;
use seinhuis_contract::gate::{CurrentDirectory, Now};
use seinhuis_eventstore::Leases;
use seinhuis_projections::{DirectoryView, Faults, Recent};
use tokio::runtime::Handle;

use super::duties::Duties;
use super::groups::Group;
use super::health::Health;
use super::measures::Measures;
use crate::config::Config;
use crate::profile::Loaded;
use crate::store::Store;

/// The same for all roles. Clones are the same ground.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub(super) config: Arc<Config>,
    pub(super) profile: Arc<Loaded>,
    pub(super) store: Store,
    pub(super) leases: Leases,
    /// Who is who, what lies where and which policy holds.
    pub(super) directory: DirectoryView,
    /// The newest events, for all roles of this process that follow the log.
    pub(super) recent: Recent,
    /// Faults met by those who follow the log in this process.
    pub(super) faults: Met,
    pub(super) bus: Bus,
    pub(super) health: Health,
    pub(super) duties: Duties,
    /// None where nobody is told.
    pub(super) measures: Option<Measures>,
    /// Threads that give way to those that callers wait for.
    pub(super) background: Handle,
}

/// Faults by the name of the group whose follower met them.
pub(super) type Met = Arc<BTreeMap<&'static str, Faults>>;

impl Ground {
    /// Where the read models of `group` are.
    pub(super) fn views_url(&self, group: &Group) -> String {
        self.store.folder.views_url(group.name, &self.config.data)
    }

    /// The directory now, for those who only want that.
    pub(super) fn current(&self) -> CurrentDirectory {
        let directory = self.directory.clone();
        Arc::new(move || directory.current())
    }

    /// The hub's time, for those who only want that.
    pub(super) fn now(&self) -> Now {
        let clock = self.store.clock.clone();
        Arc::new(move || clock.now())
    }
}
