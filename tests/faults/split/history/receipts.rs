//! What callers were told and what the log holds are the same (INV-1, INV-3): nothing acknowledged is missing, moved, doubled or
//! changed, nothing is there that nobody sent, and one household has one pseudonym whoever took its signals in.

use std::collections::BTreeMap;

use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{SignalId, SubjectId};
use seinhuis_domain::signal::{SignalEvent, SignalFacts};

use super::{Finding, History, Sent};

pub(super) fn check(history: &History) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut stands: BTreeMap<SignalId, u64> = BTreeMap::new();
    let mut households = Households::default();
    for entry in &history.log {
        let Event::Signal(SignalEvent::SignalReported(facts)) = &entry.event else { continue };
        let (position, reference) = (entry.position, facts.reference.clone());
        let id = SignalId::of(&facts.partner, &facts.reference);
        let first = *stands.entry(id).or_insert(position);
        if first != position {
            found.push(Finding::Doubled { reference: reference.clone(), first, again: position });
        }
        match history.sent.get(&id) {
            None => found.push(Finding::Unsent { reference, position }),
            Some(sent) if !same(sent, facts) => found.push(Finding::OtherContent { reference, position }),
            Some(sent) => found.extend(households.check(sent, facts, position)),
        }
    }
    found.extend(history.receipts.iter().filter_map(|receipt| {
        let told = receipt.position;
        let reference = || {
            history
                .sent
                .get(&receipt.signal)
                .map_or_else(|| receipt.signal.to_string(), |sent| sent.reference.clone())
        };
        match stands.get(&receipt.signal) {
            None => Some(Finding::Lost { reference: reference(), told }),
            Some(&at) if at != told => Some(Finding::Elsewhere { reference: reference(), told, found: at }),
            Some(_) => None,
        }
    }));
    found.extend(acts(history));
    found
}

fn same(sent: &Sent, facts: &SignalFacts) -> bool {
    (sent.kind, sent.urgency, sent.occurred_at) == (facts.kind, facts.urgency, facts.occurred_at)
        && sent.area == facts.area
        && sent.household.is_some() == facts.household.is_some()
}

/// Which pseudonym each household was given, and where first.
#[derive(Default)]
struct Households<'a> {
    of_key: BTreeMap<&'a str, (SubjectId, u64)>,
    of_pseudonym: BTreeMap<SubjectId, &'a str>,
}

impl<'a> Households<'a> {
    fn check(&mut self, sent: &'a Sent, facts: &SignalFacts, position: u64) -> Option<Finding> {
        let (key, pseudonym) = (sent.household.as_deref()?, facts.household?);
        let (known, before) = *self.of_key.entry(key).or_insert((pseudonym, position));
        if known != pseudonym {
            return Some(Finding::OtherPseudonym { key: key.to_owned(), before, position });
        }
        let other = *self.of_pseudonym.entry(pseudonym).or_insert(key);
        (other != key).then(|| Finding::SharedPseudonym {
            key: key.to_owned(),
            other: other.to_owned(),
            position,
        })
    }
}

/// An act that somebody was told of stands in its case, under his name.
fn acts(history: &History) -> impl Iterator<Item = Finding> + '_ {
    let by_position: BTreeMap<u64, _> = history.log.iter().map(|entry| (entry.position, entry)).collect();
    history.acts.iter().filter_map(move |acted| {
        let stands = by_position
            .get(&acted.position)
            .is_some_and(|entry| entry.case() == Some(acted.case) && entry.actor == acted.by);
        (!stands).then(|| Finding::ActLost {
            case: acted.case,
            by: acted.by.clone(),
            position: acted.position,
        })
    })
}
