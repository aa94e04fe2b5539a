//! One line of the board, and of what is owed on it.

use jiff::Timestamp;
use seinhuis_contract::proto::common::v1 as words;
use seinhuis_contract::proto::monitor::v1::{BoardRow, FeedbackOwed};
use seinhuis_contract::time;
use seinhuis_domain::area::AreaMap;
use seinhuis_projections::CaseHead;

use super::age::Ages;

/// The line for `case` at `now`.
pub(crate) fn row(case: &CaseHead, now: Timestamp, ages: &mut Ages, map: &AreaMap) -> BoardRow {
    let deadline = case.planned.as_ref().map(|step| step.due_at);
    BoardRow {
        case_id: case.id.to_string(),
        number: case.number.clone(),
        area_code: case.area.to_string(),
        area_name: map.get(&case.area).map(|area| area.name.clone()).unwrap_or_default(),
        kind: case.kind.code().to_owned(),
        lane: words::Lane::from(case.lane).into(),
        track: words::Track::from(case.track).into(),
        rung: words::Rung::from(case.rung).into(),
        urgency: words::Urgency::from(case.urgency).into(),
        lead: case.lead.as_ref().map(ToString::to_string).unwrap_or_default(),
        team: case.team.as_ref().map(ToString::to_string).unwrap_or_default(),
        opened_at: Some(time::to_wire(case.opened_at)),
        picked_up_at: case.picked_up.map(time::to_wire),
        age_working_days: ages.working_days_since(case.opened_at),
        age: Some(time::span_to_wire(now.duration_since(case.opened_at))),
        deadline: deadline.map(time::to_wire),
        time_to_deadline: deadline.map(|due| time::span_to_wire(due.duration_since(now))),
        overdue: deadline.is_some_and(|due| due <= now),
        signals: case.signals,
        paused_until: case.paused_until.filter(|_| case.is_paused(now)).map(time::to_wire),
    }
}

/// The line for a closed `case` at `now` that whoever reported is still to hear of.
pub(crate) fn feedback_owed(case: &CaseHead, now: Timestamp, map: &AreaMap) -> FeedbackOwed {
    FeedbackOwed {
        case_id: case.id.to_string(),
        number: case.number.clone(),
        area_code: case.area.to_string(),
        area_name: map.get(&case.area).map(|area| area.name.clone()).unwrap_or_default(),
        kind: case.kind.code().to_owned(),
        lead: case.lead.as_ref().map(ToString::to_string).unwrap_or_default(),
        resolved_at: case.resolved_at.map(time::to_wire),
        due_at: case.feedback_due.map(time::to_wire),
        overdue: case.feedback_due.is_some_and(|due| due <= now),
        signals: case.signals,
    }
}
