//! A climb that a timer made, for those who watch.

use bytes::Bytes;
use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::proto::common::v1 as common;
use seinhuis_contract::proto::monitor::v1::watch_timers_response::Event as Said;
use seinhuis_contract::proto::monitor::v1::{TimerFired, WatchTimersResponse};
use seinhuis_contract::{time, words};
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::CaseId;
use seinhuis_eventstore::Fault;

use crate::live::told::Told;

/// The climb that a fact is, encoded; nothing where it is none, or somebody made it by hand.
pub(crate) fn told(told: &Told<'_>) -> Result<Option<Bytes>, Fault> {
    if told.row.name != "case.rung_reached" {
        return Ok(None);
    }
    let Event::Case(CaseEvent::RungReached(reached)) = told.event()? else { return Ok(None) };
    let case = told.row.stream.id().parse::<CaseId>();
    let (Some(planned_at), Ok(case)) = (reached.planned_at, case) else { return Ok(None) };
    let fired = TimerFired {
        position: told.row.position.0,
        case_id: case.to_string(),
        number: case.number(),
        area_code: reached.area.to_string(),
        rung: words::number::<common::Rung>(reached.rung),
        planned_at: Some(time::to_wire(planned_at)),
        fired_at: Some(time::to_wire(reached.at)),
        late: Some(time::span_to_wire(reached.at.duration_since(planned_at))),
    };
    let answer = WatchTimersResponse { event: Some(Said::Fired(fired)) };
    Ok(Some(Encoded::of(&answer).into_bytes()))
}
