//! What an event makes to be told, or settles.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::ids::{CaseId, NoticeId, PersonId};
use seinhuis_domain::ladder::{Cause, PlannedStep, Rung};
use seinhuis_domain::notice::{NoticeEvent, what_is_told};
use seinhuis_domain::tell::Addressee;
use seinhuis_eventstore::Position;
use seinhuis_runtime::trace::Traced;

use super::{NOBODY, NOTICE, NoticeRow, Outcome};
use crate::backend::Draft;
use crate::cell::{Cell, cells};
use crate::entry::{About, Entry};
use crate::fault::Fault;

pub(crate) async fn apply(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    let mut notices = load(page, draft).await?;
    let mut nobody = Vec::new();
    for entry in page {
        if let Some(telling) = Telling::of(entry) {
            if telling.whom.is_empty() {
                let Telling { case, area, rung, at, .. } = telling;
                nobody.push(cells![entry.position(), case, area.as_str(), rung, at]);
            }
            for notice in telling.notices() {
                // One fact per rung (INV-7) makes one notice; were it told twice, the first stands.
                notices.entry(notice.id).or_insert(notice);
            }
        }
        if let Some((id, outcome)) = outcome(entry)
            && let Some(notice) = notices.get_mut(&id)
        {
            match outcome {
                Some(outcome) => {
                    notice.outcome.get_or_insert(outcome);
                }
                None => notice.outcome = None,
            }
        }
    }
    draft.put(&NOBODY, nobody).await?;
    draft.put(&NOTICE, notices.values().map(NoticeRow::cells).collect()).await
}

/// The notices that the page concerns and that are there already.
async fn load(page: &[Entry], draft: &mut Draft<'_>) -> Result<BTreeMap<NoticeId, NoticeRow>, Fault> {
    let mut ids: BTreeSet<NoticeId> = page.iter().filter_map(outcome).map(|(id, _)| id).collect();
    for telling in page.iter().filter_map(Telling::of) {
        ids.extend(telling.notices().map(|notice| notice.id));
    }
    let rows = draft.load(&NOTICE, ids.into_iter().map(Cell::from).collect()).await?;
    rows.into_iter().map(|row| NoticeRow::read(row).map(|notice| (notice.id, notice))).collect()
}

/// A fact that people are told of: a climb, or a reminder of the one to come.
struct Telling<'a> {
    position: Position,
    case: CaseId,
    area: &'a AreaCode,
    rung: Rung,
    cycle: u32,
    policy_version: u32,
    cause: Cause,
    planned_at: Option<Timestamp>,
    at: Timestamp,
    whom: &'a [PersonId],
    because: &'a [Addressee],
    next: Option<&'a PlannedStep>,
    reminder: Option<u32>,
    trace: Option<&'a str>,
}

impl<'a> Telling<'a> {
    fn of(entry: &'a Entry) -> Option<Self> {
        let (case, event) = entry.case()?;
        let (position, trace) = (entry.position(), entry.recorded.trace.as_deref());
        match event {
            // Nobody is told of it, but of the rung above.
            CaseEvent::RungReached(reached) if reached.passed => None,
            CaseEvent::RungReached(reached) => Some(Self {
                position,
                case,
                area: &reached.area,
                rung: reached.rung,
                cycle: reached.cycle,
                policy_version: reached.policy_version,
                cause: reached.cause,
                planned_at: reached.planned_at,
                at: reached.at,
                whom: &reached.tell,
                because: &reached.told_because,
                next: reached.next.as_ref(),
                reminder: None,
                trace,
            }),
            CaseEvent::CaseReminded(reminded) => Some(Self {
                position,
                case,
                area: &reminded.area,
                rung: reminded.rung,
                cycle: reminded.cycle,
                policy_version: reminded.policy_version,
                cause: reminded.step.cause,
                planned_at: Some(reminded.planned_at),
                at: reminded.at,
                whom: &reminded.tell,
                because: &reminded.told_because,
                next: Some(&reminded.step),
                reminder: Some(reminded.nth),
                trace,
            }),
            _ => None,
        }
    }

    /// When it may go out to `person`.
    fn send_at(&self, person: &PersonId) -> Timestamp {
        let told = self.because.iter().find(|told| told.person == *person);
        told.and_then(|told| told.hold.as_ref()).map_or(self.at, |hold| self.at.max(hold.until))
    }

    /// One notice for each who is told.
    fn notices(&self) -> impl Iterator<Item = NoticeRow> + '_ {
        let Self { case, rung, cycle, policy_version, .. } = self;
        let what = what_is_told(*case, *policy_version, *rung, *cycle, self.reminder);
        self.whom.iter().map(move |person| NoticeRow {
            id: NoticeId::of(&what, person),
            position: self.position,
            case: self.case,
            number: self.case.number(),
            area: self.area.clone(),
            rung: self.rung,
            cycle: self.cycle,
            policy_version: self.policy_version,
            cause: self.cause,
            person: person.clone(),
            planned_at: self.planned_at,
            at: self.at,
            deadline: self.next.map(|step| step.due_at),
            term: self.next.map(|step| step.term),
            next: self.next.map(|step| step.to),
            reminder: self.reminder,
            send_at: self.send_at(person),
            outcome: None,
            trace: Traced::of(self.trace, self.at),
        })
    }
}

/// What an event says of the outcome of a notice; none once more when it is tried again.
fn outcome(entry: &Entry) -> Option<(NoticeId, Option<Outcome>)> {
    let position = entry.position();
    match &entry.about {
        About::Notice(NoticeEvent::NoticeDelivered { facts, channel, attempts }) => {
            let channel = Some(*channel);
            let outcome = Outcome { position, channel, attempts: *attempts, reason: None };
            Some((facts.notice, Some(outcome)))
        }
        About::Notice(NoticeEvent::NoticeFailed { facts, channel, attempts, reason }) => {
            let (channel, reason) = (Some(*channel), Some(reason.clone()));
            let outcome = Outcome { position, channel, attempts: *attempts, reason };
            Some((facts.notice, Some(outcome)))
        }
        About::Notice(NoticeEvent::NoticeWithdrawn { facts, .. }) => {
            let outcome = Outcome { position, channel: None, attempts: 0, reason: None };
            Some((facts.notice, Some(outcome)))
        }
        About::Notice(NoticeEvent::NoticeReplayed { facts }) => Some((facts.notice, None)),
        _ => None,
    }
}
