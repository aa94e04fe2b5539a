//! The stored form of every event, pinned byte for byte: `golden/<name>.v<schema>.json` holds a payload as the log
//! keeps it. A change that moves one of these bytes changes what is on disk, and needs a schema version of its own.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use seinhuis_domain::area::AreasEvent;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::STORED_NAMES;
use seinhuis_domain::fact::Fact;
use seinhuis_domain::notice::NoticeEvent;
use seinhuis_domain::partner::PartnerEvent;
use seinhuis_domain::person::PersonEvent;
use seinhuis_domain::profile::ProfileEvent;
use seinhuis_domain::sealed::Sealed;
use seinhuis_domain::signal::SignalEvent;
use seinhuis_domain::subject::SubjectEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a type of event says of itself.
struct Pinned {
    /// The names its variants are stored under, as serde knows them.
    names: BTreeSet<String>,
    /// Decodes a framed payload; answers name and schema as the log would ask them, and the frame encoded again.
    again: fn(&str) -> (String, String, String),
    /// Decodes it and attaches a sealed part; answers whether it keeps one, and the frame encoded again.
    with_a_note: fn(&str) -> (bool, String),
    /// Decodes it and answers where it happened.
    area: fn(&str) -> Option<String>,
}

fn pinned<E: Fact + Serialize + DeserializeOwned>() -> Pinned {
    // Serde names every variant when it meets one it does not know, so none can be left out here.
    let unknown = serde_json::from_str::<E>(r#"{"type":"no.such","data":null}"#).err().unwrap().to_string();
    let (_, expected) = unknown.split_once("expected").unwrap();
    let names = expected.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect();
    Pinned {
        names,
        again: |framed| {
            let event: E = serde_json::from_str(framed).unwrap();
            (event.event_type(), event.event_version(), serde_json::to_string(&event).unwrap())
        },
        with_a_note: |framed| {
            let mut event: E = serde_json::from_str(framed).unwrap();
            event.attach_sealed(Sealed { keys: vec![], bytes: b"canary".to_vec() });
            (event.sealed().is_some(), serde_json::to_string(&event).unwrap())
        },
        area: |framed| {
            let event: E = serde_json::from_str(framed).unwrap();
            event.area().map(ToString::to_string)
        },
    }
}

fn every_type() -> [Pinned; 8] {
    [
        pinned::<ProfileEvent>(),
        pinned::<AreasEvent>(),
        pinned::<PartnerEvent>(),
        pinned::<PersonEvent>(),
        pinned::<SignalEvent>(),
        pinned::<CaseEvent>(),
        pinned::<NoticeEvent>(),
        pinned::<SubjectEvent>(),
    ]
}

/// The samples of what is written now. Old forms are read by way of the log's upcasters and tested there.
fn present() -> BTreeMap<(String, u32), String> {
    let now = |name: &str, schema: u32| STORED_NAMES.contains(&(name, schema));
    samples().into_iter().filter(|((name, schema), _)| now(name, *schema)).collect()
}

/// Name and schema of every sample, with its bytes.
fn samples() -> BTreeMap<(String, u32), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let file = path.file_name().unwrap().to_str().unwrap();
            let (name, schema) = file.strip_suffix(".json").unwrap().rsplit_once(".v").unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            ((name.to_owned(), schema.parse().unwrap()), text.trim_end().to_owned())
        })
        .collect()
}

fn framed(name: &str, payload: &str) -> String {
    format!(r#"{{"type":"{name}","data":{payload}}}"#)
}

fn type_of<'a>(types: &'a [Pinned], name: &str) -> &'a Pinned {
    types.iter().find(|pinned| pinned.names.contains(name)).unwrap()
}

#[test]
fn there_is_one_sample_for_every_schema_a_stored_name_ever_had() {
    let names: BTreeSet<_> = STORED_NAMES.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), STORED_NAMES.len(), "a name is listed twice");
    let every = |(name, schema): &(&str, u32)| {
        let name = (*name).to_owned();
        (1..=*schema).map(move |schema| (name.clone(), schema))
    };
    let stored: BTreeSet<_> = STORED_NAMES.iter().flat_map(every).collect();
    assert_eq!(samples().into_keys().collect::<BTreeSet<_>>(), stored);
}

#[test]
fn every_variant_of_every_event_is_a_stored_name_and_of_one_type_only() {
    let variants: Vec<_> = every_type().into_iter().flat_map(|pinned| pinned.names).collect();
    assert_eq!(variants.len(), STORED_NAMES.len());
    let stored: BTreeSet<_> = STORED_NAMES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(variants.into_iter().collect::<BTreeSet<_>>(), stored);
}

/// Versions run side by side while a hub is brought up to date: this one reads what a later one wrote.
#[test]
fn a_field_that_a_later_version_added_is_no_obstacle() {
    let types = every_type();
    let mut read = 0;
    for ((name, schema), payload) in present() {
        let Some(fields) = payload.strip_prefix('{').filter(|fields| *fields != "}") else { continue };
        let later = framed(&name, &format!(r#"{{"of_a_later_version":{{"any":[1]}},{fields}"#));
        let (event_type, event_version, again) = (type_of(&types, &name).again)(&later);
        assert_eq!((event_type, event_version), (name.clone(), schema.to_string()));
        assert_eq!(again, framed(&name, &payload));
        read += 1;
    }
    assert_eq!(read, STORED_NAMES.len(), "every event has fields, and room for one more");
}

#[test]
fn every_sample_is_read_and_written_back_to_the_same_bytes_under_the_same_name() {
    let types = every_type();
    for ((name, schema), payload) in present() {
        let framed = framed(&name, &payload);
        let (event_type, event_version, again) = (type_of(&types, &name).again)(&framed);
        assert_eq!((event_type, event_version), (name, schema.to_string()));
        assert_eq!(again, framed);
    }
}

#[test]
fn a_sealed_part_travels_with_acts_and_signals_and_never_enters_the_payload() {
    let types = every_type();
    for ((name, _), payload) in present() {
        let framed = framed(&name, &payload);
        let (kept, again) = (type_of(&types, &name).with_a_note)(&framed);
        assert_eq!(again, framed);
        assert_eq!(kept, name == "signal.reported" || payload.contains(r#""act":"#), "{name}");
    }
}

/// Read models, streams and access go by it.
#[test]
fn an_event_happened_where_its_payload_says() {
    let types = every_type();
    for ((name, _), payload) in present() {
        let fields: serde_json::Value = serde_json::from_str(&payload).unwrap();
        let said = fields["area"].as_str().map(ToOwned::to_owned);
        assert_eq!((type_of(&types, &name).area)(&framed(&name, &payload)), said, "{name}");
        let has_a_place = ["case.", "notice.", "signal."].iter().any(|kind| name.starts_with(kind));
        assert_eq!(said.is_some(), has_a_place, "{name}");
    }
}
