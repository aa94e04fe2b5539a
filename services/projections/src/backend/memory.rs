//! Read models in memory: what the same folds that change a database make of the log when nothing waits for a page. What
//! no longer fits goes to tables, and is looked up there when it is needed again.

mod kept;
mod packed;
mod rows;
mod spilt;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Backend;
use crate::case_head::CaseHead;
use crate::cell::{Cell, Cells};
use crate::fault::Fault;
use crate::table::{Merge, Sought, Table};
use crate::versions::CaseVersion;
use kept::Kept;
use rows::Rows;

pub(crate) use kept::OfCase;
pub(crate) use packed::{Held, Packed};
pub(crate) use spilt::Spilt;

/// The rows of some models since the last time they went to their tables.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Where all rows of before are; none as long as these are all there are.
    behind: Option<Behind>,
    tables: BTreeMap<&'static str, (Table, Rows)>,
    /// Of tables that only grow: what is new.
    grown: BTreeMap<&'static str, (Table, Vec<Packed>)>,
    grown_bytes: usize,
    heads: Kept<CaseHead>,
    versions: Kept<CaseVersion>,
}

/// The tables that rows went to.
#[derive(Debug, Clone)]
pub(crate) struct Behind {
    pub(crate) backend: Arc<Backend>,
    pub(crate) generation: u32,
}

impl Memory {
    /// With nothing in memory; all there is lies `behind`.
    pub(crate) fn before(behind: Option<Behind>) -> Self {
        Self { behind, ..Self::default() }
    }

    /// About how many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.heads.bytes()
            + self.versions.bytes()
            + self.tables.values().map(|(_, rows)| rows.bytes()).sum::<usize>()
            + self.grown_bytes
    }

    /// Takes everything out, to be put into its tables.
    pub(crate) fn spill(&mut self) -> Vec<Spilt> {
        let mut spilt: Vec<Spilt> = std::mem::take(&mut self.tables)
            .into_values()
            .map(|(table, rows)| {
                let (gone, rows) = rows.into_sorted();
                Spilt { table, gone, rows: rows.into(), like: None }
            })
            .collect();
        self.grown_bytes = 0;
        let grown = std::mem::take(&mut self.grown).into_values();
        spilt.extend(grown.map(|(table, rows)| Spilt { table, gone: vec![], rows: rows.into(), like: None }));
        spilt.extend(std::mem::take(&mut self.heads).into_spilt());
        spilt.extend(std::mem::take(&mut self.versions).into_spilt());
        spilt
    }

    /// From here on, what isn't in memory lies there.
    pub(crate) fn lies_behind(&mut self, behind: Behind) {
        self.behind = Some(behind);
    }

    pub(super) async fn load(&mut self, table: &Table, keys: Vec<Cell>) -> Result<Vec<Cells>, Fault> {
        let asked: Vec<Cell> = match &self.behind {
            Some(_) => keys.iter().filter(|key| !self.knows(table, key)).cloned().collect(),
            None => vec![],
        };
        let mut found = self.fetch_behind(table, asked).await?;
        if let Some((_, rows)) = self.tables.get(table.name) {
            rows.lay_over(table, &keys, &mut found);
        }
        Ok(found.into_iter().map(|row| Cells::new(table.name, row)).collect())
    }

    pub(super) fn put(&mut self, table: &Table, rows: Vec<Vec<Cell>>) {
        if table.merge == Merge::Never {
            let (_, grown) = self.grown.entry(table.name).or_insert_with(|| (*table, vec![]));
            let before = grown.len();
            grown.extend(rows.iter().map(|row| Packed::of(row)));
            self.grown_bytes +=
                grown[before..].iter().map(|row| row.bytes() + size_of::<Packed>()).sum::<usize>();
            return;
        }
        let own = self.rows(table);
        rows.into_iter().for_each(|row| own.put(table, row));
    }

    pub(super) async fn set(
        &mut self,
        table: &Table,
        columns: &[&str],
        rows: Vec<Vec<Cell>>,
    ) -> Result<(), Fault> {
        let places: Vec<usize> = columns.iter().filter_map(|name| table.column(name)).collect();
        let strangers: Vec<Cell> = match &self.behind {
            Some(_) => {
                let keys = rows.iter().filter_map(|row| row.last());
                keys.filter(|key| !self.knows(table, key)).cloned().collect()
            }
            None => vec![],
        };
        for row in self.fetch_behind(table, strangers).await? {
            self.rows(table).put(table, row);
        }
        let own = self.rows(table);
        for mut row in rows {
            if let Some(key) = row.pop() {
                own.change(&key, |held| {
                    for (place, value) in places.iter().zip(&row) {
                        held[*place] = value.clone();
                    }
                });
            }
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, table: &Table, keys: Vec<Cell>) {
        let everything_is_here = self.behind.is_none();
        let own = self.rows(table);
        keys.into_iter().for_each(|key| own.remove(key, everything_is_here));
    }

    pub(super) async fn find(&mut self, table: &Table, sought: &[Sought]) -> Result<Vec<Cells>, Fault> {
        let mut found = match &self.behind {
            Some(behind) => behind.find(table, sought).await?,
            None => vec![],
        };
        if let Some((_, rows)) = self.tables.get(table.name) {
            found.retain(|row| !row.first().is_some_and(|key| rows.knows(key)));
            found.extend(rows.cells().filter(|row| table.fits(row, sought)));
        }
        Ok(found.into_iter().map(|row| Cells::new(table.name, row)).collect())
    }

    /// Whether it is known here what rows there are with this first column. Of rows that are added up, only the tables
    /// know all; and of several with one first column, memory may hold some.
    fn knows(&self, table: &Table, key: &Cell) -> bool {
        let alone = table.key == 1 && table.merge == Merge::Replace;
        self.tables.get(table.name).is_some_and(
            |(_, rows)| {
                if alone { rows.knows(key) } else { rows.is_gone(key) }
            },
        )
    }

    /// Every row of `table` in memory, in no order.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn all(&self, table: &Table) -> impl Iterator<Item = Cells> {
        let name = table.name;
        let rows = self.tables.get(name).map(|(_, rows)| rows.cells());
        rows.into_iter().flatten().map(move |row| Cells::new(name, row))
    }

    fn rows(&mut self, table: &Table) -> &mut Rows {
        &mut self.tables.entry(table.name).or_insert_with(|| (*table, Rows::default())).1
    }

    async fn fetch_behind(&self, table: &Table, keys: Vec<Cell>) -> Result<Vec<Vec<Cell>>, Fault> {
        match &self.behind {
            Some(behind) if !keys.is_empty() => behind.load(table, keys).await,
            _ => Ok(vec![]),
        }
    }
}

impl Behind {
    async fn load(&self, table: &Table, keys: Vec<Cell>) -> Result<Vec<Vec<Cell>>, Fault> {
        let mut now = self.backend.snapshot().await?;
        let rows = now.load(&table.beside(self.generation), keys).await?;
        now.done().await?;
        Ok(rows)
    }

    async fn find(&self, table: &Table, sought: &[Sought]) -> Result<Vec<Vec<Cell>>, Fault> {
        let (sql, values) = table.beside(self.generation).find(sought);
        let rows = self.backend.fetch(table.name, sql, values).await?;
        Ok(rows.into_iter().map(Cells::into_inner).collect())
    }
}

#[cfg(test)]
mod specs;
