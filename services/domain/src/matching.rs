//! Whether a new signal belongs to a case that is open already. Deterministic rules, each named in the answer; nothing
//! learns (WGS: models must be explainable and not self-learning).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, CalendarError};
use crate::ids::{CaseId, SubjectId};
use crate::policy::Matching;

/// What a signal and a case have in common. Ordered: the first weighs most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Match {
    /// The same person.
    SameSubject {
        /// His pseudonym.
        subject: SubjectId,
    },
    /// The same household.
    SameHousehold {
        /// Its pseudonym.
        household: SubjectId,
    },
    /// The same kind at the same place, not long apart.
    SamePlaceAndKind {
        /// The pseudonym of the place.
        place: SubjectId,
    },
}

/// A case that shares something with the signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The case; open, or it would not be asked about.
    pub case: CaseId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What it shares.
    pub shared: Match,
    /// When the last signal with that in common was recorded.
    pub last_seen: Timestamp,
}

/// Chooses the case a signal recorded at `at` joins, or none: then it opens its own.
///
/// The strongest match wins; between cases matched alike the oldest does, so that a household ends up with one case.
pub fn choose<'a>(
    candidates: &'a [Candidate],
    at: Timestamp,
    policy: &Matching,
    calendar: &Calendar,
) -> Result<Option<&'a Candidate>, CalendarError> {
    let mut best: Option<&Candidate> = None;
    for candidate in candidates {
        if let Match::SamePlaceAndKind { .. } = candidate.shared
            && calendar.due_at(candidate.last_seen, policy.same_place_and_kind_within)? < at
        {
            continue;
        }
        let key = |c: &Candidate| (weight(c.shared), c.opened_at, c.case);
        if best.is_none_or(|chosen| key(candidate) < key(chosen)) {
            best = Some(candidate);
        }
    }
    Ok(best)
}

/// The rank of a match: 0 weighs most.
fn weight(shared: Match) -> u8 {
    match shared {
        Match::SameSubject { .. } => 0,
        Match::SameHousehold { .. } => 1,
        Match::SamePlaceAndKind { .. } => 2,
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    const SUBJECT: &str = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn candidate(case: &str, shared: Match, opened: &str) -> Candidate {
        let case = format!("6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1c{case}").parse().unwrap();
        Candidate { case, opened_at: at(opened), shared, last_seen: at(opened) }
    }

    fn subject() -> Match {
        Match::SameSubject { subject: SUBJECT.parse().unwrap() }
    }

    fn place() -> Match {
        Match::SamePlaceAndKind { place: SUBJECT.parse().unwrap() }
    }

    fn chosen(candidates: &[Candidate], now: &str) -> Option<Candidate> {
        let policy = Matching { same_place_and_kind_within: "14d".parse().unwrap() };
        choose(candidates, at(now), &policy, &Calendar::dutch()).unwrap().cloned()
    }

    #[test]
    fn the_same_person_weighs_more_than_the_same_place() {
        let by_place = candidate("001", place(), "2026-03-01T10:00:00Z");
        let by_person = candidate("002", subject(), "2026-03-05T10:00:00Z");
        assert_eq!(chosen(&[by_place, by_person.clone()], "2026-03-06T10:00:00Z"), Some(by_person));
    }

    #[test]
    fn of_two_cases_of_one_person_the_oldest_takes_the_signal() {
        let younger = candidate("001", subject(), "2026-03-05T10:00:00Z");
        let older = candidate("002", subject(), "2026-03-01T10:00:00Z");
        assert_eq!(chosen(&[younger, older.clone()], "2026-03-06T10:00:00Z"), Some(older));
    }

    #[test]
    fn the_same_place_long_ago_is_no_match() {
        let long_ago = candidate("001", place(), "2026-03-01T10:00:00Z");
        assert!(chosen(std::slice::from_ref(&long_ago), "2026-03-15T22:00:00Z").is_some());
        assert_eq!(chosen(&[long_ago], "2026-03-16T10:00:00Z"), None);
    }

    #[test]
    fn the_instant_at_which_the_time_is_over_still_matches() {
        let seen = [candidate("001", place(), "2026-03-01T10:00:00Z")];
        assert!(chosen(&seen, "2026-03-15T23:00:00Z").is_some());
        assert_eq!(chosen(&seen, "2026-03-15T23:00:00.000001Z"), None);
    }

    #[test]
    fn of_two_persons_of_one_case_the_first_named_is_what_they_share() {
        let first = candidate("001", subject(), "2026-03-01T10:00:00Z");
        let another = Match::SameSubject { subject: SUBJECT.replace("b001", "b002").parse().unwrap() };
        let second = candidate("001", another, "2026-03-01T10:00:00Z");
        assert_eq!(chosen(&[first.clone(), second], "2026-03-06T10:00:00Z"), Some(first));
    }

    #[test]
    fn a_person_matches_however_long_ago() {
        let long_ago = candidate("001", subject(), "2020-03-01T10:00:00Z");
        assert!(chosen(&[long_ago], "2026-03-16T10:00:00Z").is_some());
    }

    #[test]
    fn nothing_in_common_is_no_match() {
        assert_eq!(chosen(&[], "2026-03-16T10:00:00Z"), None);
    }
}
