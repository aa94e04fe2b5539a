//! What an event adds to the files of cases.

use seinhuis_domain::ids::{CaseId, SignalId};
use seinhuis_eventstore::Recorded;

use super::{FACT, HEAD, SIGNAL};
use crate::backend::Draft;
use crate::case_head;
use crate::cell::{Cell, cells};
use crate::entry::{About, Entry};
use crate::fault::Fault;
use crate::reported::{PageSignals, Reported};

pub(crate) async fn apply(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    case_head::fold(page, &HEAD, draft).await?;
    draft.put(&FACT, page.iter().filter_map(fact_of_case).collect()).await?;
    let signals = PageSignals::of(page);
    let earlier = signals.earlier.into_iter().map(|(id, (case, _))| cells![case, id]);
    draft.set(&SIGNAL, &["case_id"], earlier.collect()).await?;
    draft.put(&SIGNAL, signals.reported.iter().map(|(id, reported)| signal(*id, reported)).collect()).await
}

fn fact_of_case(entry: &Entry) -> Option<Vec<Cell>> {
    match &entry.about {
        About::Case(case, _) => Some(fact(*case, &entry.recorded)),
        About::Notice(event) => Some(fact(event.facts().case, &entry.recorded)),
        About::Signal(..) | About::Subject(_) | About::Elsewhere | About::Unreadable(_) => None,
    }
}

fn fact(case: CaseId, at: &Recorded) -> Vec<Cell> {
    // The log holds JSON, which is text; it was decoded a moment ago.
    let payload = String::from_utf8_lossy(&at.payload).into_owned();
    cells![at.position, case, at.recorded_at, at.name.as_str(), at.actor.as_str(), payload]
}

fn signal(id: SignalId, Reported { facts, at, taken_in }: &Reported<'_>) -> Vec<Cell> {
    cells![
        id,
        at.position,
        at.recorded_at,
        at.actor.as_str(),
        facts.partner.as_str(),
        facts.reference.as_str(),
        facts.kind.code(),
        facts.area.as_str(),
        facts.urgency.as_str(),
        facts.occurred_at,
        taken_in.map(|(case, _)| case),
    ]
}
