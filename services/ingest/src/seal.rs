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

use std::collections::BTreeMap;

use jiff::civil::Date;
use seinhuis_domain::area::GeoPoint;
use seinhuis_domain::ids::{SignalId, SubjectId};
use seinhuis_domain::sealed::Sealed;
use seinhuis_eventstore::StreamId;
use seinhuis_eventstore::keyring::{Keyring, Part, Place, SealError};
use serde::Serialize;
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
        parts.push(part("household", vec![household], &BTreeMap::from([("household_key", key.as_str())])));
    }
    let people = people(pseudonyms);
    if let Some(place) = pseudonyms.place {
        let keys = people.iter().copied().chain([place]).collect();
        parts.push(part("location", keys, &location(signal.address.as_ref(), signal.point)));
    }
    let keepers = if people.is_empty() { pseudonyms.own.into_iter().collect() } else { people };
    if !signal.details.is_empty() {
        let details: BTreeMap<_, _> =
            signal.details.iter().map(|(name, value)| (*name, value.as_str())).collect();
        parts.push(part("details", keepers.clone(), &details));
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

fn part(label: &'static str, keys: Vec<SubjectId>, content: &impl Serialize) -> Part<'static> {
    // Writing texts and numbers to memory can't fail.
    let plaintext = serde_json::to_vec(content).unwrap_or_default();
    Part { label, keys, plaintext: Zeroizing::new(plaintext) }
}

/// Fields stand in the order of the alphabet, here and below, as they always have.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bsn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_key: Option<&'a str>,
}

fn person(subject: &Subject) -> Told<'_> {
    // What was said beside the identifier; where both say it, the name as sent beside it wins.
    let (name, birth_date) = (subject.name.as_ref().map(|name| name.as_str()), subject.birth_date);
    let told = Told { birth_date, bsn: None, name, partner_key: None };
    match &subject.identifier {
        Identifier::Bsn(bsn) => Told { bsn: Some(bsn), ..told },
        Identifier::PartnerKey(key) => Told { partner_key: Some(key), ..told },
        Identifier::NameAndBirthDate(name, born) => {
            Told { name: told.name.or(Some(name)), birth_date: birth_date.or(Some(*born)), ..told }
        }
    }
}

#[derive(Serialize)]
struct Located<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    addition: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    house_number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lon: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postcode: Option<&'a str>,
}

fn location(address: Option<&Address>, point: Option<GeoPoint>) -> Located<'_> {
    Located {
        addition: address.and_then(|address| address.addition.as_ref()).map(|addition| addition.as_str()),
        house_number: address.map(|address| address.house_number),
        lat: point.map(|point| point.lat),
        lon: point.map(|point| point.lon),
        postcode: address.map(|address| address.postcode.as_str()),
    }
}

#[cfg(test)]
mod specs {
    use jiff::civil::date;

    use super::*;
    use crate::checked::Secret;

    fn secret(text: &str) -> Secret {
        Zeroizing::new(text.into())
    }

    fn written(content: &impl Serialize) -> String {
        String::from_utf8(part("subject", vec![], content).plaintext.to_vec()).unwrap()
    }

    #[test]
    fn what_is_sealed_of_a_person_is_written_in_one_way_only() {
        let told = |identifier, name: Option<&str>, birth_date| {
            written(&person(&Subject { identifier, name: name.map(secret), birth_date }))
        };
        let (bsn, born) = (Identifier::Bsn(secret("111222333")), date(1970, 2, 28));
        assert_eq!(told(bsn, Some("Jan \"J\""), None), r#"{"bsn":"111222333","name":"Jan \"J\""}"#);
        let key = Identifier::PartnerKey(secret("K1"));
        assert_eq!(told(key, None, Some(born)), r#"{"birth_date":"1970-02-28","partner_key":"K1"}"#);
        let named = || Identifier::NameAndBirthDate(secret("Jan"), born);
        assert_eq!(told(named(), None, None), r#"{"birth_date":"1970-02-28","name":"Jan"}"#);
        assert_eq!(told(named(), Some("Johan"), None), r#"{"birth_date":"1970-02-28","name":"Johan"}"#);
    }

    #[test]
    fn what_is_sealed_of_a_place_is_written_in_one_way_only() {
        let address = |addition: Option<&str>| Address {
            postcode: secret("7071AB"),
            house_number: 12,
            addition: addition.map(secret),
        };
        let point = Some(GeoPoint { lon: 6.5, lat: 51.0 });
        assert_eq!(
            written(&location(Some(&address(None)), None)),
            r#"{"house_number":12,"postcode":"7071AB"}"#
        );
        let all = r#"{"addition":"bis","house_number":12,"lat":51.0,"lon":6.5,"postcode":"7071AB"}"#;
        assert_eq!(written(&location(Some(&address(Some("bis"))), point)), all);
    }
}
