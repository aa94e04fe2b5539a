//! What is kept of each case: its head, or the version that stands. Nearly every event changes one, and three tables hold the
//! same heads: to take a row apart and put it together again each time would be most of a rebuild. They stay as they are,
//! and are folded once for all their tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use seinhuis_domain::ids::CaseId;
use seinhuis_eventstore::Position;

use super::{Memory, Packed, Spilt};
use crate::case_head::CaseHead;
use crate::cell::{Cell, Cells};
use crate::fault::Fault;
use crate::table::Table;
use crate::versions::CaseVersion;

/// About what one takes, also once more while it is put into its tables.
const EACH: usize = 1_300;

/// Something that a table holds one of for each case.
pub(crate) trait OfCase: Sized + 'static {
    /// Reads a row.
    fn read(row: Cells) -> Result<Self, Fault>;
    /// The row.
    fn cells(&self) -> Vec<Cell>;
    /// The case.
    fn case(&self) -> CaseId;
    /// Where memory keeps them.
    fn kept(memory: &mut Memory) -> &mut Kept<Self>;
}

impl OfCase for CaseHead {
    fn read(row: Cells) -> Result<Self, Fault> {
        Self::read(row)
    }

    fn cells(&self) -> Vec<Cell> {
        self.cells()
    }

    fn case(&self) -> CaseId {
        self.id
    }

    fn kept(memory: &mut Memory) -> &mut Kept<Self> {
        &mut memory.heads
    }
}

impl OfCase for CaseVersion {
    fn read(row: Cells) -> Result<Self, Fault> {
        Self::read(row)
    }

    fn cells(&self) -> Vec<Cell> {
        self.cells()
    }

    fn case(&self) -> CaseId {
        self.head.id
    }

    fn kept(memory: &mut Memory) -> &mut Kept<Self> {
        &mut memory.versions
    }
}

/// Those up to a position, and the tables that hold them.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    held: BTreeMap<CaseId, T>,
    at: Position,
    tables: Vec<Table>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { held: BTreeMap::new(), at: Position::START, tables: vec![] }
    }
}

impl<T: OfCase> Kept<T> {
    pub(super) fn bytes(&self) -> usize {
        self.held.len() * EACH
    }

    /// The tables that hold them, each with all of them.
    pub(super) fn into_spilt(self) -> impl Iterator<Item = Spilt> {
        let Self { held, tables, .. } = self;
        let rows: Arc<[Packed]> = held.into_values().map(|one| Packed::of(&one.cells())).collect();
        let first = tables.first().copied();
        tables.into_iter().enumerate().map(move |(n, table)| {
            let like = first.filter(|_| n > 0);
            Spilt { table, gone: vec![], rows: Arc::clone(&rows), like }
        })
    }
}

impl Memory {
    /// Those of `table`, for whoever takes in a page that ends at `end`: with those of `cases` that there are. None when they are
    /// at its end already, because another table holds the same.
    pub(crate) async fn kept<T: OfCase>(
        &mut self,
        table: &Table,
        cases: Vec<CaseId>,
        end: Position,
    ) -> Result<Option<&mut BTreeMap<CaseId, T>>, Fault> {
        let kept = T::kept(self);
        if kept.tables.iter().all(|known| known.name != table.name) {
            kept.tables.push(*table);
        }
        if kept.at == end {
            return Ok(None);
        }
        kept.at = end;
        let strangers = cases.into_iter().filter(|case| !kept.held.contains_key(case));
        let strangers = strangers.map(Into::into).collect();
        for row in self.fetch_behind(table, strangers).await? {
            let one = T::read(Cells::new(table.name, row))?;
            T::kept(self).held.insert(one.case(), one);
        }
        Ok(Some(&mut T::kept(self).held))
    }
}
