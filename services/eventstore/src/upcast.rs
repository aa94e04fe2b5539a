//! The seam through which old events stay readable for ever: each step lifts a payload one schema version up.

use serde_json::Value;

/// Every step there is. A schema version goes up together with a line here and a golden file of the old form.
pub(crate) const UPCASTERS: &[Upcaster] =
    &[Upcaster { name: "subject.erased", from: 1, step: erased_for_no_recorded_reason }];

/// Until schema 2 nobody was asked for a reason.
fn erased_for_no_recorded_reason(mut old: Value) -> Value {
    if let Value::Object(fields) = &mut old {
        fields.insert("reason".to_owned(), "unrecorded".into());
    }
    old
}

/// One step for one type of event.
pub(crate) struct Upcaster {
    /// The stored name.
    pub(crate) name: &'static str,
    /// The schema it reads; it writes the next one.
    pub(crate) from: u32,
    /// The change itself.
    pub(crate) step: fn(Value) -> Value,
}

/// The payload at the newest schema `table` leads to, or `None` when no step starts at this one.
pub(crate) fn upcast(
    table: &[Upcaster],
    name: &str,
    schema: u32,
    payload: &[u8],
) -> Result<Option<(u32, Vec<u8>)>, serde_json::Error> {
    let step_from = |schema| table.iter().find(|step| step.from == schema && step.name == name);
    let Some(first) = step_from(schema) else { return Ok(None) };
    let mut value = (first.step)(serde_json::from_slice(payload)?);
    let mut schema = schema + 1;
    while let Some(next) = step_from(schema) {
        value = (next.step)(value);
        schema += 1;
    }
    Ok(Some((schema, serde_json::to_vec(&value)?)))
}

#[cfg(test)]
mod specs {
    use seinhuis_domain::event::{Event, STORED_NAMES};
    use seinhuis_domain::subject::{ErasureReason, SubjectEvent};

    use crate::event::Recorded;
    use crate::fault::Fault;
    use crate::position::Position;
    use crate::stream::StreamId;

    /// A row that holds the sample `<name>.v<schema>.json`.
    fn stored(name: &str, schema: u32) -> Recorded {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/tests/golden");
        let payload = std::fs::read(format!("{folder}/{name}.v{schema}.json")).unwrap();
        let kind = name.split('.').next().unwrap();
        Recorded {
            position: Position(9),
            stream: StreamId::new(kind, "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001"),
            version: 1,
            name: name.to_owned(),
            schema,
            recorded_at: jiff::Timestamp::UNIX_EPOCH,
            area: None,
            actor: "test".to_owned(),
            trace: None,
            payload,
            sealed: None,
            leaf: [0; 32],
        }
    }

    #[test]
    fn every_form_an_event_ever_had_is_read_as_what_it_is_now() {
        for (name, newest) in STORED_NAMES {
            for schema in 1..=*newest {
                let event = stored(name, schema).event();
                assert!(event.is_ok(), "{name} {schema}: {event:?}");
            }
        }
    }

    #[test]
    fn a_schema_that_is_newer_or_was_never_there_is_named_with_its_position() {
        for (name, newest) in STORED_NAMES {
            for schema in [0, newest + 1] {
                let unread = Recorded { schema, ..stored(name, *newest) }.event().unwrap_err();
                let named = matches!(&unread, Fault::UnknownEvent { position: Position(9), name: told, schema: at }
                    if told == name && *at == schema);
                assert!(named, "{name} {schema}: {unread:?}");
            }
        }
    }

    #[test]
    fn an_erasure_from_before_reasons_were_recorded_says_so() {
        let event = stored("subject.erased", 1).event().unwrap();
        let Event::Subject(SubjectEvent::SubjectErased { reason, .. }) = event else { panic!("{event:?}") };
        assert_eq!(reason, ErasureReason::Unrecorded);
    }
}
