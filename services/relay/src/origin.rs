//! Who publishes: the `source` of every event, and what the name of every type begins with.

/// The publisher, in the words of the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    source: String,
    types: String,
}

/// A publisher that the profile has no words for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOrigin {
    /// An OIN has 20 digits.
    #[error("{0:?} is no OIN: 20 digits")]
    Oin(String),
    /// The system has a plain name.
    #[error("{0:?} is no name of a system: 1 to 64 characters of A-Z, a-z, 0-9 and -")]
    System(String),
    /// Types are named in reverse-DNS.
    #[error(
        "{0:?} begins no type: labels of a-z, 0-9 and - with dots between them, two at least, as in nl.seinhuis"
    )]
    Types(String),
}

impl Origin {
    /// The system called `system` of the organisation with this OIN, whose types begin with `types`: `nl.seinhuis`,
    /// which names the kind of source and, as the profile asks, no organisation.
    pub fn new(oin: &str, system: &str, types: &str) -> Result<Self, InvalidOrigin> {
        if oin.len() != 20 || !oin.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidOrigin::Oin(oin.to_owned()));
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if !(1..=64).contains(&system.len()) || !system.bytes().all(plain) {
            return Err(InvalidOrigin::System(system.to_owned()));
        }
        if types.len() > 128 || types.split('.').count() < 2 || !types.split('.').all(is_label) {
            return Err(InvalidOrigin::Types(types.to_owned()));
        }
        Ok(Self { source: format!("urn:nld:oin:{oin}:systeem:{system}"), types: types.to_owned() })
    }

    /// `urn:nld:oin:<oin>:systeem:<system>`
    pub fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn types(&self) -> &str {
        &self.types
    }
}

fn is_label(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.bytes().all(plain) && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod specs {
    use super::*;

    const OIN: &str = "00000001823288444000";

    #[test]
    fn a_source_names_organisation_and_system() {
        let origin = Origin::new(OIN, "seinhuis", "nl.seinhuis").unwrap();
        assert_eq!(origin.source(), "urn:nld:oin:00000001823288444000:systeem:seinhuis");
    }

    #[test]
    fn an_oin_has_twenty_digits() {
        for bad in ["", "0000000182328844400", "000000018232884440000", "0000000182328844400x"] {
            assert_eq!(Origin::new(bad, "seinhuis", "nl.seinhuis"), Err(InvalidOrigin::Oin(bad.to_owned())));
        }
    }

    #[test]
    fn a_system_and_the_types_have_plain_names() {
        for bad in ["", "a b", "a:b", "a.b", &"a".repeat(65)] {
            assert_eq!(Origin::new(OIN, bad, "nl.seinhuis"), Err(InvalidOrigin::System(bad.to_owned())));
        }
        for bad in ["", "nl", "nl.", "nl..seinhuis", "nl.-a", "NL.seinhuis", "nl.sein huis"] {
            assert_eq!(Origin::new(OIN, "seinhuis", bad), Err(InvalidOrigin::Types(bad.to_owned())));
        }
    }
}
