//! What came from outside: the command that an event of a case was the answer to.

use jiff::Timestamp;

use crate::case::{CaseCommand, CaseEvent, SignalToFollow};
use crate::ids::CaseId;
use crate::ladder::PlannedStep;

/// What was planned for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// The climb.
    pub(super) step: PlannedStep,
    /// The next reminder of it.
    pub(super) remind_at: Option<Timestamp>,
}

/// The command to the case `id`, for which this was `planned`; none for what the case made of another one.
pub(super) fn input(id: CaseId, event: &CaseEvent, planned: Option<&Plan>) -> Option<CaseCommand> {
    Some(match event.clone() {
        CaseEvent::CaseOpened(opened) => {
            let signal = SignalToFollow {
                id: opened.signal,
                kind: opened.kind,
                urgency: opened.urgency,
                area: opened.area,
                subjects: opened.subjects,
            };
            CaseCommand::OpenCase { id, signal, at: opened.at }
        }
        CaseEvent::SignalAttached { area, signal: id, kind, urgency, subjects, because, at } => {
            let signal = SignalToFollow { id, kind, urgency, area, subjects };
            CaseCommand::AttachSignal { signal, because, at }
        }
        CaseEvent::LeadAssigned { lead, act, .. } => CaseCommand::AssignLead { lead, act },
        CaseEvent::CaseAcknowledged { act, .. } => CaseCommand::Acknowledge { act },
        CaseEvent::CaseHandedOver { to, act, .. } => CaseCommand::HandOver { to, act },
        CaseEvent::LeadRefused { partner, act, .. } => CaseCommand::Refuse { partner, act },
        CaseEvent::RungReached(reached) => match (reached.act, reached.planned_at) {
            (Some(act), _) => CaseCommand::RaiseRung { to: reached.rung, act },
            // The climbs after it came of the same command, and the case has gone on by then.
            (None, Some(_)) if reached.passed => {
                CaseCommand::CatchUp { step: planned?.step.clone(), at: reached.at }
            }
            (None, Some(_)) => CaseCommand::RaiseByTimer { step: planned?.step.clone(), at: reached.at },
            // An alarm, which rang in answer to the command before.
            (None, None) => return None,
        },
        CaseEvent::CaseReminded(reminded) => {
            let Plan { step, remind_at } = planned?.clone();
            CaseCommand::Remind { step, planned_at: remind_at?, at: reminded.at }
        }
        CaseEvent::RungLowered { rung, act, .. } => CaseCommand::LowerRung { to: rung, act },
        CaseEvent::CaseDecided { lead, act, .. } => CaseCommand::Decide { lead, act },
        CaseEvent::FeedbackGiven { outcome, act, .. } => CaseCommand::GiveFeedback { outcome, act },
        CaseEvent::CaseResolved { act, .. } => CaseCommand::Resolve { act },
        CaseEvent::CaseReopened { act, .. } => CaseCommand::Reopen { act },
        CaseEvent::CasePaused { until, act, .. } => CaseCommand::Pause { until, act },
        CaseEvent::CaseResumed { act, .. } => CaseCommand::Resume { act },
        CaseEvent::CaseSnoozed { until, act, .. } => CaseCommand::Snooze { until, act },
        CaseEvent::PolicyMigrated { act, .. } => CaseCommand::MigratePolicy { act },
        CaseEvent::CaseMadeIntegral { .. } | CaseEvent::StepPlanned { .. } => return None,
    })
}
