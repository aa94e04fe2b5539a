//! What comes out for every event there is, and what never does.

mod any;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use seinhuis_domain::event::STORED_NAMES;
use seinhuis_domain::sealed::Sealed;
use seinhuis_eventstore::{Position, StreamId};

use proptest::prelude::*;
use seinhuis_bus::Message;
use serde_json::Value;

use super::*;
use crate::cloud_event::message;
use crate::origin::Origin;

/// Stored names of which nothing is public.
const NEVER: &[&str] = &[
    "areas.imported",
    "partner.registered",
    "partner.token_issued",
    "partner.token_revoked",
    "person.admitted",
    "person.token_issued",
    "person.token_revoked",
    "profile.adopted",
    "subject.erased",
    "subject.erasure_ordered",
    "subject.held",
    "subject.hold_lifted",
];

fn origin() -> Origin {
    Origin::new("00000001823288444000", "seinhuis", "nl.seinhuis").unwrap()
}

/// A row of the log without its payload.
pub(crate) fn recorded(stream: &str, name: &str) -> Recorded {
    Recorded {
        position: Position(1234),
        stream: StreamId::parse(stream).unwrap(),
        version: 3,
        name: name.into(),
        schema: 1,
        recorded_at: "2026-03-16T23:00:00.25Z".parse().unwrap(),
        area: None,
        actor: format!("person:{}", any::CANARY),
        trace: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
        payload: vec![],
        sealed: Some(Sealed { keys: vec![], bytes: any::CANARY.into() }),
        leaf: [0; 32],
    }
}

/// The stream that an event of this name stands in.
fn stream(name: &str) -> String {
    let (kind, _) = name.split_once('.').unwrap();
    format!("{kind}-5b6f7f0e-41d7-5c5c-a3c4-7b8d0a1e2f03")
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The payload that the golden file of the domain holds for a name.
fn sample(name: &str, schema: u32) -> String {
    let file = folder("../domain/tests/golden").join(format!("{name}.v{schema}.json"));
    std::fs::read_to_string(file).unwrap().trim_end().to_owned()
}

/// What goes out for a payload, if anything does.
fn published(name: &str, schema: u32, payload: &str) -> Option<Message> {
    let row = Recorded { schema, payload: payload.into(), ..recorded(&stream(name), name) };
    message(&row, &row.event().unwrap(), &origin()).unwrap()
}

#[test]
fn every_public_event_goes_out_as_its_golden_file_says_and_the_others_do_not() {
    let mut written = BTreeSet::new();
    for (name, schema) in STORED_NAMES {
        let Some(message) = published(name, *schema, &sample(name, *schema)) else {
            assert!(NEVER.contains(name), "{name} is not published");
            continue;
        };
        assert!(!NEVER.contains(name), "{name} is published");
        let file = format!("{}.json", message.subject.split_once('.').unwrap().1);
        let golden = std::fs::read_to_string(folder("tests/golden").join(&file)).unwrap_or_default();
        let body = String::from_utf8(message.body).unwrap();
        assert_eq!(body, golden.trim_end(), "{file}");
        written.insert(file);
    }
    let files = std::fs::read_dir(folder("tests/golden")).unwrap();
    let there: BTreeSet<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(there, written);
}

/// Every string and every key in a JSON value.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().flat_map(words).collect(),
        Value::Object(all) => {
            all.iter().flat_map(|(key, value)| [vec![key.clone()], words(value)].concat()).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => vec![],
    }
}

fn is_uuid(word: &str) -> bool {
    word.len() == 36 && word.bytes().filter(|b| *b == b'-').count() == 4
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_personal_no_pseudonym_and_no_free_text_gets_out(event in any::event(), case in any::case_id()) {
        let name = match &event {
            Event::Signal(_) => "signal",
            Event::Notice(_) => "notice",
            _ => "case",
        };
        let case = match &event {
            Event::Notice(event) => event.facts().case,
            _ => case,
        };
        let row = recorded(&format!("{name}-{case}"), name);
        let message = message(&row, &event, &origin()).unwrap().unwrap();
        let body = String::from_utf8(message.body).unwrap();
        let all = format!("{} {} {:?} {body}", message.subject, message.id, message.headers);
        prop_assert!(!all.to_lowercase().contains(any::CANARY), "{all}");
        for word in words(&serde_json::from_str(&body).unwrap()) {
            prop_assert!(!word.contains(char::is_whitespace), "{word:?} in {body}");
            prop_assert!(!is_uuid(&word) || name != "signal" && word == case.to_string(), "{word} in {body}");
        }
    }
}
