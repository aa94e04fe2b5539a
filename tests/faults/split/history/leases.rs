//! Leases: an epoch never falls and has one holder, and a successor is at work in time.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Finding, History, Moment};

/// How soon after a fault a follower that stands by has to be at work.
const HOLDERS_CHANGE_WITHIN: Duration = Duration::from_secs(5);

/// A lease as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeaseSeen {
    pub(crate) lease: String,
    pub(crate) holder: String,
    pub(crate) epoch: u64,
}

/// How long it took from a fault of a role's leading process to the first work of its successor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Takeover {
    pub(crate) role: String,
    /// None: nobody was at work by the end.
    pub(crate) took: Option<Moment>,
}

pub(super) fn check(history: &History) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    let mut holders: BTreeMap<(&str, u64), &str> = BTreeMap::new();
    for LeaseSeen { lease, holder, epoch } in &history.leases {
        let from = last.insert(lease, *epoch).unwrap_or(*epoch);
        if *epoch < from {
            found.push(Finding::EpochFell { lease: lease.clone(), from, to: *epoch });
        }
        let one = *holders.entry((lease, *epoch)).or_insert(holder);
        if one != holder {
            let (one, other) = (one.to_owned(), holder.clone());
            found.push(Finding::TwoHolders { lease: lease.clone(), epoch: *epoch, one, other });
        }
    }
    found.extend(history.takeovers.iter().filter_map(late));
    found
}

fn late(Takeover { role, took }: &Takeover) -> Option<Finding> {
    match took {
        None => Some(Finding::NoSuccessor { role: role.clone(), within: HOLDERS_CHANGE_WITHIN }),
        Some(took) if *took > HOLDERS_CHANGE_WITHIN => {
            Some(Finding::SlowTakeover { role: role.clone(), took: *took })
        }
        Some(_) => None,
    }
}
