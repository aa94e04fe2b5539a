//! Matching: signals in no case yet, and what open cases could be recognised by. Casework's own read model.
//!
//! All of it is pseudonyms; those of an erased subject leave every row here and never come back.

mod fold;
mod query;

use jiff::Timestamp;
use seinhuis_domain::case::SignalToFollow;
use seinhuis_domain::ids::{SignalId, SubjectId};
use seinhuis_eventstore::Position;
use seinhuis_runtime::trace::Traced;

use crate::cell::{Cell, Cells, cells};
use crate::fault::Fault;
use crate::table::{Merge, Table};

pub(crate) use fold::apply;

pub(crate) const VERSION: u32 = 2;

/// Signals in no case yet. A signal leaves when a case takes it in, so this stays as small as casework's backlog.
const PENDING: Table = Table {
    name: "matching_pending",
    generation: 0,
    columns: &[
        ("id", "BLOB NOT NULL"),
        ("position", "INTEGER NOT NULL"),
        ("recorded_at", "INTEGER NOT NULL"),
        ("kind", "TEXT NOT NULL"),
        ("urgency", "TEXT NOT NULL"),
        ("area", "TEXT NOT NULL"),
        ("subjects", "TEXT NOT NULL"),
        ("household", "BLOB"),
        ("place", "BLOB"),
        ("trace", "TEXT"),
    ],
    key: 1,
    merge: Merge::Replace,
    indexes: &[("position", "(position)")],
};

/// What a case can be recognised by; `kind` is empty but for places, which count only together with one.
const KEY: Table = Table {
    name: "matching_key",
    generation: 0,
    columns: &[
        ("key", "BLOB NOT NULL"),
        ("class", "INTEGER NOT NULL"),
        ("kind", "TEXT NOT NULL"),
        ("case_id", "BLOB NOT NULL"),
        ("last_seen", "INTEGER NOT NULL"),
    ],
    key: 4,
    merge: Merge::Greatest("last_seen"),
    indexes: &[],
};

/// Which cases are open. The keys of a closed one stay, so that they count again when it is reopened.
const CASE: Table = Table {
    name: "matching_case",
    generation: 0,
    columns: &[("id", "BLOB NOT NULL"), ("opened_at", "INTEGER NOT NULL"), ("open", "INTEGER NOT NULL")],
    key: 1,
    merge: Merge::Replace,
    indexes: &[],
};

/// Who was erased: events after that may still name them.
const ERASED: Table = Table {
    name: "matching_erased",
    generation: 0,
    columns: &[("subject", "BLOB NOT NULL")],
    key: 1,
    merge: Merge::Replace,
    indexes: &[],
};

pub(crate) const TABLES: &[&Table] = &[&PENDING, &KEY, &CASE, &ERASED];

/// What a key stands for. Stored as its number; the order is that of weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Subject = 0,
    Household = 1,
    Place = 2,
}

/// A signal in no case yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingSignal {
    /// Where it stands in the log.
    pub position: Position,
    /// When the hub took it in.
    pub recorded_at: Timestamp,
    /// What a case keeps of it.
    pub signal: SignalToFollow,
    /// The household it is about.
    pub household: Option<SubjectId>,
    /// The place it is about.
    pub place: Option<SubjectId>,
    /// The trace it was reported in.
    pub trace: Option<Traced>,
}

impl PendingSignal {
    /// What it could be recognised by: class, pseudonym and, for a place, its kind.
    fn keys(&self) -> Vec<(Class, SubjectId, &'static str)> {
        let subjects = self.signal.subjects.iter().map(|subject| (Class::Subject, *subject, ""));
        let household = self.household.map(|household| (Class::Household, household, ""));
        let place = self.place.map(|place| (Class::Place, place, self.signal.kind.code()));
        subjects.chain(household).chain(place).collect()
    }

    /// Forgets an erased subject. Tells whether it was here.
    fn forget(&mut self, erased: SubjectId) -> bool {
        let before = self.keys().len();
        self.signal.subjects.retain(|subject| *subject != erased);
        self.household = self.household.filter(|household| *household != erased);
        self.place = self.place.filter(|place| *place != erased);
        self.keys().len() < before
    }

    fn cells(&self) -> Vec<Cell> {
        cells![
            self.signal.id,
            self.position,
            self.recorded_at,
            self.signal.kind.code(),
            self.signal.urgency.as_str(),
            self.signal.area.as_str(),
            Cell::json(&self.signal.subjects),
            self.household,
            self.place,
            self.trace.map(|trace| trace.traceparent()),
        ]
    }

    fn read(mut row: Cells) -> Result<Self, Fault> {
        let (id, position, recorded_at) = (SignalId(row.id()?), row.position()?, row.instant()?);
        let (kind, urgency, area) = (row.named()?, row.parsed()?, row.named()?);
        let signal = SignalToFollow { id, kind, urgency, area, subjects: row.json()? };
        let household = row.maybe_id()?.map(SubjectId);
        let place = row.maybe_id()?.map(SubjectId);
        let trace = Traced::of(row.maybe_text()?.as_deref(), recorded_at);
        Ok(Self { position, recorded_at, signal, household, place, trace })
    }
}

#[cfg(test)]
mod specs;
