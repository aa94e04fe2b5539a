//! What is public of a signal: who reported what kind of thing, where and when.

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::{Sector, Urgency};
use seinhuis_domain::signal::{SignalEvent, SignalFacts};
use serde::Serialize;

use super::{Data, Public};

#[derive(Debug, Serialize)]
pub(crate) struct Signal<'a> {
    area: &'a AreaCode,
    partner: &'a PartnerId,
    sector: Sector,
    kind: Kind,
    urgency: Urgency,
    /// By the partner's clock; `time` is the hub's.
    occurred_at: Timestamp,
}

pub(super) fn public(event: &SignalEvent) -> Public<'_> {
    let SignalEvent::SignalReported(facts) = event;
    let SignalFacts {
        partner,
        reference: _,
        kind,
        occurred_at,
        area,
        urgency,
        channel: _,
        subjects: _,
        household: _,
        place: _,
        #[cfg(feature = "tomorrow")]
            tomorrow: _,
        sealed: _,
    } = &**facts;
    let (sector, occurred_at) = (kind.sector(), *occurred_at);
    let data = Signal { area, partner, sector, kind: *kind, urgency: *urgency, occurred_at };
    Public { name: "signal.reported", version: 1, area, case: None, data: Data::Signal(data) }
}
