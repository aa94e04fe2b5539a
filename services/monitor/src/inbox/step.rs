//! What a fact does to notices, for those who watch. Whom they are to isn't told.

use bytes::Bytes;
use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::proto::common::v1 as common;
use seinhuis_contract::proto::monitor::v1::watch_notices_response::Event as Said;
use seinhuis_contract::proto::monitor::v1::{
    NoticeStep, NoticeStepKind as Kind, Parked, Progress, WatchNoticesResponse,
};
use seinhuis_contract::{time, words};
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::NoticeId;
use seinhuis_domain::ids::{CaseId, PersonId};
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::notice::{NoticeEvent, what_is_told};
use seinhuis_eventstore::Fault;

use crate::live::told::{Sharpness, Told};
use crate::live::watcher::Answer;

/// The step that a fact is, encoded; nothing where it is none.
pub(crate) fn told(told: &Told<'_>, sharpness: Sharpness) -> Result<Option<Bytes>, Fault> {
    let row = told.row;
    if !row.name.starts_with("notice.") && !matches!(row.name.as_str(), "case.rung_reached" | "case.reminded")
    {
        return Ok(None);
    }
    let step = match told.event()? {
        Event::Case(CaseEvent::RungReached(reached)) if !reached.passed => {
            let what = |case| what_is_told(case, reached.policy_version, reached.rung, reached.cycle, None);
            planned(told, &reached.tell, (reached.rung, None), what)
        }
        Event::Case(CaseEvent::CaseReminded(reminded)) => {
            let (rung, nth) = (reminded.rung, Some(reminded.nth));
            let what = |case| what_is_told(case, reminded.policy_version, rung, reminded.cycle, nth);
            planned(told, &reminded.tell, (rung, nth), what)
        }
        Event::Notice(event) => Some(settled(event)),
        _ => None,
    };
    let Some(mut step) = step else { return Ok(None) };
    step.position = row.position.0;
    step.recorded_at = Some(time::to_wire(row.recorded_at));
    match sharpness {
        Sharpness::Sharp => step.area_code = row.area.as_ref().map(ToString::to_string).unwrap_or_default(),
        Sharpness::Outline => {
            let NoticeStep { position, kind, recorded_at, count, channel, attempts, .. } = step;
            step =
                NoticeStep { position, kind, recorded_at, count, channel, attempts, ..NoticeStep::default() };
        }
    }
    Ok(Some(answer(Said::Step(step)).into_bytes()))
}

/// Those to whom something is told, of the case in whose stream it stands.
fn planned(
    told: &Told<'_>,
    whom: &[PersonId],
    (rung, reminder): (Rung, Option<u32>),
    what: impl Fn(CaseId) -> String,
) -> Option<NoticeStep> {
    let case: CaseId = told.row.stream.id().parse().ok()?;
    let what = what(case);
    let kind = if whom.is_empty() { Kind::Nobody } else { Kind::Planned };
    Some(NoticeStep {
        kind: kind.into(),
        notice_ids: whom.iter().map(|person| NoticeId::of(&what, person).to_string()).collect(),
        count: whom.len() as u32,
        ..about(case, rung, reminder)
    })
}

/// What became of one.
fn settled(event: &NoticeEvent) -> NoticeStep {
    let facts = event.facts();
    let (kind, channel, attempts) = match event {
        NoticeEvent::NoticeDelivered { channel, attempts, .. } => {
            (Kind::Delivered, Some(*channel), *attempts)
        }
        NoticeEvent::NoticeFailed { channel, attempts, .. } => (Kind::Failed, Some(*channel), *attempts),
        NoticeEvent::NoticeWithdrawn { .. } => (Kind::Withdrawn, None, 0),
        NoticeEvent::NoticeReplayed { .. } => (Kind::Replayed, None, 0),
    };
    NoticeStep {
        kind: kind.into(),
        notice_ids: vec![facts.notice.to_string()],
        count: 1,
        channel: channel.map(|channel| channel.as_str().to_owned()).unwrap_or_default(),
        attempts,
        ..about(facts.case, facts.rung, facts.reminder)
    }
}

fn about(case: CaseId, rung: Rung, reminder: Option<u32>) -> NoticeStep {
    NoticeStep {
        case_id: case.to_string(),
        number: case.number(),
        rung: words::number::<common::Rung>(rung),
        reminder: reminder.unwrap_or_default(),
        ..NoticeStep::default()
    }
}

fn answer(event: Said) -> Encoded<WatchNoticesResponse> {
    Encoded::of(&WatchNoticesResponse { event: Some(event) })
}

impl Answer for WatchNoticesResponse {
    fn progress(progress: Progress) -> Encoded<Self> {
        answer(Said::Progress(progress))
    }

    fn parked(parked: Parked) -> Encoded<Self> {
        answer(Said::Parked(parked))
    }
}
