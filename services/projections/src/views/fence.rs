//! Nothing of an earlier holder of a lease gets in after a later one: a process that was paused and wakes up changes no
//! read model.

use seinhuis_eventstore::Fence;

use crate::backend::Change;
use crate::cell::cells;
use crate::fault::Fault;
use crate::table::{Merge, Table};

/// The highest epoch that was shown here, of each lease.
pub(super) const FENCE: Table = Table {
    name: "fence",
    generation: 0,
    columns: &[("name", "TEXT NOT NULL"), ("epoch", "INTEGER NOT NULL")],
    key: 1,
    merge: Merge::Replace,
    indexes: &[],
};

/// Takes the row of the lease for the length of the change, whoever it is: a later holder waits until an earlier one
/// has written or gone, and an earlier one that waited finds the later one's epoch.
const PASS: &str = "INSERT INTO fence AS own (name, epoch) VALUES ($1, $2) ON CONFLICT (name) \
                    DO UPDATE SET epoch = excluded.epoch WHERE own.epoch <= excluded.epoch RETURNING epoch";

/// Lets `fence` through, unless a later holder of its lease was here.
pub(super) async fn pass(change: &mut Change, fence: &Fence) -> Result<(), Fault> {
    let passed = change.fetch(FENCE.name, PASS, cells![&*fence.name, fence.epoch]).await?;
    if passed.is_empty() {
        return Err(Fault::Fenced { name: fence.name.clone(), epoch: fence.epoch });
    }
    Ok(())
}
