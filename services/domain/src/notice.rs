//! Notice: what became of telling one person one thing.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use serde::{Deserialize, Serialize};
use std::fmt;

use crate::area::AreaCode;
use crate::fact::Fact;
use crate::ids::{CaseId, NoticeId, PersonId};
use crate::ladder::Rung;
use crate::sector::named;

mod moot;

pub use moot::{Moot, Tells, moot};

named! {
    /// The way a notice goes.
    Channel {
        /// By mail, over SMTP.
        Mail = "mail", "e-mail";
        /// As a mail file in the data folder, where no mail server is configured.
        File = "file", "bestand";
        /// To a webhook of the person's own: another system, which tells him in its way.
        Webhook = "webhook", "webhook";
    }
}

/// What the notice is about. Nothing personal: a number, a place and a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeFacts {
    /// The notice, for ever (INV-8).
    pub notice: NoticeId,
    /// The case it tells of.
    pub case: CaseId,
    /// Where.
    pub area: AreaCode,
    /// The rung that was reached.
    pub rung: Rung,
    /// Who is told.
    pub person: PersonId,
    /// Which reminder on that rung it is; none: it tells of the climb.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder: Option<u32>,
}

/// Records what became of a notice, or has it tried again.
#[derive(Debug, Clone)]
pub enum NoticeCommand {
    /// The receiver's server took it, or the file is written.
    RecordDelivery {
        /// What it is about.
        facts: NoticeFacts,
        /// How it went.
        channel: Channel,
        /// Tries made, this one included.
        attempts: u32,
    },
    /// It was refused for good, or too often.
    RecordFailure {
        /// What it is about.
        facts: NoticeFacts,
        /// How it was tried.
        channel: Channel,
        /// Tries made.
        attempts: u32,
        /// Why, in words that name no one.
        reason: String,
    },
    /// It was held, and nothing is left to tell.
    Withdraw {
        /// What it is about.
        facts: NoticeFacts,
        /// Why.
        because: Moot,
    },
    /// It failed for good, and whoever looks after the hub has it tried again.
    Replay {
        /// What it is about.
        facts: NoticeFacts,
    },
}

/// What became of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum NoticeEvent {
    /// The person was told.
    #[serde(rename = "notice.delivered")]
    NoticeDelivered {
        /// What it is about.
        #[serde(flatten)]
        facts: NoticeFacts,
        /// How it went.
        channel: Channel,
        /// Tries made.
        attempts: u32,
    },
    /// The person could not be told.
    #[serde(rename = "notice.failed")]
    NoticeFailed {
        /// What it is about.
        #[serde(flatten)]
        facts: NoticeFacts,
        /// How it was tried.
        channel: Channel,
        /// Tries made.
        attempts: u32,
        /// Why.
        reason: String,
    },
    /// The person was not told, since nothing was left to tell when the notice might have gone out.
    #[serde(rename = "notice.withdrawn")]
    NoticeWithdrawn {
        /// What it is about.
        #[serde(flatten)]
        facts: NoticeFacts,
        /// Why.
        because: Moot,
    },
    /// It failed, and is tried again from the start, under the same id.
    #[serde(rename = "notice.replayed")]
    NoticeReplayed {
        /// What it is about.
        #[serde(flatten)]
        facts: NoticeFacts,
    },
}

/// What is told of a climb, or by the `reminder`th reminder of the next one: with the person it makes the id of the notice
/// to him (INV-8).
pub fn what_is_told(
    case: CaseId,
    policy_version: u32,
    rung: Rung,
    cycle: u32,
    reminder: Option<u32>,
) -> String {
    let climb = format!("{case}:{policy_version}:{rung}:{cycle}");
    reminder.map_or(climb.clone(), |nth| format!("{climb}:reminder:{nth}"))
}

impl NoticeEvent {
    /// What the notice is about.
    pub fn facts(&self) -> &NoticeFacts {
        match self {
            Self::NoticeDelivered { facts, .. }
            | Self::NoticeFailed { facts, .. }
            | Self::NoticeWithdrawn { facts, .. }
            | Self::NoticeReplayed { facts } => facts,
        }
    }
}

impl DomainEvent for NoticeEvent {
    fn event_type(&self) -> String {
        match self {
            Self::NoticeDelivered { .. } => "notice.delivered",
            Self::NoticeFailed { .. } => "notice.failed",
            Self::NoticeWithdrawn { .. } => "notice.withdrawn",
            Self::NoticeReplayed { .. } => "notice.replayed",
        }
        .into()
    }
    fn event_version(&self) -> String {
        "1".into()
    }
}

impl Fact for NoticeEvent {
    fn area(&self) -> Option<&AreaCode> {
        Some(&self.facts().area)
    }
}

/// Why a notice isn't tried again. Recording an outcome is never refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeRefusal {
    /// It was delivered, or is being tried still.
    #[error("the notice hasn't failed, so there is nothing to try again")]
    NotFailed,
}

/// One notice: whether its outcome is known.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Notice {
    settled: bool,
    failed: bool,
}

impl Aggregate for Notice {
    const TYPE: &'static str = "notice";
    type Command = NoticeCommand;
    type Event = NoticeEvent;
    type Error = NoticeRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: NoticeCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), NoticeRefusal> {
        let event = match command {
            NoticeCommand::Replay { facts } if self.failed => NoticeEvent::NoticeReplayed { facts },
            NoticeCommand::Replay { .. } => return Err(NoticeRefusal::NotFailed),
            // The first outcome stands: a retry after a crash must not tell the log twice.
            _ if self.settled => return Ok(()),
            NoticeCommand::RecordDelivery { facts, channel, attempts } => {
                NoticeEvent::NoticeDelivered { facts, channel, attempts }
            }
            NoticeCommand::RecordFailure { facts, channel, attempts, reason } => {
                NoticeEvent::NoticeFailed { facts, channel, attempts, reason }
            }
            NoticeCommand::Withdraw { facts, because } => NoticeEvent::NoticeWithdrawn { facts, because },
        };
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, event: NoticeEvent) {
        self.settled = !matches!(event, NoticeEvent::NoticeReplayed { .. });
        self.failed = matches!(event, NoticeEvent::NoticeFailed { .. });
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use cqrs_es::test::TestFramework;

    fn facts() -> NoticeFacts {
        let person = PersonId::new("regisseur-ulft").unwrap();
        NoticeFacts {
            notice: NoticeId::of("any", &person),
            case: "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap(),
            area: AreaCode::new("WK150900").unwrap(),
            rung: Rung::Regisseur,
            person,
            reminder: None,
        }
    }

    #[test]
    fn a_reminder_is_told_of_by_itself_and_each_cycle_of_a_climb_too() {
        let case = facts().case;
        let told = |cycle, reminder| what_is_told(case, 3, Rung::Team, cycle, reminder);
        assert_eq!(told(0, None), "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001:3:team:0");
        assert_eq!(told(1, Some(2)), "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001:3:team:1:reminder:2");
    }

    #[test]
    fn a_delivery_is_recorded() {
        TestFramework::<Notice>::with(())
            .given_no_previous_events()
            .when(NoticeCommand::RecordDelivery { facts: facts(), channel: Channel::Mail, attempts: 2 })
            .then_expect_events(vec![NoticeEvent::NoticeDelivered {
                facts: facts(),
                channel: Channel::Mail,
                attempts: 2,
            }]);
    }

    #[test]
    fn a_second_outcome_adds_nothing() {
        TestFramework::<Notice>::with(())
            .given(vec![NoticeEvent::NoticeDelivered { facts: facts(), channel: Channel::Mail, attempts: 1 }])
            .when(NoticeCommand::RecordDelivery { facts: facts(), channel: Channel::Mail, attempts: 2 })
            .then_expect_events(vec![]);
    }

    #[test]
    fn one_that_is_withdrawn_has_its_outcome_and_is_not_tried_again() {
        let because = Moot::CaseResolved;
        let withdrawn = NoticeEvent::NoticeWithdrawn { facts: facts(), because };
        TestFramework::<Notice>::with(())
            .given_no_previous_events()
            .when(NoticeCommand::Withdraw { facts: facts(), because })
            .then_expect_events(vec![withdrawn.clone()]);
        let given = || TestFramework::<Notice>::with(()).given(vec![withdrawn.clone()]);
        given()
            .when(NoticeCommand::RecordDelivery { facts: facts(), channel: Channel::Mail, attempts: 1 })
            .then_expect_events(vec![]);
        given().when(NoticeCommand::Replay { facts: facts() }).then_expect_error(NoticeRefusal::NotFailed);
    }

    fn failed() -> NoticeEvent {
        let reason = "the webhook is gone (410)".into();
        NoticeEvent::NoticeFailed { facts: facts(), channel: Channel::Webhook, attempts: 1, reason }
    }

    #[test]
    fn one_that_failed_is_tried_again_and_then_has_an_outcome_once_more() {
        let replayed = NoticeEvent::NoticeReplayed { facts: facts() };
        TestFramework::<Notice>::with(())
            .given(vec![failed()])
            .when(NoticeCommand::Replay { facts: facts() })
            .then_expect_events(vec![replayed.clone()]);
        TestFramework::<Notice>::with(())
            .given(vec![failed(), replayed])
            .when(NoticeCommand::RecordDelivery { facts: facts(), channel: Channel::Mail, attempts: 1 })
            .then_expect_events(vec![NoticeEvent::NoticeDelivered {
                facts: facts(),
                channel: Channel::Mail,
                attempts: 1,
            }]);
    }

    #[test]
    fn one_that_was_delivered_or_is_being_tried_is_not_tried_again() {
        let delivered = NoticeEvent::NoticeDelivered { facts: facts(), channel: Channel::Mail, attempts: 1 };
        let replayed = NoticeEvent::NoticeReplayed { facts: facts() };
        for given in [vec![], vec![delivered], vec![failed(), replayed]] {
            TestFramework::<Notice>::with(())
                .given(given)
                .when(NoticeCommand::Replay { facts: facts() })
                .then_expect_error(NoticeRefusal::NotFailed);
        }
    }
}
