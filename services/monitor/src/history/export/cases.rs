//! The open cases of a moment, a row each. Nothing personal: who reported isn't in it.

use seinhuis_domain::ids::{PartnerId, TeamId};
use seinhuis_projections::CaseVersion;

use super::table::{Column, Kind, Row, Table, column};

const COLUMNS: &[Column] = &[
    column("number", Kind::Text),
    column("area_code", Kind::Text),
    column("kind", Kind::Text),
    column("lane", Kind::Text),
    column("track", Kind::Text),
    column("goal", Kind::Text),
    column("urgency", Kind::Text),
    column("rung", Kind::Text),
    column("team", Kind::Text),
    column("lead", Kind::Text),
    column("opened_at", Kind::Instant),
    column("since", Kind::Instant),
    column("picked_up_at", Kind::Instant),
    column("due_at", Kind::Instant),
    column("heard_at", Kind::Instant),
    column("signals", Kind::Count),
    column("refusals", Kind::Count),
    column("handovers", Kind::Count),
    column("position", Kind::Count),
];

pub(super) fn table(cases: &[CaseVersion]) -> Table {
    Table { columns: COLUMNS, rows: cases.iter().map(row).collect(), left_out: 0 }
}

fn row(CaseVersion { head, heard_at, handovers_ever, refusals_ever, .. }: &CaseVersion) -> Row {
    vec![
        head.number.as_str().into(),
        head.area.as_str().into(),
        head.kind.code().into(),
        head.lane.as_str().into(),
        head.track.as_str().into(),
        head.goal.as_str().into(),
        head.urgency.as_str().into(),
        head.rung.as_str().into(),
        head.team.as_ref().map(TeamId::as_str).into(),
        head.lead.as_ref().map(PartnerId::as_str).into(),
        head.opened_at.into(),
        head.since.into(),
        head.picked_up.into(),
        head.planned.as_ref().map(|step| step.due_at).into(),
        (*heard_at).into(),
        head.signals.into(),
        (*refusals_ever).into(),
        (*handovers_ever).into(),
        head.position.0.into(),
    ]
}
