//! What the log must know of a fact about a case: its name, where it belongs, and its sealed part.

use cqrs_es::DomainEvent;

use super::{Act, CaseEvent};
use crate::area::AreaCode;
use crate::fact::Fact;
use crate::sealed::Sealed;

impl DomainEvent for CaseEvent {
    fn event_type(&self) -> String {
        match self {
            Self::CaseOpened(_) => "case.opened",
            Self::SignalAttached { .. } => "case.signal_attached",
            Self::CaseMadeIntegral { .. } => "case.made_integral",
            Self::LeadAssigned { .. } => "case.lead_assigned",
            Self::CaseAcknowledged { .. } => "case.acknowledged",
            Self::CaseHandedOver { .. } => "case.handed_over",
            Self::LeadRefused { .. } => "case.lead_refused",
            Self::StepPlanned { .. } => "case.step_planned",
            Self::RungReached(_) => "case.rung_reached",
            Self::CaseReminded(_) => "case.reminded",
            Self::CasePaused { .. } => "case.paused",
            Self::CaseResumed { .. } => "case.resumed",
            Self::CaseSnoozed { .. } => "case.snoozed",
            Self::PolicyMigrated { .. } => "case.policy_migrated",
            Self::RungLowered { .. } => "case.rung_lowered",
            Self::CaseDecided { .. } => "case.decided",
            Self::FeedbackGiven { .. } => "case.feedback_given",
            Self::CaseResolved { .. } => "case.resolved",
            Self::CaseReopened { .. } => "case.reopened",
        }
        .into()
    }

    fn event_version(&self) -> String {
        "1".into()
    }
}

impl Fact for CaseEvent {
    fn area(&self) -> Option<&AreaCode> {
        Some(match self {
            Self::CaseOpened(opened) => &opened.area,
            Self::RungReached(reached) => &reached.area,
            Self::CaseReminded(reminded) => &reminded.area,
            Self::SignalAttached { area, .. }
            | Self::CaseMadeIntegral { area, .. }
            | Self::LeadAssigned { area, .. }
            | Self::CaseAcknowledged { area, .. }
            | Self::CaseHandedOver { area, .. }
            | Self::LeadRefused { area, .. }
            | Self::StepPlanned { area, .. }
            | Self::RungLowered { area, .. }
            | Self::CaseDecided { area, .. }
            | Self::FeedbackGiven { area, .. }
            | Self::CaseResolved { area, .. }
            | Self::CaseReopened { area, .. }
            | Self::CasePaused { area, .. }
            | Self::CaseResumed { area, .. }
            | Self::PolicyMigrated { area, .. }
            | Self::CaseSnoozed { area, .. } => area,
        })
    }

    fn sealed(&self) -> Option<&Sealed> {
        self.act().and_then(|act| act.note.as_ref())
    }

    fn attach_sealed(&mut self, sealed: Sealed) {
        if let Some(act) = self.act_mut() {
            act.note = Some(sealed);
        }
    }
}

impl CaseEvent {
    /// The act that a sealed part is attached to.
    fn act_mut(&mut self) -> Option<&mut Act> {
        match self {
            Self::LeadAssigned { act, .. }
            | Self::CaseAcknowledged { act, .. }
            | Self::CaseHandedOver { act, .. }
            | Self::LeadRefused { act, .. }
            | Self::RungLowered { act, .. }
            | Self::CaseDecided { act, .. }
            | Self::FeedbackGiven { act, .. }
            | Self::CaseResolved { act, .. }
            | Self::CaseReopened { act, .. }
            | Self::CasePaused { act, .. }
            | Self::CaseResumed { act, .. }
            | Self::PolicyMigrated { act, .. }
            | Self::CaseSnoozed { act, .. } => Some(act),
            Self::RungReached(reached) => reached.act.as_mut(),
            Self::CaseOpened(_)
            | Self::SignalAttached { .. }
            | Self::CaseMadeIntegral { .. }
            | Self::StepPlanned { .. }
            | Self::CaseReminded(_) => None,
        }
    }
}
