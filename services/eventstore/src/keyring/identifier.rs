//! By what a partner knows somebody. Secret from the moment it comes in.

use std::fmt;

use zeroize::Zeroizing;

/// What a pseudonym stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IdentifierKind {
    /// A natural person.
    Person,
    /// The people who live together at one address.
    Household,
    /// A place that says who lives there.
    Place,
    /// One signal: the key of free text that names nobody in particular.
    Signal,
}

impl IdentifierKind {
    /// As hashed and stored. Never changes.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Person => 1,
            Self::Household => 2,
            Self::Place => 3,
            Self::Signal => 4,
        }
    }
}

/// An identifier of some kind. Wiped from memory when dropped, and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Identifier {
    kind: IdentifierKind,
    value: Zeroizing<String>,
}

impl Identifier {
    /// Takes `value` as it came. Two of one kind are the same when they differ in capitals and spacing only; whatever
    /// else makes two spellings one (dots in a BSN, say) is for the caller to even out, who knows what it is.
    pub fn new(kind: IdentifierKind, value: impl Into<String>) -> Self {
        let value = Zeroizing::new(value.into());
        let mut normal = Zeroizing::new(String::with_capacity(value.len() + 8));
        for word in value.split_whitespace() {
            if !normal.is_empty() {
                normal.push(' ');
            }
            normal.extend(word.chars().flat_map(char::to_lowercase));
        }
        Self { kind, value: normal }
    }

    /// What it stands for.
    pub fn kind(&self) -> IdentifierKind {
        self.kind
    }

    pub(super) fn value(&self) -> &[u8] {
        self.value.as_bytes()
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}(…)", self.kind)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn capitals_and_spacing_do_not_make_another_person() {
        let one = Identifier::new(IdentifierKind::Person, "  Jan  de Vries\t1970-01-01 ");
        assert_eq!(one, Identifier::new(IdentifierKind::Person, "jan de vries 1970-01-01"));
        assert_ne!(one, Identifier::new(IdentifierKind::Household, "jan de vries 1970-01-01"));
        assert_ne!(one, Identifier::new(IdentifierKind::Person, "jan devries 1970-01-01"));
    }

    #[test]
    fn an_identifier_is_never_shown() {
        let shown = format!("{:?}", Identifier::new(IdentifierKind::Person, "999999990"));
        assert_eq!(shown, "Person(…)");
    }
}
