//! What is done to cases, as far as it is counted.

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::ladder::Rung;

/// One thing that is done to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A signal opened it.
    Opened,
    /// A further signal joined it.
    Attached,
    /// It became one plan of several partners.
    MadeIntegral,
    /// It climbed to this rung.
    Climbed(Rung),
    /// It was brought down to this rung.
    Lowered(Rung),
    /// Its lead passed it on.
    HandedOver,
    /// A partner refused it.
    Refused,
    /// The regisseur or the college decided who leads.
    Decided,
    /// It was done.
    Resolved,
    /// It was not done after all.
    Reopened,
}

impl Step {
    /// What the event does, if that is counted.
    pub(super) fn of(event: &CaseEvent) -> Option<Self> {
        Some(match event {
            CaseEvent::CaseOpened(_) => Self::Opened,
            CaseEvent::SignalAttached { .. } => Self::Attached,
            CaseEvent::CaseMadeIntegral { .. } => Self::MadeIntegral,
            CaseEvent::RungReached(reached) => Self::Climbed(reached.rung),
            CaseEvent::RungLowered { rung, .. } => Self::Lowered(*rung),
            CaseEvent::CaseHandedOver { .. } => Self::HandedOver,
            CaseEvent::LeadRefused { .. } => Self::Refused,
            CaseEvent::CaseDecided { .. } => Self::Decided,
            CaseEvent::CaseResolved { .. } => Self::Resolved,
            CaseEvent::CaseReopened { .. } => Self::Reopened,
            CaseEvent::LeadAssigned { .. }
            | CaseEvent::CaseAcknowledged { .. }
            | CaseEvent::FeedbackGiven { .. }
            | CaseEvent::StepPlanned { .. }
            | CaseEvent::CaseReminded(_)
            | CaseEvent::PolicyMigrated { .. }
            | CaseEvent::CasePaused { .. }
            | CaseEvent::CaseResumed { .. }
            | CaseEvent::CaseSnoozed { .. } => return None,
        })
    }

    /// Its name, in tables and exports; the rung is beside it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Attached => "attached",
            Self::MadeIntegral => "made_integral",
            Self::Climbed(_) => "climbed",
            Self::Lowered(_) => "lowered",
            Self::HandedOver => "handed_over",
            Self::Refused => "refused",
            Self::Decided => "decided",
            Self::Resolved => "resolved",
            Self::Reopened => "reopened",
        }
    }

    /// The rung it is about, if it is about one.
    pub fn rung(self) -> Option<Rung> {
        match self {
            Self::Climbed(rung) | Self::Lowered(rung) => Some(rung),
            _ => None,
        }
    }

    /// The step of that name.
    pub(super) fn named(name: &str, rung: Option<Rung>) -> Option<Self> {
        let about_none = [
            Self::Opened,
            Self::Attached,
            Self::MadeIntegral,
            Self::HandedOver,
            Self::Refused,
            Self::Decided,
            Self::Resolved,
            Self::Reopened,
        ];
        let about_one = |rung| [Self::Climbed(rung), Self::Lowered(rung)];
        about_none.into_iter().chain(rung.into_iter().flat_map(about_one)).find(|step| step.name() == name)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn every_step_is_known_by_its_name_and_rung() {
        for step in [Step::Opened, Step::Climbed(Rung::Team), Step::Lowered(Rung::Workfloor), Step::Resolved]
        {
            assert_eq!(Step::named(step.name(), step.rung()), Some(step));
        }
        assert_eq!(Step::named("climbed", None), None);
    }
}
