//! Whether a case is still where somebody has seen it who acts on it.

use seinhuis_contract::status::{Change, Problem};
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::directory::Directory;
use seinhuis_eventstore::Position;

use super::rows::CaseRows;
use crate::facts::headline::{self, Headline};

/// Refuses where the case moved since. Whoever doesn't say what he has seen takes it as it is.
pub(super) fn refuse(case: &CaseRows, seen: Position, who: &Directory) -> Result<(), Problem> {
    if seen == Position::START {
        return Ok(());
    }
    let moved = case.rows().filter(|(row, event)| row.position > seen && moves(event));
    let changes: Vec<Change> = moved
        .map(|(row, event)| {
            let Headline { dutch, english } = headline::case(event, who);
            Change { position: row.position.0, name: row.name.clone(), dutch, english }
        })
        .collect();
    if changes.is_empty() { Ok(()) } else { Err(Problem::Moved { seen: seen.0, changes }) }
}

/// Whether a fact changes what somebody would do. A further signal, a plan or a reminder doesn't: the case stands as it
/// did, and whoever reads the signal first decides no less on what he knew.
fn moves(event: &CaseEvent) -> bool {
    match event {
        CaseEvent::LeadAssigned { .. }
        | CaseEvent::CaseAcknowledged { .. }
        | CaseEvent::CaseHandedOver { .. }
        | CaseEvent::LeadRefused { .. }
        | CaseEvent::RungReached(_)
        | CaseEvent::PolicyMigrated { .. }
        | CaseEvent::CasePaused { .. }
        | CaseEvent::CaseResumed { .. }
        | CaseEvent::RungLowered { .. }
        | CaseEvent::CaseDecided { .. }
        | CaseEvent::FeedbackGiven { .. }
        | CaseEvent::CaseResolved { .. }
        | CaseEvent::CaseReopened { .. } => true,
        CaseEvent::CaseOpened(_)
        | CaseEvent::SignalAttached { .. }
        | CaseEvent::CaseMadeIntegral { .. }
        | CaseEvent::StepPlanned { .. }
        | CaseEvent::CaseReminded(_)
        | CaseEvent::CaseSnoozed { .. } => false,
    }
}
