//! The heads of cases. Three tables hold the same ones and nearly every event changes one: to take a row apart and put it
//! together again for each of them would be most of a rebuild. They stay as they are, and are folded once for all three.

use std::collections::BTreeMap;
use std::sync::Arc;

use seinhuis_domain::ids::CaseId;
use seinhuis_eventstore::Position;

use super::{Memory, Packed, Spilt};
use crate::case_head::CaseHead;
use crate::cell::Cells;
use crate::fault::Fault;
use crate::table::Table;

/// About what a head takes, also once more while it is put into its tables.
const EACH: usize = 1_300;

/// The heads up to a position, and the tables that hold them.
#[derive(Debug, Default)]
pub(super) struct Heads {
    held: BTreeMap<CaseId, CaseHead>,
    at: Position,
    tables: Vec<Table>,
}

impl Heads {
    pub(super) fn bytes(&self) -> usize {
        self.held.len() * EACH
    }

    /// The tables that hold them, each with all of them.
    pub(super) fn into_spilt(self) -> impl Iterator<Item = Spilt> {
        let Self { held, tables, .. } = self;
        let rows: Arc<[Packed]> = held.into_values().map(|head| Packed::of(&head.cells())).collect();
        let first = tables.first().copied();
        tables.into_iter().enumerate().map(move |(n, table)| {
            let like = first.filter(|_| n > 0);
            Spilt { table, gone: vec![], rows: Arc::clone(&rows), like }
        })
    }
}

impl Memory {
    /// The heads of `table`, for whoever takes in a page that ends at `end`: with those of `cases` that there are. None
    /// when they are at its end already, because another table holds the same.
    pub(crate) async fn heads(
        &mut self,
        table: &Table,
        cases: Vec<CaseId>,
        end: Position,
    ) -> Result<Option<&mut BTreeMap<CaseId, CaseHead>>, Fault> {
        if self.heads.tables.iter().all(|known| known.name != table.name) {
            self.heads.tables.push(*table);
        }
        if self.heads.at == end {
            return Ok(None);
        }
        self.heads.at = end;
        let strangers = cases.into_iter().filter(|case| !self.heads.held.contains_key(case));
        let strangers = strangers.map(Into::into).collect();
        for row in self.fetch_behind(table, strangers).await? {
            let head = CaseHead::read(Cells::new(table.name, row))?;
            self.heads.held.insert(head.id, head);
        }
        Ok(Some(&mut self.heads.held))
    }
}
