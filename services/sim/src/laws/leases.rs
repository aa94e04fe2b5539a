//! Nothing is written under a lease that has passed on, and nobody is told by a process that was superseded.

use jiff::Timestamp;

use super::History;
use crate::process::Role;

pub(super) fn broken(history: &History<'_>) -> Vec<String> {
    let superseded = |role: Role, epoch: u64| -> Option<Timestamp> {
        let next = usize::try_from(epoch).ok()?;
        history.leases[&role].taken.get(next).map(|(at, _)| *at)
    };
    let mut found = Vec::new();
    for stored in history.log {
        let Some((name, epoch)) = stored.fence else { continue };
        let role = Role::ALL.into_iter().find(|role| role.name() == name);
        if role.and_then(|role| superseded(role, epoch)).is_some_and(|at| at <= stored.at) {
            found.push(format!(
                "{} was written under epoch {epoch} of {name}, which was over",
                stored.recorded.position
            ));
        }
    }
    for sent in history.sent {
        if superseded(Role::Notify, sent.epoch).is_some_and(|at| at <= sent.at) {
            found.push(format!("{:?} told {} at {}, and was superseded", sent.by, sent.person, sent.at));
        }
    }
    found
}
