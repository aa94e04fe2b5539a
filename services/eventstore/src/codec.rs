//! Between a fact and its stored form: the payload column holds only what is under `data`, the type its own column.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::sync::Arc;

use jiff::Timestamp;
use seinhuis_domain::fact::Fact;
use serde::de;
use serde::de::value::MapDeserializer;

use crate::event::{Context, NewEvent, Recorded};
use crate::fault::Fault;
use crate::upcast::{Upcaster, upcast};

/// The stored form of `fact`.
pub(crate) fn encode<E: Fact>(fact: &E, context: &Context) -> Result<NewEvent, Fault> {
    let (name, payload) = payload(fact)?;
    Ok(NewEvent {
        schema: fact.event_version().parse().map_err(|_| Fault::Misshapen { name: name.clone() })?,
        recorded_at: whole_microseconds(context.at),
        area: fact.area().cloned(),
        actor: context.actor.clone(),
        trace: context.trace.clone(),
        payload,
        sealed: fact.sealed().cloned(),
        name,
    })
}

/// The name of `fact`, and the JSON it is stored as.
pub(crate) fn payload<E: Fact>(fact: &E) -> Result<(String, Vec<u8>), Fault> {
    let name = fact.event_type();
    let tagged = serde_json::to_vec(fact).ok();
    match tagged.and_then(|tagged| payload_of(&name, tagged)) {
        Some(payload) => Ok((name, payload)),
        None => Err(Fault::Misshapen { name }),
    }
}

/// The bytes under `data`. Serde writes the tag first, so the frame is known to the byte; anything else isn't tagged
/// the way the log needs, or calls itself otherwise than `event_type` says.
fn payload_of(name: &str, tagged: Vec<u8>) -> Option<Vec<u8>> {
    let rest = tagged.strip_prefix(br#"{"type":""#)?.strip_prefix(name.as_bytes())?;
    match rest {
        br#""}"# => Some(b"null".to_vec()),
        _ => Some(rest.strip_prefix(br#"","data":"#)?.strip_suffix(b"}")?.to_vec()),
    }
}

fn whole_microseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// The event in `row`, by way of `table` when its schema is an old one.
pub(crate) fn decode<E: Fact>(row: &Recorded, table: &[Upcaster]) -> Result<E, Fault> {
    let unknown =
        || Fault::UnknownEvent { position: row.position, name: row.name.clone(), schema: row.schema };
    let unreadable = |source| Fault::Unreadable {
        position: row.position,
        name: row.name.clone(),
        schema: row.schema,
        source: Arc::new(source),
    };
    let (schema, payload) = match upcast(table, &row.name, row.schema, &row.payload).map_err(unreadable)? {
        Some((schema, payload)) => (schema, Cow::Owned(payload)),
        None => (row.schema, Cow::Borrowed(row.payload.as_slice())),
    };
    let mut fact: E = serde_json::from_slice(&framed(&row.name, &payload))
        .map_err(|error| if is_known::<E>(&row.name) { unreadable(error) } else { unknown() })?;
    if fact.event_version().parse() != Ok(schema) {
        return Err(unknown());
    }
    if let Some(sealed) = &row.sealed {
        fact.attach_sealed(sealed.clone());
    }
    Ok(fact)
}

fn framed(name: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(name.len() + payload.len() + 24);
    bytes.extend_from_slice(br#"{"type":""#);
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(br#"","data":"#);
    bytes.extend_from_slice(payload);
    bytes.push(b'}');
    bytes
}

/// Whether `E` has a variant stored under `name`: asked of its deserialiser with the tag alone, which answers "no such
/// variant" or, for a known one, that the rest is missing.
fn is_known<E: Fact>(name: &str) -> bool {
    let tag_alone = MapDeserializer::<_, Tried>::new(std::iter::once(("type", name)));
    !matches!(E::deserialize(tag_alone), Err(Tried::NoSuchVariant))
}

#[derive(Debug)]
enum Tried {
    NoSuchVariant,
    Other,
}

impl Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a tag alone is no event")
    }
}

impl std::error::Error for Tried {}

impl de::Error for Tried {
    fn custom<T: Display>(_: T) -> Self {
        Self::Other
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::NoSuchVariant
    }
}

#[cfg(test)]
mod specs {
    use std::collections::BTreeMap;

    use cqrs_es::DomainEvent;
    use seinhuis_domain::area::AreaCode;
    use seinhuis_domain::sealed::Sealed;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::position::Position;
    use crate::stream::StreamId;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type", content = "data")]
    enum Light {
        #[serde(rename = "light.lit")]
        Lit {
            lamp: u32,
            area: AreaCode,
            #[serde(skip)]
            who: Option<Sealed>,
        },
        #[serde(rename = "light.dimmed")]
        Dimmed,
    }

    impl DomainEvent for Light {
        fn event_type(&self) -> String {
            match self {
                Self::Lit { .. } => "light.lit".into(),
                Self::Dimmed => "light.dimmed".into(),
            }
        }
        fn event_version(&self) -> String {
            match self {
                Self::Lit { .. } => "2".into(),
                Self::Dimmed => "1".into(),
            }
        }
    }

    impl Fact for Light {
        fn area(&self) -> Option<&AreaCode> {
            if let Self::Lit { area, .. } = self { Some(area) } else { None }
        }
        fn sealed(&self) -> Option<&Sealed> {
            if let Self::Lit { who, .. } = self { who.as_ref() } else { None }
        }
        fn attach_sealed(&mut self, sealed: Sealed) {
            if let Self::Lit { who, .. } = self {
                *who = Some(sealed);
            }
        }
    }

    fn lit() -> Light {
        let who = Some(Sealed { keys: vec![], bytes: vec![7] });
        Light::Lit { lamp: 4, area: AreaCode::new("WK150900").unwrap(), who }
    }

    fn context() -> Context {
        Context { actor: "test".into(), at: "2026-04-02T10:00:00.1234567Z".parse().unwrap(), trace: None }
    }

    fn stored(event: NewEvent) -> Recorded {
        Recorded {
            position: Position(9),
            stream: StreamId::new("light", "1"),
            version: 1,
            name: event.name,
            schema: event.schema,
            recorded_at: event.recorded_at,
            area: event.area,
            actor: event.actor,
            trace: event.trace,
            payload: event.payload,
            sealed: event.sealed,
            leaf: [0; 32],
        }
    }

    #[test]
    fn the_payload_is_what_stands_under_data_and_nothing_else() {
        let event = encode(&lit(), &context()).unwrap();
        assert_eq!(String::from_utf8(event.payload.clone()).unwrap(), r#"{"lamp":4,"area":"WK150900"}"#);
        assert_eq!((event.name.as_str(), event.schema), ("light.lit", 2));
        assert_eq!(event.recorded_at.to_string(), "2026-04-02T10:00:00.123456Z");
        assert_eq!(event.area, Some(AreaCode::new("WK150900").unwrap()));
        assert_eq!(decode::<Light>(&stored(event), &[]).unwrap(), lit());
    }

    #[test]
    fn an_event_without_content_comes_back() {
        let event = encode(&Light::Dimmed, &context()).unwrap();
        assert_eq!(event.payload, b"null");
        assert_eq!(decode::<Light>(&stored(event), &[]).unwrap(), Light::Dimmed);
    }

    #[test]
    fn a_type_nobody_knows_is_named_with_its_position() {
        let mut row = stored(encode(&lit(), &context()).unwrap());
        row.name = "light.burnt".into();
        let fault = decode::<Light>(&row, &[]).unwrap_err();
        assert_eq!(fault.to_string(), "event 9 is of an unknown kind: light.burnt, schema 2");
    }

    #[test]
    fn a_schema_newer_than_this_program_is_unknown() {
        let mut row = stored(encode(&lit(), &context()).unwrap());
        row.schema = 3;
        let fault = decode::<Light>(&row, &[]).unwrap_err();
        assert!(matches!(fault, Fault::UnknownEvent { schema: 3, .. }), "{fault}");
    }

    #[test]
    fn a_payload_of_another_shape_is_unreadable_and_not_unknown() {
        let mut row = stored(encode(&lit(), &context()).unwrap());
        row.payload = br#"{"lamp":"four"}"#.to_vec();
        let fault = decode::<Light>(&row, &[]).unwrap_err();
        assert!(matches!(fault, Fault::Unreadable { .. }), "{fault}");
    }

    #[test]
    fn an_old_schema_comes_up_step_by_step() {
        let table = [
            Upcaster {
                name: "light.lit",
                from: 0,
                step: |old| {
                    let lamp = old.get("no").cloned().unwrap_or_default();
                    serde_json::json!({ "lamp": lamp })
                },
            },
            Upcaster {
                name: "light.lit",
                from: 1,
                step: |mut old| {
                    old["area"] = "WK150900".into();
                    old
                },
            },
        ];
        let mut row = stored(encode(&lit(), &context()).unwrap());
        (row.schema, row.payload) = (0, br#"{"no":4}"#.to_vec());
        assert_eq!(decode::<Light>(&row, &table).unwrap(), lit());
        assert!(matches!(decode::<Light>(&row, &[]), Err(Fault::Unreadable { schema: 0, .. })));
    }

    #[test]
    fn an_enum_tagged_otherwise_is_refused_before_it_reaches_the_disk() {
        let outside = serde_json::to_vec(&BTreeMap::from([("light.lit", 1)])).unwrap();
        assert_eq!(payload_of("light.lit", outside), None);
        let other_name = serde_json::to_vec(&Light::Dimmed).unwrap();
        assert_eq!(payload_of("light.dim", other_name), None);
    }
}
