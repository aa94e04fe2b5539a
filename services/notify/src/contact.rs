//! How to reach people. Names and addresses live in the profile on disk, never in the log.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use seinhuis_domain::ids::PersonId;

use crate::channel::{Secrets, Url};

/// The language a person reads first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Dutch, with English below.
    #[default]
    Dutch,
    /// English, with Dutch below.
    English,
}

/// A way to reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By mail, or as a mail file where no mail server is configured.
    Mail,
    /// By the person's webhook.
    Webhook,
}

/// A system of the person's own that takes notices.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Where it is.
    pub url: Url,
    /// What it knows the hub by.
    pub secrets: Secrets,
}

/// How to reach one person.
#[derive(Debug, Clone)]
pub struct Contact {
    /// What the envelope says: a function or a name.
    pub name: String,
    /// The mail address.
    pub mail: String,
    /// What is read first.
    pub language: Language,
    /// The ways, in the order in which they are tried.
    pub ways: Vec<Way>,
    /// The webhook, where that is one of the ways.
    pub webhook: Option<Webhook>,
    /// How long notices by mail are collected before one mail lists them; none: each goes out by itself, at once.
    pub digest_every: Option<SignedDuration>,
}

/// How to reach everybody.
pub type Contacts = BTreeMap<PersonId, Contact>;
