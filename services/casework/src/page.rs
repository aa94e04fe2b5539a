//! One page of signals: which case each of them joins, given what the read model knows and what this very page has
//! already decided.

use std::collections::BTreeMap;

use seinhuis_domain::calendar::{Calendar, CalendarError};
use seinhuis_domain::ids::{CaseId, SubjectId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::matching::{Candidate, Match, choose};
use seinhuis_domain::policy::Matching;
use seinhuis_projections::PendingSignal;

/// What becomes of one signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It opens a case of its own.
    Open(CaseId),
    /// It joins one.
    Attach(CaseId, Match),
}

impl Decision {
    /// The case, old or new.
    pub(crate) fn case(&self) -> CaseId {
        match self {
            Self::Open(case) | Self::Attach(case, _) => *case,
        }
    }
}

/// What two signals can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Subject(SubjectId),
    Household(SubjectId),
    Place(SubjectId, Kind),
}

/// The links this page has made so far. The read model sees them only after the page is committed.
#[derive(Debug, Default)]
pub(crate) struct Page {
    links: BTreeMap<Key, Vec<Candidate>>,
}

impl Page {
    /// Decides one signal and remembers the outcome for the signals after it.
    pub(crate) fn decide(
        &mut self,
        signal: &PendingSignal,
        mut candidates: Vec<Candidate>,
        policy: &Matching,
        calendar: &Calendar,
    ) -> Result<Decision, CalendarError> {
        candidates.extend(keys(signal).filter_map(|(key, _)| self.links.get(&key)).flatten().cloned());
        let chosen = choose(&candidates, signal.recorded_at, policy, calendar)?;
        let decision = match chosen {
            Some(candidate) => Decision::Attach(candidate.case, candidate.shared),
            None => Decision::Open(CaseId::opened_by(signal.signal.id)),
        };
        let opened_at = chosen.map_or(signal.recorded_at, |candidate| candidate.opened_at);
        for (key, shared) in keys(signal) {
            let (case, last_seen) = (decision.case(), signal.recorded_at);
            self.links.entry(key).or_default().push(Candidate { case, opened_at, shared, last_seen });
        }
        Ok(decision)
    }
}

fn keys(signal: &PendingSignal) -> impl Iterator<Item = (Key, Match)> + '_ {
    let kind = signal.signal.kind;
    let subjects =
        signal.signal.subjects.iter().map(|&subject| (Key::Subject(subject), Match::SameSubject { subject }));
    let household =
        signal.household.map(|household| (Key::Household(household), Match::SameHousehold { household }));
    let place = signal.place.map(|place| (Key::Place(place, kind), Match::SamePlaceAndKind { place }));
    subjects.chain(household).chain(place)
}
