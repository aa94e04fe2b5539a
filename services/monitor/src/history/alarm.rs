//! An alarm, as the contract says it.

use seinhuis_contract::proto::common::v1 as words;
use seinhuis_contract::proto::history::v1 as wire;
use seinhuis_contract::time;
use seinhuis_projections::report::{Alarm, AlarmedCase};

/// Which alarm it is.
pub(super) fn kind(alarm: &Alarm) -> wire::Alarm {
    match alarm {
        Alarm::NoLead { .. } => wire::Alarm::NoLead,
        Alarm::Refused { .. } => wire::Alarm::Refused,
        Alarm::LeadSilent { .. } => wire::Alarm::LeadSilent,
        Alarm::PingPong { .. } => wire::Alarm::PingPong,
    }
}

/// The case, and what the alarm counts.
pub(super) fn to_wire(AlarmedCase { head, alarm }: &AlarmedCase) -> wire::AlarmedCase {
    let (times, span) = match alarm {
        Alarm::NoLead { since, due } | Alarm::LeadSilent { since, due, .. } => (0, Some((*since, *due))),
        Alarm::Refused { times, .. } | Alarm::PingPong { times, .. } => (*times, None),
    };
    wire::AlarmedCase {
        alarm: kind(alarm).into(),
        case_id: head.id.to_string(),
        number: head.number.clone(),
        area_code: head.area.to_string(),
        kind: head.kind.code().to_owned(),
        rung: words::Rung::from(head.rung).into(),
        lead: head.lead.as_ref().map(ToString::to_string).unwrap_or_default(),
        since: span.map(|(since, _)| time::to_wire(since)),
        due: span.map(|(_, due)| time::to_wire(due)),
        times,
    }
}
