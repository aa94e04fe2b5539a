//! Reporting a signal: the first time it is new, the same again is a retry, anything else under its reference is
//! refused (INV-3).

use jiff::{SignedDuration, Timestamp};

use super::{SignalEvent, SignalFacts};

/// How far a partner's clock may run ahead of the hub's.
pub(super) const CLOCK_SKEW_MAX: SignedDuration = SignedDuration::from_mins(5);

/// Reports one signal.
#[derive(Debug, Clone)]
pub struct ReportSignal {
    /// What is reported, sealed at the door.
    pub facts: Box<SignalFacts>,
    /// The hub's clock.
    pub now: Timestamp,
}

/// Why a signal is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignalRefusal {
    /// The reference names another signal already.
    #[error("reference {reference:?} was used before for a signal with other content")]
    ReferenceReused {
        /// The partner's reference.
        reference: String,
    },
    /// It lies in the future.
    #[error("occurred_at {occurred_at} lies more than {} minutes after the hub's clock", CLOCK_SKEW_MAX.as_mins())]
    InTheFuture {
        /// When it is said to have happened.
        occurred_at: Timestamp,
    },
}

/// Decides: an event for a new signal, nothing for a retry.
pub(super) fn decide(
    reported: Option<&SignalFacts>,
    command: ReportSignal,
) -> Result<Option<SignalEvent>, SignalRefusal> {
    let facts = command.facts;
    match reported {
        Some(before) if same(before, &facts) => Ok(None),
        Some(_) => Err(SignalRefusal::ReferenceReused { reference: facts.reference }),
        None if facts.occurred_at > command.now.saturating_add(CLOCK_SKEW_MAX).unwrap_or(command.now) => {
            Err(SignalRefusal::InTheFuture { occurred_at: facts.occurred_at })
        }
        None => Ok(Some(SignalEvent::SignalReported(facts))),
    }
}

/// Whether a signal sent again is the one that stands there.
#[cfg(not(feature = "tomorrow"))]
fn same(before: &SignalFacts, again: &SignalFacts) -> bool {
    before == again
}

/// The same in a version with one more field. Of a signal that an earlier version took in nobody knows what would stand in
/// that field: it is no other content when it is sent again to this one.
#[cfg(feature = "tomorrow")]
fn same(before: &SignalFacts, again: &SignalFacts) -> bool {
    let tomorrow = before.tomorrow.as_ref().and_then(|_| again.tomorrow.clone());
    *before == SignalFacts { tomorrow, ..again.clone() }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::{example, signal::Signal};
    use cqrs_es::test::TestFramework;

    fn facts() -> Box<SignalFacts> {
        Box::new(example::signal("wonion", "2026-17", "housing.fin.hua"))
    }

    fn report(facts: Box<SignalFacts>) -> ReportSignal {
        ReportSignal { now: facts.occurred_at, facts }
    }

    #[test]
    fn a_new_signal_is_reported() {
        TestFramework::<Signal>::with(())
            .given_no_previous_events()
            .when(report(facts()))
            .then_expect_events(vec![SignalEvent::SignalReported(facts())]);
    }

    #[test]
    fn the_same_signal_again_adds_nothing() {
        TestFramework::<Signal>::with(())
            .given(vec![SignalEvent::SignalReported(facts())])
            .when(report(facts()))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_retry_long_after_the_fact_is_still_a_retry() {
        let late = ReportSignal { now: Timestamp::MAX, facts: facts() };
        TestFramework::<Signal>::with(())
            .given(vec![SignalEvent::SignalReported(facts())])
            .when(late)
            .then_expect_events(vec![]);
    }

    #[test]
    fn other_content_under_the_same_reference_is_refused() {
        let mut other = facts();
        other.kind = crate::kind::Kind::from_code("housing.soc.gel").unwrap();
        TestFramework::<Signal>::with(())
            .given(vec![SignalEvent::SignalReported(facts())])
            .when(report(other))
            .then_expect_error(SignalRefusal::ReferenceReused { reference: "2026-17".into() });
    }

    #[test]
    fn other_sealed_content_under_the_same_reference_is_refused_too() {
        let mut other = facts();
        other.sealed = Some(crate::sealed::Sealed { keys: vec![], bytes: vec![1] });
        TestFramework::<Signal>::with(())
            .given(vec![SignalEvent::SignalReported(facts())])
            .when(report(other))
            .then_expect_error(SignalRefusal::ReferenceReused { reference: "2026-17".into() });
    }

    #[test]
    fn a_signal_from_the_future_is_refused_beyond_the_allowed_skew() {
        let facts = facts();
        let at_the_limit = facts.occurred_at.checked_sub(CLOCK_SKEW_MAX).unwrap();
        let beyond = at_the_limit.checked_sub(SignedDuration::from_secs(1)).unwrap();
        let decided = |now| decide(None, ReportSignal { facts: facts.clone(), now });
        assert!(decided(at_the_limit).is_ok());
        assert_eq!(decided(beyond), Err(SignalRefusal::InTheFuture { occurred_at: facts.occurred_at }));
    }
}
