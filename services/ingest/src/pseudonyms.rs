//! From identifiers to pseudonyms: which of them stand for the same person, household or place.
//!
//! * A person with a BSN is the same whichever partner reports him; so is one with the same folded name and date of
//!   birth. A partner's own key means something to that partner only.
//! * A household key belongs to the municipality, so that partners who agree on keys find the same household.
//! * A place is a house number under a postcode, whatever the addition, so that neighbours on one number match; or,
//!   without an address, a square of about ten metres.

use data_encoding::HEXLOWER;
use jiff::civil::Date;
use seinhuis_domain::area::GeoPoint;
use seinhuis_domain::ids::{PartnerId, SignalId, SubjectId};
use seinhuis_eventstore::Fault;
use seinhuis_eventstore::keyring::{Identifier, IdentifierKind, Keyring};
use zeroize::Zeroizing;

use crate::checked::{self, Checked, Secret};
use crate::fold;

/// The pseudonyms a signal is stored and sealed under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pseudonyms {
    /// One per person of the signal, in its order; one person named twice has one pseudonym twice.
    pub(crate) persons: Vec<SubjectId>,
    pub(crate) household: Option<SubjectId>,
    pub(crate) place: Option<SubjectId>,
    /// The signal's own, where it has text or details and nobody to keep them under.
    pub(crate) own: Option<SubjectId>,
}

/// Finds or makes the pseudonyms of a signal; new ones are on disk when this returns.
pub(crate) async fn of(
    keyring: &Keyring,
    signal: &Checked,
    id: SignalId,
    partner: &PartnerId,
    municipality: &str,
) -> Result<Pseudonyms, Fault> {
    let mut wanted: Vec<Identifier> =
        signal.subjects.iter().map(|subject| person(&subject.identifier, partner)).collect();
    let household = signal.household_key.as_ref().map(|key| household(key, municipality));
    let place = place(signal);
    let nobody = signal.subjects.is_empty() && household.is_none();
    let private = signal.free_text.is_some() || !signal.details.is_empty();
    let own = (nobody && private).then(|| Identifier::new(IdentifierKind::Signal, id.to_string()));
    let (has_household, has_place, has_own) = (household.is_some(), place.is_some(), own.is_some());
    wanted.extend([household, place, own].into_iter().flatten());
    if wanted.is_empty() {
        return Ok(Pseudonyms { persons: vec![], household: None, place: None, own: None });
    }
    let mut made = keyring.pseudonyms(&wanted).await?.into_iter();
    let persons = made.by_ref().take(signal.subjects.len()).collect();
    let mut next = |wanted: bool| if wanted { made.next() } else { None };
    Ok(Pseudonyms { persons, household: next(has_household), place: next(has_place), own: next(has_own) })
}

fn person(identifier: &checked::Identifier, partner: &PartnerId) -> Identifier {
    let value = match identifier {
        checked::Identifier::Bsn(bsn) => format!("bsn:{}", bsn.as_str()),
        // In hexadecimal, because the key store evens out case and spaces, and a key may differ by just that.
        checked::Identifier::PartnerKey(key) => {
            format!("partner:{partner}:{}", Zeroizing::new(HEXLOWER.encode(key.as_bytes())).as_str())
        }
        checked::Identifier::NameAndBirthDate(name, born) => named(name, *born),
    };
    Identifier::new(IdentifierKind::Person, value)
}

fn named(name: &str, born: Date) -> String {
    format!("name:{}:{born}", fold::name(name).as_str())
}

fn household(key: &Secret, municipality: &str) -> Identifier {
    Identifier::new(IdentifierKind::Household, format!("{municipality}:{}", key.as_str()))
}

fn place(signal: &Checked) -> Option<Identifier> {
    let value = match (&signal.address, signal.point) {
        (Some(address), _) => format!("{} {}", address.postcode.as_str(), address.house_number),
        (None, Some(point)) => rounded(point),
        (None, None) => return None,
    };
    Some(Identifier::new(IdentifierKind::Place, value))
}

/// Four decimals: 11 metres from south to north, 7 from west to east in the Netherlands.
fn rounded(point: GeoPoint) -> String {
    // Adding zero makes the negative zero a plain one.
    let round = |degrees: f64| (degrees * 10_000.0).round() + 0.0;
    format!("point:{}:{}", round(point.lon), round(point.lat))
}

#[cfg(test)]
mod specs {
    use jiff::civil::date;

    use super::*;

    fn partner(name: &str) -> PartnerId {
        PartnerId::new(name).unwrap()
    }

    fn secret(text: &str) -> Secret {
        Zeroizing::new(text.into())
    }

    #[test]
    fn a_bsn_is_one_person_whoever_reports_him_and_a_partners_key_is_that_partners_own() {
        let bsn = || checked::Identifier::Bsn(secret("111222333"));
        assert_eq!(person(&bsn(), &partner("wonion")), person(&bsn(), &partner("politie")));
        let key = |text: &str| checked::Identifier::PartnerKey(secret(text));
        assert_ne!(person(&key("K1"), &partner("wonion")), person(&key("K1"), &partner("politie")));
        assert_ne!(person(&key("Aa"), &partner("wonion")), person(&key("AA"), &partner("wonion")));
    }

    #[test]
    fn a_name_with_a_date_of_birth_is_one_person_in_any_spelling() {
        let of = |name: &str, born| {
            person(&checked::Identifier::NameAndBirthDate(secret(name), born), &partner("x"))
        };
        assert_eq!(of("Renée Jansen", date(1970, 1, 1)), of("RENEE JANSEN", date(1970, 1, 1)));
        assert_ne!(of("Renée Jansen", date(1970, 1, 1)), of("Renée Jansen", date(1970, 1, 2)));
    }

    #[test]
    fn a_key_of_one_kind_is_never_taken_for_one_of_another() {
        let key = checked::Identifier::PartnerKey(secret("111222333"));
        let bsn = checked::Identifier::Bsn(secret("111222333"));
        assert_ne!(person(&key, &partner("bsn")), person(&bsn, &partner("bsn")));
    }

    #[test]
    fn points_a_few_metres_apart_are_one_place_and_those_a_street_apart_are_not() {
        let at = |lon, lat| rounded(GeoPoint { lon, lat });
        assert_eq!(at(6.38001, 51.89002), at(6.38003, 51.89004));
        assert_ne!(at(6.3800, 51.8900), at(6.3810, 51.8900));
        assert_eq!(at(-0.00001, 0.0), at(0.00001, 0.0));
    }

    #[test]
    fn a_household_key_is_shared_within_a_municipality_only() {
        assert_eq!(household(&secret("d17"), "GM1509"), household(&secret("d17"), "GM1509"));
        assert_ne!(household(&secret("d17"), "GM1509"), household(&secret("d17"), "GM0995"));
    }
}
