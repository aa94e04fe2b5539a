//! An event as a CloudEvent 1.0 in JSON, by the NL GOV profile.
//!
//! A struct of our own, since it is written and never read here: cloudevents-sdk would bring chrono, url, snafu and a
//! builder that is checked at run time, for eleven fields that are always the same.

use jiff::Timestamp;
use seinhuis_bus::Message;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::CaseId;
use seinhuis_eventstore::{Fault, Position, Recorded};
use seinhuis_runtime::trace::TraceContext;
use serde::Serialize;

use crate::origin::Origin;
use crate::public::{Data, Public, public};

/// How a message says what it is.
const CONTENT_TYPE: &str = "application/cloudevents+json; charset=UTF-8";

/// The attributes, in the order in which they are written.
#[derive(Debug, Serialize)]
pub(crate) struct CloudEvent<'a> {
    specversion: &'static str,
    id: &'a str,
    source: &'a str,
    r#type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<CaseId>,
    /// When the hub recorded it, as the profile wants it.
    time: Timestamp,
    datacontenttype: &'static str,
    /// The position as text of one width, so that it sorts. Without a `sequencetype`: `Integer` would end at 2^31.
    sequence: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<&'a str>,
    data: &'a Data<'a>,
}

/// The message for one event of the log; `None` when nothing of it is public.
///
/// # Panics
/// When names, numbers and times can't be written as JSON.
pub(crate) fn message(recorded: &Recorded, event: &Event, from: &Origin) -> Result<Option<Message>, Fault> {
    let Some(public) = public(recorded, event)? else { return Ok(None) };
    let id = id(recorded.position);
    let body = serde_json::to_vec(&cloud_event(&id, recorded, &public, from));
    let content = ("Content-Type", CONTENT_TYPE.to_owned());
    Ok(Some(Message {
        subject: format!("{}.{}.v{}", public.area, public.name, public.version),
        body: body.unwrap_or_else(|bug| panic!("{id} can't be written: {bug}")),
        headers: vec![content],
        id,
    }))
}

fn cloud_event<'a>(
    id: &'a str,
    recorded: &'a Recorded,
    public: &'a Public<'_>,
    from: &'a Origin,
) -> CloudEvent<'a> {
    CloudEvent {
        specversion: "1.0",
        id,
        source: from.source(),
        r#type: format!("{}.{}.v{}", from.types(), public.name, public.version),
        subject: public.case,
        time: recorded.recorded_at,
        datacontenttype: "application/json",
        sequence: id,
        traceparent: trace(recorded),
        data: &public.data,
    }
}

/// The id of an event: its place in the log, by which receipts, explanations and proofs know it too.
fn id(position: Position) -> String {
    format!("{:020}", position.0)
}

/// The `traceparent` of an event, if it has the shape of one: it came from outside.
fn trace(recorded: &Recorded) -> Option<&str> {
    recorded.trace.as_deref().filter(|text| TraceContext::parse(text).is_some())
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::public::specs::recorded;

    fn traced(text: &str) -> Option<String> {
        let row = Recorded { trace: Some(text.into()), ..recorded("case-1", "case.resolved") };
        trace(&row).map(ToOwned::to_owned)
    }

    #[test]
    fn an_id_is_the_position_in_twenty_digits() {
        assert_eq!(id(Position(42)), "00000000000000000042");
        assert_eq!(id(Position(u64::MAX)), "18446744073709551615");
    }

    #[test]
    fn a_trace_is_passed_on_when_it_has_the_shape_of_one() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(traced(good).as_deref(), Some(good));
        for bad in ["", "Jansen", &good[1..], &format!("{good}-Jansen"), &good.to_uppercase()] {
            assert_eq!(traced(bad), None, "{bad}");
        }
    }
}
