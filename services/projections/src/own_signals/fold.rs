//! What an event changes for the partners whose signals it concerns.

use seinhuis_domain::ids::SignalId;

use super::{CASE, SIGNAL};
use crate::backend::Draft;
use crate::case_head;
use crate::cell::{Cell, cells};
use crate::entry::Entry;
use crate::fault::Fault;
use crate::reported::{PageSignals, Reported};

pub(crate) async fn apply(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    case_head::fold(page, &CASE, draft).await?;
    let signals = PageSignals::of(page);
    let earlier = signals.earlier.into_iter().map(|(id, (case, position))| cells![case, position, id]);
    draft.set(&SIGNAL, &["case_id", "case_position"], earlier.collect()).await?;
    draft.put(&SIGNAL, signals.reported.iter().map(|(id, reported)| row(*id, reported)).collect()).await
}

fn row(id: SignalId, Reported { facts, at, taken_in }: &Reported<'_>) -> Vec<Cell> {
    cells![
        id,
        facts.partner.as_str(),
        at.position,
        facts.reference.as_str(),
        at.recorded_at,
        facts.kind.code(),
        facts.area.as_str(),
        taken_in.map(|(case, _)| case),
        taken_in.map(|(_, position)| position),
    ]
}
