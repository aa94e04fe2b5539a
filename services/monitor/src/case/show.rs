//! A case as somebody sees it who may: where it stands, its signals, its history, who was told. Nothing personal.

use seinhuis_contract::proto::case::v1::{
    Case, CaseNotice, CaseSignal, GetCaseResponse, HistoryEntry, NoticeState,
};
use seinhuis_contract::proto::common::v1 as words;
use seinhuis_contract::status::Problem;
use seinhuis_contract::{act, time};
use seinhuis_domain::area::AreaMap;
use seinhuis_projections::{CaseFile, CaseHead, HistoryFact, NoticeRow};

use super::signals::{self, SignalRow};
use super::{NOTICES_MAX, find};
use crate::asker::Asker;
use crate::failure::Failure;
use crate::hub::Hub;

/// Shows the case called `name`.
pub(super) async fn show(hub: &Hub, asker: &Asker, name: &str) -> Result<GetCaseResponse, Failure> {
    let rows = find::case(hub, asker, name).await?;
    hub.parts.views.reached(rows.position()).await;
    // Taken before the file is read: what the answer holds is then never older than it says.
    let as_of = hub.parts.views.main.position();
    let file = hub.parts.views.main.case_file(rows.id).await?.ok_or(Problem::Unavailable)?;
    let signals = signals::of(&hub.parts.log, &rows).await?;
    let notices = hub.parts.views.notices.notices_of(rows.id, NOTICES_MAX).await?;
    Ok(GetCaseResponse {
        case: Some(head(&file.head, asker.map())),
        history: history(&file, &signals),
        signals: signals.iter().map(signal).collect(),
        notices: notices.iter().map(|row| notice(row, &file)).collect(),
        as_of_position: as_of.0,
        more_history: file.more,
    })
}

fn head(head: &CaseHead, map: &AreaMap) -> Case {
    Case {
        id: head.id.to_string(),
        number: head.number.clone(),
        area_code: head.area.to_string(),
        area_name: map.get(&head.area).map(|area| area.name.clone()).unwrap_or_default(),
        kind: head.kind.code().to_owned(),
        lane: words::Lane::from(head.lane).into(),
        track: words::Track::from(head.track).into(),
        goal: words::Goal::from(head.goal).into(),
        urgency: words::Urgency::from(head.urgency).into(),
        rung: words::Rung::from(head.rung).into(),
        cycle: head.cycle,
        lead: head.lead.as_ref().map(ToString::to_string).unwrap_or_default(),
        team: head.team.as_ref().map(ToString::to_string).unwrap_or_default(),
        policy_version: head.policy_version,
        opened_at: Some(time::to_wire(head.opened_at)),
        picked_up_at: head.picked_up.map(time::to_wire),
        paused_until: head.paused_until.map(time::to_wire),
        planned: head.planned.as_ref().map(act::planned_step),
        feedback: head
            .feedback
            .map(|told| words::FeedbackOutcome::from(told.outcome))
            .unwrap_or_default()
            .into(),
        feedback_at: head.feedback.map(|told| time::to_wire(told.at)),
        feedback_due_at: head.feedback_due.map(time::to_wire),
        resolved: head.resolved_at.is_some(),
        refusals: head.refusals,
        handovers: head.handovers,
    }
}

fn signal(SignalRow { id, row, facts }: &SignalRow) -> CaseSignal {
    CaseSignal {
        signal_id: id.to_string(),
        partner: facts.partner.to_string(),
        reference: facts.reference.clone(),
        kind: facts.kind.code().to_owned(),
        urgency: words::Urgency::from(facts.urgency).into(),
        area_code: facts.area.to_string(),
        occurred_at: Some(time::to_wire(facts.occurred_at)),
        recorded_at: Some(time::to_wire(row.recorded_at)),
        position: row.position.0,
        subjects: facts.subjects.iter().map(ToString::to_string).collect(),
        household: facts.household.map(|id| id.to_string()).unwrap_or_default(),
        place: facts.place.map(|id| id.to_string()).unwrap_or_default(),
    }
}

fn history(file: &CaseFile, signals: &[SignalRow]) -> Vec<HistoryEntry> {
    let payload = |entry: &seinhuis_projections::HistoryEntry| match &entry.fact {
        HistoryFact::Payload(payload) => payload.clone(),
        HistoryFact::Signal(_) => {
            // Both are in order of position.
            let at = signals.binary_search_by_key(&entry.position, |signal| signal.row.position);
            at.map(|at| String::from_utf8_lossy(&signals[at].row.payload).into_owned()).unwrap_or_default()
        }
    };
    let entry = |entry: &seinhuis_projections::HistoryEntry| HistoryEntry {
        position: entry.position.0,
        recorded_at: Some(time::to_wire(entry.recorded_at)),
        r#type: entry.name.clone(),
        actor: entry.actor.clone(),
        payload: payload(entry),
    };
    file.history.iter().map(entry).collect()
}

fn notice(row: &NoticeRow, file: &CaseFile) -> CaseNotice {
    let outcome = row.outcome.as_ref();
    let state = match outcome.map(|outcome| outcome.reason.is_some()) {
        None => NoticeState::Pending,
        Some(false) => NoticeState::Delivered,
        Some(true) => NoticeState::Failed,
    };
    let settled =
        outcome.and_then(|outcome| file.history.iter().find(|entry| entry.position == outcome.position));
    CaseNotice {
        notice_id: row.id.to_string(),
        person: row.person.to_string(),
        rung: words::Rung::from(row.rung).into(),
        position: row.position.0,
        state: state.into(),
        settled_at: settled.map(|entry| time::to_wire(entry.recorded_at)),
        reminder: row.reminder.unwrap_or(0),
        send_at: Some(time::to_wire(row.send_at)),
    }
}
