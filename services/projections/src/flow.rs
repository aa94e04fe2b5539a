//! Flow (verloop): what came in and what was done, area by area, for figures over a period. Versions tell how things stood
//! at a moment; these rows tell what happened between two.
//!
//! Every row bears the position it came from, and what was added to one later bears its own, so a period of the past is
//! counted as it was known then. One thing isn't: who was erased is counted no more, whatever period is asked for.

mod fold;
mod query;
mod spell;
mod step;

use seinhuis_domain::ids::{PartnerId, SubjectId};
use seinhuis_domain::kind::Kind;

use crate::table::{Merge, Table};

pub(crate) use fold::apply;
pub use query::Span;
pub use spell::{Spell, Turn};
pub use step::Step;

pub(crate) const VERSION: u32 = 1;

/// Every signal.
const SIGNAL: Table = Table {
    name: "flow_signal",
    generation: 0,
    columns: &[
        ("area", "TEXT NOT NULL"),
        ("position", "INTEGER NOT NULL"),
        ("occurred_at", "INTEGER NOT NULL"),
        ("partner", "TEXT NOT NULL"),
        ("kind", "TEXT NOT NULL"),
        ("channel", "TEXT"),
    ],
    key: 2,
    merge: Merge::Replace,
    indexes: &[("occurred", "(area, occurred_at)")],
};

/// What was done to cases.
const STEP: Table = Table {
    name: "flow_step",
    generation: 0,
    columns: &[
        ("area", "TEXT NOT NULL"),
        ("position", "INTEGER NOT NULL"),
        ("step", "TEXT NOT NULL"),
        ("rung", "INTEGER"),
    ],
    key: 2,
    merge: Merge::Replace,
    indexes: &[],
};

/// Whom and which places signals were about. The subject is first: an erasure takes all of its rows out.
const ABOUT: Table = Table {
    name: "flow_about",
    generation: 0,
    columns: &[
        ("subject", "BLOB NOT NULL"),
        ("position", "INTEGER NOT NULL"),
        ("class", "INTEGER NOT NULL"),
        ("area", "TEXT NOT NULL"),
        ("occurred_at", "INTEGER NOT NULL"),
    ],
    key: 3,
    merge: Merge::Replace,
    indexes: &[("area", "(area, position)")],
};

/// Who isn't counted any more.
const ERASED: Table = Table {
    name: "flow_erased",
    generation: 0,
    columns: &[("subject", "BLOB NOT NULL")],
    key: 1,
    merge: Merge::Replace,
    indexes: &[],
};

pub(crate) const TABLES: &[&Table] = &[&SIGNAL, &STEP, &ABOUT, &ERASED, &spell::SPELL];

/// Signals alike in partner, kind and channel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Intake {
    /// Who reported.
    pub partner: PartnerId,
    /// What they are about.
    pub kind: Kind,
    /// How they reached the partner, in its own words; none where it didn't say.
    pub channel: Option<String>,
    /// How many.
    pub signals: u64,
}

/// What a subject is. Stored as its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A person.
    Person = 0,
    /// A household.
    Household = 1,
    /// A place.
    Place = 2,
}

impl Class {
    /// Every class, by number.
    pub const ALL: &'static [Self] = &[Self::Person, Self::Household, Self::Place];
}

/// A subject that more than one signal was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// What it is.
    pub class: Class,
    /// Its pseudonym.
    pub subject: SubjectId,
    /// How many signals.
    pub signals: u64,
}

/// How many subjects of a class more than one signal was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeated {
    /// What they are.
    pub class: Class,
    /// How many.
    pub subjects: u64,
    /// How many signals were about them.
    pub signals: u64,
}

/// How often one thing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepCount {
    /// What.
    pub step: Step,
    /// How often.
    pub times: u64,
}

#[cfg(test)]
mod specs;
