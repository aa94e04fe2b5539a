//! Identifiers. Each is a type of its own, so that one can't be passed for another.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Namespace for ids that are functions of other ids (RFC 9562 version 5).
const NAMESPACE: Uuid = Uuid::from_u128(0x7c1f_5a0e_3b7d_4f5b_9d61_5e1b_0d8a_11ce);

fn derived(parts: &[&str]) -> Uuid {
    // Length prefixes keep ("ab", "c") and ("a", "bc") apart.
    let mut name = Vec::new();
    for part in parts {
        name.extend_from_slice(&(part.len() as u64).to_be_bytes());
        name.extend_from_slice(part.as_bytes());
    }
    Uuid::new_v5(&NAMESPACE, &name)
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

uuid_id! {
    /// One signal. A function of partner and reference, so that a retry meets its own stream (INV-3).
    SignalId
}
uuid_id! {
    /// One case. A function of the signal that opened it, so that opening twice opens once.
    CaseId
}
uuid_id! {
    /// The pseudonym of a person, household or place. Random: it says nothing about whom it stands for.
    SubjectId
}
uuid_id! {
    /// One notice to one person. A function of what it tells and whom, so that every retry carries it (INV-8).
    NoticeId
}

impl SignalId {
    /// The id of what `partner` calls `reference`.
    pub fn of(partner: &PartnerId, reference: &str) -> Self {
        Self(derived(&["signal", &partner.0, reference]))
    }
}

impl CaseId {
    /// The id of the case that `signal` opens.
    pub fn opened_by(signal: SignalId) -> Self {
        Self(derived(&["case", &signal.to_string()]))
    }

    /// What people call the case: eight characters of Crockford's base 32, as in `7K3M-92QF`.
    pub fn number(&self) -> String {
        const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let bits = self.0.as_u128() >> 64;
        let digit = |i: u32| char::from(DIGITS[((bits >> (5 * i)) & 31) as usize]);
        let (high, low): (String, String) =
            ((4..8).rev().map(digit).collect(), (0..4).rev().map(digit).collect());
        format!("{high}-{low}")
    }
}

macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A short name: 1 to 64 characters of `a-z`, `0-9` and `-`.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidName> {
                let text = text.into();
                let fits = (1..=64).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
                if fits { Ok(Self(text)) } else { Err(InvalidName { kind: stringify!($name), value: text }) }
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidName;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

slug_id! {
    /// An organisation that reports signals, such as `wonion`.
    PartnerId
}
slug_id! {
    /// A team of people from several organisations, such as `wijkteam-ulft`.
    TeamId
}
slug_id! {
    /// An official who is told things or asks for them, such as `regisseur-ulft`. Names and addresses stay in the
    /// profile; the log knows this name only.
    PersonId
}

/// A short name breaks the rule for short names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is no {kind}: 1 to 64 characters of a-z, 0-9 and '-'")]
pub struct InvalidName {
    /// The type that was asked for.
    pub kind: &'static str,
    /// What was given.
    pub value: String,
}

impl NoticeId {
    /// The id of the notice that tells `person` the thing `key` names.
    pub fn of(key: &str, person: &PersonId) -> Self {
        Self(derived(&["notice", key, &person.0]))
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_signal_id_is_a_function_of_partner_and_reference() {
        let wonion = PartnerId::new("wonion").unwrap();
        let police = PartnerId::new("politie").unwrap();
        assert_eq!(SignalId::of(&wonion, "2026-17"), SignalId::of(&wonion, "2026-17"));
        assert_ne!(SignalId::of(&wonion, "2026-17"), SignalId::of(&wonion, "2026-18"));
        assert_ne!(SignalId::of(&wonion, "2026-17"), SignalId::of(&police, "2026-17"));
    }

    #[test]
    fn a_case_number_has_two_groups_of_four() {
        let wonion = PartnerId::new("wonion").unwrap();
        let number = CaseId::opened_by(SignalId::of(&wonion, "1")).number();
        assert_eq!((number.len(), number.as_bytes()[4]), (9, b'-'));
    }

    #[test]
    fn a_case_number_is_the_last_forty_bits_of_the_first_half_of_its_id() {
        let case = CaseId(Uuid::from_u128((0xabcd_ef00_0000_0000 | 0x3c_c744_8aef) << 64 | 0x1234));
        assert_eq!(case.number(), "7K3M-92QF");
    }

    #[test]
    fn a_short_name_refuses_capitals_spaces_and_nothing_at_all() {
        for bad in ["", "Wonion", "team ulft", "é"] {
            assert!(PartnerId::new(bad).is_err(), "{bad:?}");
        }
    }
}
