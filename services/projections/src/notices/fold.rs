//! What an event makes to be told, or settles.

use std::collections::{BTreeMap, BTreeSet};

use seinhuis_domain::case::{CaseEvent, RungReached};
use seinhuis_domain::ids::{CaseId, NoticeId};
use seinhuis_domain::notice::NoticeEvent;
use seinhuis_eventstore::Position;

use super::{NOBODY, NOTICE, NoticeRow, Outcome};
use crate::backend::Draft;
use crate::cell::{Cell, cells};
use crate::entry::{About, Entry};
use crate::fault::Fault;

pub(crate) async fn apply(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    let mut notices = load(page, draft).await?;
    let mut nobody = Vec::new();
    for entry in page {
        if let About::Case(case, CaseEvent::RungReached(reached)) = &entry.about {
            if reached.tell.is_empty() {
                let RungReached { area, rung, at, .. } = &**reached;
                nobody.push(cells![entry.position(), *case, area.as_str(), *rung, *at]);
            }
            for notice in told(*case, reached, entry.position()) {
                // One fact per rung (INV-7) makes one notice; were it told twice, the first stands.
                notices.entry(notice.id).or_insert(notice);
            }
        }
        if let Some((id, outcome)) = outcome(entry)
            && let Some(notice) = notices.get_mut(&id)
        {
            notice.outcome.get_or_insert(outcome);
        }
    }
    draft.put(&NOBODY, nobody).await?;
    draft.put(&NOTICE, notices.values().map(NoticeRow::cells).collect()).await
}

/// The notices that the page concerns and that are there already.
async fn load(page: &[Entry], draft: &mut Draft<'_>) -> Result<BTreeMap<NoticeId, NoticeRow>, Fault> {
    let mut ids: BTreeSet<NoticeId> = page.iter().filter_map(outcome).map(|(id, _)| id).collect();
    for entry in page {
        if let About::Case(case, CaseEvent::RungReached(reached)) = &entry.about {
            ids.extend(told(*case, reached, entry.position()).map(|notice| notice.id));
        }
    }
    let rows = draft.load(&NOTICE, ids.into_iter().map(Cell::from).collect()).await?;
    rows.into_iter().map(|row| NoticeRow::read(row).map(|notice| (notice.id, notice))).collect()
}

/// One notice for each who is told of a climb.
fn told(case: CaseId, reached: &RungReached, position: Position) -> impl Iterator<Item = NoticeRow> {
    let RungReached { area, rung, cycle, policy_version, cause, planned_at, at, tell, next, .. } = reached;
    let what = format!("{case}:{policy_version}:{rung}:{cycle}");
    tell.iter().map(move |person| NoticeRow {
        id: NoticeId::of(&what, person),
        position,
        case,
        number: case.number(),
        area: area.clone(),
        rung: *rung,
        cycle: *cycle,
        policy_version: *policy_version,
        cause: *cause,
        person: person.clone(),
        planned_at: *planned_at,
        at: *at,
        deadline: next.as_ref().map(|step| step.due_at),
        term: next.as_ref().map(|step| step.term),
        outcome: None,
    })
}

/// What an event says of the outcome of a notice.
fn outcome(entry: &Entry) -> Option<(NoticeId, Outcome)> {
    let position = entry.position();
    match &entry.about {
        About::Notice(NoticeEvent::NoticeDelivered { facts, channel, attempts }) => {
            let outcome = Outcome { position, channel: *channel, attempts: *attempts, reason: None };
            Some((facts.notice, outcome))
        }
        About::Notice(NoticeEvent::NoticeFailed { facts, channel, attempts, reason }) => {
            let reason = Some(reason.clone());
            Some((facts.notice, Outcome { position, channel: *channel, attempts: *attempts, reason }))
        }
        _ => None,
    }
}
