//! How to reach people. Names and addresses live in the profile on disk, never in the log.

use std::collections::BTreeMap;

use seinhuis_domain::ids::PersonId;

/// The language a person reads first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Dutch, with English below.
    #[default]
    Dutch,
    /// English, with Dutch below.
    English,
}

/// How to reach one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// What the envelope says: a function or a name.
    pub name: String,
    /// The mail address.
    pub mail: String,
    /// What is read first.
    pub language: Language,
}

/// How to reach everybody.
pub type Contacts = BTreeMap<PersonId, Contact>;
