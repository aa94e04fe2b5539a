//! Whoever is to be forgotten is forgotten, once, and nobody else (INV-9).

use std::collections::BTreeMap;

use seinhuis_domain::event::Event;
use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::subject::SubjectEvent;

use super::{Finding, History};

pub(super) fn check(history: &History) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut ordered: BTreeMap<SubjectId, u64> = BTreeMap::new();
    let mut erased: BTreeMap<SubjectId, u64> = BTreeMap::new();
    for entry in &history.log {
        let position = entry.position;
        match &entry.event {
            Event::Subject(SubjectEvent::ErasureOrdered { subject, .. }) => {
                ordered.entry(*subject).or_insert(position);
            }
            Event::Subject(SubjectEvent::SubjectErased { subject, .. }) => {
                if !ordered.contains_key(subject) {
                    found.push(Finding::ErasedUnasked { subject: *subject, position });
                }
                if let Some(first) = erased.insert(*subject, position) {
                    found.push(Finding::ErasedTwice { subject: *subject, first, again: position });
                }
            }
            _ => {}
        }
    }
    let left =
        ordered.iter().filter(|(subject, _)| history.horizon.is_some() && !erased.contains_key(subject));
    found.extend(
        left.map(|(subject, position)| Finding::NotErased { subject: *subject, position: *position }),
    );
    found
}
