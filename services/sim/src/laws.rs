//! What must hold of every history, whatever happened: each law looks at the log, at the tries to tell people and at what the
//! world knows, and asks nothing of what wrote them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::lease::Lease;
use crate::log::Stored;
use crate::process::Role;
use crate::world::{Sent, World};

mod climbs;
mod cycles;
mod held;
mod ladder;
mod leases;
mod reminders;
mod told;

/// All that is known of a run.
pub(crate) struct History<'a> {
    pub(crate) log: &'a [Stored],
    pub(crate) sent: &'a [Sent],
    pub(crate) leases: &'a BTreeMap<Role, Lease>,
    pub(crate) steady: &'a [(Timestamp, Timestamp)],
    /// When the run ended.
    pub(crate) last: Timestamp,
}

/// Everything in it that breaks a law.
pub(crate) fn broken(world: &World) -> Vec<String> {
    let history = History {
        log: &world.log.events,
        sent: &world.sent,
        leases: &world.leases,
        steady: &world.steady,
        last: world.now,
    };
    let laws: [fn(&History<'_>) -> Vec<String>; 7] = [
        ladder::broken,
        climbs::broken,
        cycles::broken,
        reminders::broken,
        told::broken,
        held::broken,
        leases::broken,
    ];
    let found = laws.into_iter().flat_map(|law| law(&history));
    world.broken.iter().cloned().chain(found).collect()
}
