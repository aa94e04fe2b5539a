//! What happened to a subject, as stored.

use cqrs_es::DomainEvent;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ErasureReason, HoldReason};
use crate::fact::Fact;
use crate::ids::SubjectId;

/// What happened to a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum SubjectEvent {
    /// It may not be erased.
    #[serde(rename = "subject.held")]
    SubjectHeld {
        /// The pseudonym.
        subject: SubjectId,
        /// What for.
        reason: HoldReason,
        /// The last day it counts; absent: until it is lifted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// A hold has ended.
    #[serde(rename = "subject.hold_lifted")]
    HoldLifted {
        /// The pseudonym.
        subject: SubjectId,
        /// Which hold.
        reason: HoldReason,
    },
    /// Its keys are to be destroyed.
    #[serde(rename = "subject.erasure_ordered")]
    ErasureOrdered {
        /// The pseudonym.
        subject: SubjectId,
        /// Why.
        reason: ErasureReason,
    },
    /// The key is gone, and with it the person.
    #[serde(rename = "subject.erased")]
    SubjectErased {
        /// The pseudonym that now stands for nobody.
        subject: SubjectId,
        /// Why. Schema 1 had none.
        reason: ErasureReason,
    },
}

impl SubjectEvent {
    /// The pseudonym it is about.
    pub fn subject(&self) -> SubjectId {
        match self {
            Self::SubjectHeld { subject, .. }
            | Self::HoldLifted { subject, .. }
            | Self::ErasureOrdered { subject, .. }
            | Self::SubjectErased { subject, .. } => *subject,
        }
    }
}

impl DomainEvent for SubjectEvent {
    fn event_type(&self) -> String {
        match self {
            Self::SubjectHeld { .. } => "subject.held".into(),
            Self::HoldLifted { .. } => "subject.hold_lifted".into(),
            Self::ErasureOrdered { .. } => "subject.erasure_ordered".into(),
            Self::SubjectErased { .. } => "subject.erased".into(),
        }
    }
    fn event_version(&self) -> String {
        match self {
            Self::SubjectErased { .. } => "2".into(),
            Self::SubjectHeld { .. } | Self::HoldLifted { .. } | Self::ErasureOrdered { .. } => "1".into(),
        }
    }
}

impl Fact for SubjectEvent {}
