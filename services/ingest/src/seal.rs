//! The personal part of a signal, in an envelope (INV-9).
//!
//! | part | holds | under the key of |
//! |---|---|---|
//! | `subject` | identifier, name, date of birth; one part per person | that person |
//! | `household` | the household key | the household |
//! | `location` | address and exact point | those below, and the place |
//! | `details` | what only the sector has | all persons, else the household, else the signal itself |
//! | `text` | free text | the same |
//!
//! A part under several keys is gone when one of them is: text about two persons can't be kept for one of them.
//! Parts, their order and their bytes are a function of the signal, because a retry must seal to the same envelope.

use seinhuis_domain::area::GeoPoint;
use seinhuis_domain::ids::{SignalId, SubjectId};
use seinhuis_domain::sealed::Sealed;
use seinhuis_eventstore::StreamId;
use seinhuis_eventstore::keyring::{Keyring, Part, Place, SealError};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::checked::{Address, Checked, Identifier, Subject};
use crate::pseudonyms::Pseudonyms;

/// Seals what is personal in `signal`; nothing for a signal without anything personal.
pub(crate) async fn of(
    keyring: &Keyring,
    signal: &Checked,
    id: SignalId,
    pseudonyms: &Pseudonyms,
) -> Result<Option<Sealed>, SealError> {
    let parts = parts(signal, pseudonyms);
    if parts.is_empty() {
        return Ok(None);
    }
    let stream = StreamId::new("signal", &id.to_string());
    let place = Place { event: "signal.reported", stream: stream.as_str(), version: 1 };
    keyring.seal(&place, &parts).await.map(Some)
}

fn parts(signal: &Checked, pseudonyms: &Pseudonyms) -> Vec<Part<'static>> {
    let mut parts = Vec::new();
    for (subject, key) in signal.subjects.iter().zip(&pseudonyms.persons) {
        parts.push(part("subject", vec![*key], &person(subject)));
    }
    if let (Some(key), Some(household)) = (&signal.household_key, pseudonyms.household) {
        parts.push(part("household", vec![household], &json!({ "household_key": key.as_str() })));
    }
    let people = people(pseudonyms);
    if let Some(place) = pseudonyms.place {
        let keys = people.iter().copied().chain([place]).collect();
        parts.push(part("location", keys, &location(signal.address.as_ref(), signal.point)));
    }
    let keepers = if people.is_empty() { pseudonyms.own.into_iter().collect() } else { people };
    if !signal.details.is_empty() {
        let details = signal.details.iter().map(|(name, value)| ((*name).to_owned(), json!(value.as_str())));
        parts.push(part("details", keepers.clone(), &Value::Object(details.collect())));
    }
    if let Some(text) = &signal.free_text {
        parts.push(Part {
            label: "text",
            keys: keepers,
            plaintext: Zeroizing::new(text.as_bytes().to_vec()),
        });
    }
    parts
}

/// All persons once, in the order of their first mention, or else the household.
fn people(pseudonyms: &Pseudonyms) -> Vec<SubjectId> {
    let mut people = once_each(&pseudonyms.persons);
    if people.is_empty() {
        people.extend(pseudonyms.household);
    }
    people
}

/// Each once, in the order of first mention.
pub(crate) fn once_each(subjects: &[SubjectId]) -> Vec<SubjectId> {
    let mut seen = Vec::with_capacity(subjects.len());
    for subject in subjects {
        if !seen.contains(subject) {
            seen.push(*subject);
        }
    }
    seen
}

fn part(label: &'static str, keys: Vec<SubjectId>, content: &Value) -> Part<'static> {
    Part { label, keys, plaintext: Zeroizing::new(content.to_string().into_bytes()) }
}

fn person(subject: &Subject) -> Value {
    let mut told = Map::new();
    match &subject.identifier {
        Identifier::Bsn(bsn) => drop(told.insert("bsn".into(), json!(bsn.as_str()))),
        Identifier::PartnerKey(key) => drop(told.insert("partner_key".into(), json!(key.as_str()))),
        Identifier::NameAndBirthDate(name, born) => {
            told.insert("name".into(), json!(name.as_str()));
            told.insert("birth_date".into(), json!(born.to_string()));
        }
    }
    // What was said beside the identifier; where both say it, the name as sent beside it wins.
    if let Some(name) = &subject.name {
        told.insert("name".into(), json!(name.as_str()));
    }
    if let Some(born) = subject.birth_date {
        told.insert("birth_date".into(), json!(born.to_string()));
    }
    Value::Object(told)
}

fn location(address: Option<&Address>, point: Option<GeoPoint>) -> Value {
    let mut told = Map::new();
    if let Some(Address { postcode, house_number, addition }) = address {
        told.insert("postcode".into(), json!(postcode.as_str()));
        told.insert("house_number".into(), json!(house_number));
        if let Some(addition) = addition {
            told.insert("addition".into(), json!(addition.as_str()));
        }
    }
    if let Some(GeoPoint { lon, lat }) = point {
        told.insert("lon".into(), json!(lon));
        told.insert("lat".into(), json!(lat));
    }
    Value::Object(told)
}
