//! The case file: where each case stands and everything that led there, with the position of every step. Nothing in
//! it is personal: persons are pseudonyms, and notes stay sealed in the log.

mod fold;
mod query;

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::{CaseId, PartnerId, SignalId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::Urgency;
use seinhuis_eventstore::Position;

use crate::case_head::{self, CaseHead};
use crate::table::{Merge, Table};

pub(crate) use fold::apply;

pub(crate) const VERSION: u32 = 5;

/// Steps a case file shows at most. Who wants those of a longer case asks for [`crate::Views::case_history`] by page.
pub const HISTORY_MAX: usize = 2_000;

const HEAD: Table = Table {
    name: "case_file_head",
    generation: 0,
    columns: case_head::COLUMNS,
    key: 1,
    merge: Merge::Replace,
    indexes: &[("number", "(number)")],
};

/// What happened to a case and to its notices.
const FACT: Table = Table {
    name: "case_file_fact",
    generation: 0,
    columns: &[
        ("position", "INTEGER NOT NULL"),
        ("case_id", "BLOB NOT NULL"),
        ("recorded_at", "INTEGER NOT NULL"),
        ("name", "TEXT NOT NULL"),
        ("actor", "TEXT NOT NULL"),
        ("payload", "TEXT NOT NULL"),
    ],
    key: 1,
    merge: Merge::Never,
    indexes: &[("case", "(case_id, position)")],
};

/// Every signal; `case_id` is null until a case takes it in.
const SIGNAL: Table = Table {
    name: "case_file_signal",
    generation: 0,
    columns: &[
        ("id", "BLOB NOT NULL"),
        ("position", "INTEGER NOT NULL"),
        ("recorded_at", "INTEGER NOT NULL"),
        ("actor", "TEXT NOT NULL"),
        ("partner", "TEXT NOT NULL"),
        ("reference", "TEXT NOT NULL"),
        ("kind", "TEXT NOT NULL"),
        ("area", "TEXT NOT NULL"),
        ("urgency", "TEXT NOT NULL"),
        ("occurred_at", "INTEGER NOT NULL"),
        ("case_id", "BLOB"),
    ],
    key: 1,
    merge: Merge::Replace,
    indexes: &[("case", "(case_id, position) WHERE case_id IS NOT NULL")],
};

pub(crate) const TABLES: &[&Table] = &[&HEAD, &FACT, &SIGNAL];

/// A case with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// Where it stands.
    pub head: CaseHead,
    /// What led there, in order of position: the first [`HISTORY_MAX`] steps.
    pub history: Vec<HistoryEntry>,
    /// Whether there are more steps than that.
    pub more: bool,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Where it stands in the log.
    pub position: Position,
    /// When the hub took it in.
    pub recorded_at: Timestamp,
    /// The event's stored name.
    pub name: String,
    /// Who did it.
    pub actor: String,
    /// What it says.
    pub fact: HistoryFact,
}

/// What a step says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryFact {
    /// An event of the case or of one of its notices: its JSON as stored, nothing personal.
    Payload(String),
    /// A signal of the case was reported.
    Signal(CaseSignal),
}

/// A signal as its case sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSignal {
    /// The signal.
    pub id: SignalId,
    /// Who reported it.
    pub partner: PartnerId,
    /// What the partner calls it.
    pub reference: String,
    /// What it is about.
    pub kind: Kind,
    /// Where.
    pub area: AreaCode,
    /// How fast.
    pub urgency: Urgency,
    /// When it happened, by the partner's clock.
    pub occurred_at: Timestamp,
}

impl CaseFile {
    /// The case's signals, in the order in which they were reported.
    pub fn signals(&self) -> impl Iterator<Item = &CaseSignal> {
        self.history.iter().filter_map(|entry| match &entry.fact {
            HistoryFact::Signal(signal) => Some(signal),
            HistoryFact::Payload(_) => None,
        })
    }

    /// The case.
    pub fn id(&self) -> CaseId {
        self.head.id
    }
}

#[cfg(test)]
mod specs;
