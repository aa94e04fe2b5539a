//! What an event makes of a case's version: it ends the one that stood, and another one stands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seinhuis_domain::case::{CaseEvent, CaseOpened};
use seinhuis_domain::ids::CaseId;
use seinhuis_eventstore::Position;

use super::{CaseVersion, NOW, PAST, clock};
use crate::backend::Draft;
use crate::case_head::CaseHead;
use crate::cell::Cell;
use crate::entry::Entry;
use crate::fault::Fault;

pub(crate) async fn apply(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    let Some(last) = page.last() else { return Ok(()) };
    let mut past = Vec::new();
    draft.fold(&NOW, Entry::cases(page), last.position(), |now| past = take_in(page, now)).await?;
    draft.put(&PAST, past).await?;
    clock::apply(page, draft).await
}

/// Gives the versions that stand no longer.
fn take_in(page: &[Entry], now: &mut BTreeMap<CaseId, CaseVersion>) -> Vec<Vec<Cell>> {
    let mut past = Vec::new();
    for entry in page {
        let Some((id, event)) = entry.case() else { continue };
        if let CaseEvent::CaseOpened(opened) = event {
            now.insert(id, CaseVersion::opened(opened, entry.position()));
        } else if let Some(version) = now.get_mut(&id) {
            if version.is_open() {
                past.push(version.cells_until(entry.position()));
            }
            version.apply(event, entry.position());
        }
    }
    past
}

impl CaseVersion {
    fn opened(opened: &CaseOpened, position: Position) -> Self {
        let (at, led) = (opened.at, opened.route.lead.is_some());
        Self {
            head: CaseHead::opened(opened, position),
            lead_since: led.then_some(at),
            no_lead_since: (!led).then_some(at),
            heard_at: None,
            handovers_ever: 0,
            refusals_ever: 0,
            handovers_before_action: None,
        }
    }

    fn apply(&mut self, event: &CaseEvent, position: Position) {
        let led = self.head.lead.clone();
        self.head.apply(event, position);
        let acted = acted_at(event);
        if let Some(at) = acted {
            self.heard_at = Some(at);
            if self.head.lead != led {
                let led_now = self.head.lead.is_some();
                (self.lead_since, self.no_lead_since) = (led_now.then_some(at), (!led_now).then_some(at));
            }
        }
        match event {
            CaseEvent::CaseHandedOver { .. } => self.handovers_ever += 1,
            CaseEvent::LeadRefused { .. } => self.refusals_ever += 1,
            CaseEvent::CaseAcknowledged { .. }
            | CaseEvent::CaseDecided { .. }
            | CaseEvent::CaseResolved { .. } => {
                self.handovers_before_action.get_or_insert(self.handovers_ever + self.refusals_ever);
            }
            _ => {}
        }
    }
}

/// When somebody did this; none where a rule did.
fn acted_at(event: &CaseEvent) -> Option<Timestamp> {
    match event {
        CaseEvent::LeadAssigned { act, .. }
        | CaseEvent::CaseAcknowledged { act, .. }
        | CaseEvent::CaseHandedOver { act, .. }
        | CaseEvent::LeadRefused { act, .. }
        | CaseEvent::RungLowered { act, .. }
        | CaseEvent::CaseDecided { act, .. }
        | CaseEvent::FeedbackGiven { act, .. }
        | CaseEvent::CaseResolved { act, .. }
        | CaseEvent::CaseReopened { act, .. }
        | CaseEvent::PolicyMigrated { act, .. }
        | CaseEvent::CasePaused { act, .. }
        | CaseEvent::CaseResumed { act, .. }
        | CaseEvent::CaseSnoozed { act, .. } => Some(act.at),
        CaseEvent::RungReached(reached) => reached.act.as_ref().map(|act| act.at),
        CaseEvent::CaseOpened(_)
        | CaseEvent::SignalAttached { .. }
        | CaseEvent::CaseMadeIntegral { .. }
        | CaseEvent::StepPlanned { .. }
        | CaseEvent::CaseReminded(_) => None,
    }
}
