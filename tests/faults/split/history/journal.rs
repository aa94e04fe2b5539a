//! The log itself: positions are dense (INV-2), and so are the versions of each stream.

use std::collections::BTreeMap;

use super::{Finding, History};

pub(super) fn check(history: &History) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut versions: BTreeMap<&str, u64> = BTreeMap::new();
    let mut last = 0;
    for entry in &history.log {
        if entry.position != last + 1 {
            found.push(Finding::NotDense { expected: last + 1, found: entry.position });
        }
        last = entry.position;
        let version = versions.entry(&entry.stream).or_default();
        if entry.version != *version + 1 {
            found.push(Finding::Version {
                stream: entry.stream.clone(),
                expected: *version + 1,
                found: entry.version,
                position: entry.position,
            });
        }
        *version = entry.version;
    }
    found
}
