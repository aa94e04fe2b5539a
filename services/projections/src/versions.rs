//! Versions: every way in which each case ever stood, with the stretch of the log in which it stood so. What a board showed
//! at any position of the log is found by index, however long ago, without playing the log back.
//!
//! A case has a version from each of its events up to its next one. Versions of closed cases aren't kept: they are on no
//! board. This is what SQL:2011 calls system-versioned, with positions for the time of the system.

mod clock;
mod fold;
mod interval;
mod query;

use jiff::Timestamp;
use seinhuis_eventstore::Position;

use crate::case_head::{self, CaseHead};
use crate::cell::{Cell, Cells, cells};
use crate::fault::Fault;
use crate::table::{Merge, Table};

pub(crate) use fold::apply;

pub(crate) const VERSION: u32 = 4;

/// What a version says beside its head.
const BESIDE: [(&str, &str); 6] = [
    ("lead_since", "INTEGER"),
    ("no_lead_since", "INTEGER"),
    ("heard_at", "INTEGER"),
    ("handovers_ever", "INTEGER NOT NULL"),
    ("refusals_ever", "INTEGER NOT NULL"),
    ("handovers_before_action", "INTEGER"),
];
/// Up to which position it stood so, and the node under which that stretch is found.
const UNTIL: [(&str, &str); 2] = [("until_position", "INTEGER NOT NULL"), ("node", "INTEGER NOT NULL")];
const STOOD: [(&str, &str); case_head::COLUMNS.len() + BESIDE.len()] = joined(&[case_head::COLUMNS, &BESIDE]);
const UNTIL_STOOD: [(&str, &str); STOOD.len() + UNTIL.len()] = joined(&[&UNTIL, &STOOD]);

/// The version that stands, of every case, closed ones as well: they may come back.
const NOW: Table = Table {
    name: "versions_now",
    generation: 0,
    columns: &STOOD,
    key: 1,
    merge: Merge::Replace,
    indexes: &[("open", "(area, position) WHERE resolved_at IS NULL")],
};

/// Every open version before that, in the order in which they ended: each event ends one at most. The two indexes are those of a relational interval tree (see [`interval`]).
const PAST: Table = Table {
    name: "versions_past",
    generation: 0,
    columns: &UNTIL_STOOD,
    key: 1,
    merge: Merge::Never,
    indexes: &[("began", "(area, node, position)"), ("ended", "(area, node, until_position)")],
};

pub(crate) const TABLES: &[&Table] = &[&NOW, &PAST, &clock::TICK];

/// How a case stood at one position, and what its head doesn't say of its way there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseVersion {
    /// Where it stood.
    pub head: CaseHead,
    /// Since when this lead had it; none while nobody did.
    pub lead_since: Option<Timestamp>,
    /// Since when nobody led; none while somebody did.
    pub no_lead_since: Option<Timestamp>,
    /// When somebody last did anything about it; none while nobody has.
    pub heard_at: Option<Timestamp>,
    /// How often it was handed over in all its climbs.
    pub handovers_ever: u32,
    /// How often partners refused it in all its climbs.
    pub refusals_ever: u32,
    /// How often it was handed over or refused before somebody first picked it up; none while nobody has.
    pub handovers_before_action: Option<u32>,
}

impl CaseVersion {
    /// Whether it is on a board.
    fn is_open(&self) -> bool {
        self.head.resolved_at.is_none()
    }

    pub(crate) fn cells(&self) -> Vec<Cell> {
        let mut row = self.head.cells();
        row.extend(cells![
            self.lead_since,
            self.no_lead_since,
            self.heard_at,
            self.handovers_ever,
            self.refusals_ever,
            self.handovers_before_action,
        ]);
        row
    }

    fn cells_until(&self, until: Position) -> Vec<Cell> {
        let mut row = cells![until, interval::node(self.head.position, until)];
        row.append(&mut self.cells());
        row
    }

    pub(crate) fn read(mut row: Cells) -> Result<Self, Fault> {
        Ok(Self {
            head: CaseHead::read_from(&mut row)?,
            lead_since: row.maybe_instant()?,
            no_lead_since: row.maybe_instant()?,
            heard_at: row.maybe_instant()?,
            handovers_ever: row.whole()?,
            refusals_ever: row.whole()?,
            handovers_before_action: row.maybe_whole()?,
        })
    }
}

/// The columns of `parts`, one after the other.
const fn joined<const ALL: usize>(
    parts: &[&[(&'static str, &'static str)]],
) -> [(&'static str, &'static str); ALL] {
    let mut all = [("", ""); ALL];
    let (mut part, mut column, mut at) = (0, 0, 0);
    while at < ALL {
        if column == parts[part].len() {
            (part, column) = (part + 1, 0);
        } else {
            all[at] = parts[part][column];
            (column, at) = (column + 1, at + 1);
        }
    }
    all
}

#[cfg(test)]
mod specs;
