//! Subject: whether the keys of a person, household or place may be destroyed, and that they were. The facts outlive the
//! person; nothing of him does.

use std::collections::BTreeMap;

use cqrs_es::{Aggregate, event_sink::EventSink};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod event;
mod hold;
mod lift_hold;
mod order_erasure;
mod reason;
mod record_erasure;

pub use event::SubjectEvent;
pub use reason::{ErasureReason, HoldReason};

use crate::ids::SubjectId;

/// What somebody wants to happen to a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectCommand {
    /// Keeps the subject from being erased.
    Hold {
        /// Who.
        subject: SubjectId,
        /// What for. Each reason is a hold of its own.
        reason: HoldReason,
        /// The last day it counts; `None`: until it is lifted.
        until: Option<Date>,
        /// Today in Europe/Amsterdam.
        today: Date,
    },
    /// Ends a hold.
    LiftHold {
        /// Who.
        subject: SubjectId,
        /// Which one; `None`: all of them.
        reason: Option<HoldReason>,
    },
    /// Has the keys destroyed (AVG art. 17). From here on there is no way back.
    OrderErasure {
        /// Who.
        subject: SubjectId,
        /// Why.
        reason: ErasureReason,
        /// Today in Europe/Amsterdam.
        today: Date,
    },
    /// Records that the keys that were ordered to be destroyed are gone.
    RecordErasure {
        /// Who.
        subject: SubjectId,
    },
}

/// Why a command was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubjectRefusal {
    /// A hold keeps the subject.
    #[error("it is held: {reason}{}", until_text(*until))]
    Held {
        /// What for; the first of several.
        reason: HoldReason,
        /// The last day it counts.
        until: Option<Date>,
    },
    /// A hold that would be over before it began.
    #[error("a hold until {until} is over already, today is {today}")]
    HoldInPast {
        /// The last day it would count.
        until: Date,
        /// Today.
        today: Date,
    },
    /// There is no such hold.
    #[error("it isn't held")]
    NotHeld,
    /// Its erasure was ordered, and a key may be gone already.
    #[error("its erasure was ordered: {reason}")]
    ErasureOrdered {
        /// Why.
        reason: ErasureReason,
    },
    /// Nobody ordered it to be erased.
    #[error("nobody ordered its erasure")]
    NotOrdered,
    /// It is erased.
    #[error("it is erased")]
    Erased,
    /// That no reason was recorded is no reason.
    #[error("an erasure needs a reason")]
    NoReason,
}

fn until_text(until: Option<Date>) -> String {
    until.map_or_else(|| ", until it is lifted".to_owned(), |until| format!(", until {until}"))
}

/// One subject.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    holds: BTreeMap<HoldReason, Option<Date>>,
    ordered: Option<ErasureReason>,
    erased: bool,
}

impl Subject {
    /// The holds that count on `today`, and the last day of each.
    pub fn holds_on(&self, today: Date) -> impl Iterator<Item = (HoldReason, Option<Date>)> {
        let counts = move |until: Option<Date>| until.is_none_or(|until| until >= today);
        self.holds.iter().map(|(reason, until)| (*reason, *until)).filter(move |(_, until)| counts(*until))
    }

    /// Why it is to be erased, once that was ordered.
    pub fn ordered(&self) -> Option<ErasureReason> {
        self.ordered
    }

    /// Whether it is erased.
    pub fn is_erased(&self) -> bool {
        self.erased
    }

    /// Whether its keys are still to be destroyed.
    pub fn is_to_be_erased(&self) -> bool {
        self.ordered.is_some() && !self.erased
    }

    fn decide(&self, command: SubjectCommand) -> Result<Vec<SubjectEvent>, SubjectRefusal> {
        match command {
            SubjectCommand::Hold { subject, reason, until, today } => {
                hold::hold(self, subject, reason, until, today)
            }
            SubjectCommand::LiftHold { subject, reason } => lift_hold::lift_hold(self, subject, reason),
            SubjectCommand::OrderErasure { subject, reason, today } => {
                order_erasure::order_erasure(self, subject, reason, today)
            }
            SubjectCommand::RecordErasure { subject } => record_erasure::record_erasure(self, subject),
        }
    }
}

impl Aggregate for Subject {
    const TYPE: &'static str = "subject";
    type Command = SubjectCommand;
    type Event = SubjectEvent;
    type Error = SubjectRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: SubjectCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), SubjectRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: SubjectEvent) {
        match event {
            SubjectEvent::SubjectHeld { reason, until, .. } => {
                self.holds.insert(reason, until);
            }
            SubjectEvent::HoldLifted { reason, .. } => {
                self.holds.remove(&reason);
            }
            SubjectEvent::ErasureOrdered { reason, .. } => self.ordered = Some(reason),
            SubjectEvent::SubjectErased { .. } => self.erased = true,
        }
    }
}

#[cfg(test)]
mod given {
    //! What the specs of the decisions begin from.

    use cqrs_es::test::TestFramework;
    use jiff::civil::{Date, date};

    use super::{ErasureReason, HoldReason, Subject, SubjectEvent, SubjectRefusal};
    use crate::ids::SubjectId;

    pub(super) const TODAY: Date = date(2026, 3, 10);

    pub(super) fn subject() -> SubjectId {
        SubjectId(uuid::Uuid::from_u128(0x6f3b_7a0e_8f0b_4b52_9d5e_0d4a_53c1_b001))
    }

    pub(super) fn held(reason: HoldReason, until: Option<Date>) -> SubjectEvent {
        SubjectEvent::SubjectHeld { subject: subject(), reason, until }
    }

    pub(super) fn lifted(reason: HoldReason) -> SubjectEvent {
        SubjectEvent::HoldLifted { subject: subject(), reason }
    }

    pub(super) fn ordered() -> SubjectEvent {
        SubjectEvent::ErasureOrdered { subject: subject(), reason: ErasureReason::Request }
    }

    pub(super) fn erased() -> SubjectEvent {
        SubjectEvent::SubjectErased { subject: subject(), reason: ErasureReason::Request }
    }

    /// Given `events`, `command` leads to `expected`.
    pub(super) fn leads_to(
        events: &[SubjectEvent],
        command: super::SubjectCommand,
        expected: Result<Vec<SubjectEvent>, SubjectRefusal>,
    ) {
        let when = TestFramework::<Subject>::with(()).given(events.to_vec()).when(command);
        assert_eq!(when.inspect_result(), expected);
    }
}

#[cfg(test)]
mod specs {
    use super::given::{TODAY, erased, held, ordered};
    use super::*;

    fn after(events: &[SubjectEvent]) -> Subject {
        let mut subject = Subject::default();
        events.iter().for_each(|event| subject.apply(event.clone()));
        subject
    }

    #[test]
    fn a_subject_is_to_be_erased_from_the_order_until_its_keys_are_gone() {
        let seen = |events: &[SubjectEvent]| {
            let subject = after(events);
            (subject.ordered(), subject.is_to_be_erased(), subject.is_erased())
        };
        assert_eq!(seen(&[]), (None, false, false));
        assert_eq!(seen(&[ordered()]), (Some(ErasureReason::Request), true, false));
        assert_eq!(seen(&[ordered(), erased()]), (Some(ErasureReason::Request), false, true));
    }

    #[test]
    fn a_hold_counts_until_the_end_of_its_last_day() {
        let subject = after(&[held(HoldReason::Objection, Some(TODAY))]);
        assert_eq!(subject.holds_on(TODAY).count(), 1);
        assert_eq!(subject.holds_on(TODAY.tomorrow().unwrap()).count(), 0);
    }

    #[test]
    fn a_refusal_says_how_long_a_hold_lasts() {
        let until = |until| SubjectRefusal::Held { reason: HoldReason::Objection, until }.to_string();
        assert!(until(None).ends_with(", until it is lifted"), "{}", until(None));
        assert!(until(Some(TODAY)).ends_with(", until 2026-03-10"), "{}", until(Some(TODAY)));
    }
}
