//! The rows of one table in memory.

use std::collections::{HashMap, HashSet};

use super::packed::Packed;
use crate::cell::Cell;
use crate::table::Table;

/// What a row takes besides its own bytes: its place, and its share of the map.
const AROUND: usize = 120;

/// Rows by their first column, those of one in the order of the key.
#[derive(Debug, Default)]
pub(super) struct Rows {
    held: HashMap<Cell, Vec<Packed>>,
    /// First columns whose rows of before are gone.
    gone: HashSet<Cell>,
    bytes: usize,
}

impl Rows {
    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.gone.len() * AROUND
    }

    /// Whether there is a row with this first column here, or it is known that there is none.
    pub(super) fn knows(&self, key: &Cell) -> bool {
        self.held.contains_key(key) || self.is_gone(key)
    }

    pub(super) fn is_gone(&self, key: &Cell) -> bool {
        self.gone.contains(key)
    }

    /// Every row, in no order.
    pub(super) fn cells(&self) -> impl Iterator<Item = Vec<Cell>> {
        self.held.values().flatten().map(|row| row.cells().collect())
    }

    pub(super) fn put(&mut self, table: &Table, row: Vec<Cell>) {
        let Some(first) = row.first() else { return };
        let Some(held) = self.held.get_mut(first) else {
            let (first, packed) = (first.clone(), Packed::of(&row));
            self.bytes += packed.bytes() + AROUND;
            self.held.insert(first, vec![packed]);
            return;
        };
        match place(held, &row[..table.key]) {
            Ok(at) => {
                self.bytes -= held[at].bytes();
                let mut own: Vec<Cell> = held[at].cells().collect();
                table.merge_into(&mut own, row);
                held[at] = Packed::of(&own);
                self.bytes += held[at].bytes();
            }
            Err(at) => {
                let packed = Packed::of(&row);
                self.bytes += packed.bytes() + AROUND;
                held.insert(at, packed);
            }
        }
    }

    /// Changes the rows with this first column.
    pub(super) fn change(&mut self, key: &Cell, change: impl Fn(&mut [Cell])) {
        for row in self.held.get_mut(key).into_iter().flatten() {
            let mut cells: Vec<Cell> = row.cells().collect();
            change(&mut cells);
            self.bytes -= row.bytes();
            *row = Packed::of(&cells);
            self.bytes += row.bytes();
        }
    }

    /// Takes out the rows with this first column; of `all` there are, or of those here and before.
    pub(super) fn remove(&mut self, key: Cell, all: bool) {
        for row in self.held.remove(&key).into_iter().flatten() {
            self.bytes -= row.bytes() + AROUND;
        }
        if !all {
            self.gone.insert(key);
        }
    }

    /// Makes of rows from before with these first columns the rows of now.
    pub(super) fn lay_over(&self, table: &Table, keys: &[Cell], before: &mut Vec<Vec<Cell>>) {
        before.retain(|row| !row.first().is_some_and(|key| self.is_gone(key)));
        for row in keys.iter().filter_map(|key| self.held.get(key)).flatten() {
            let row: Vec<Cell> = row.cells().collect();
            match before.iter_mut().find(|own| own[..table.key] == row[..table.key]) {
                Some(own) => table.merge_into(own, row),
                None => before.push(row),
            }
        }
    }

    /// The first columns whose rows of before are gone, and all rows in the order of the key.
    pub(super) fn into_sorted(self) -> (Vec<Cell>, Vec<Packed>) {
        let mut held: Vec<(Cell, Vec<Packed>)> = self.held.into_iter().collect();
        held.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        (self.gone.into_iter().collect(), held.into_iter().flat_map(|(_, rows)| rows).collect())
    }
}

/// Where the row with this key is, or belongs. Most come in the order of the key.
fn place(rows: &[Packed], key: &[Cell]) -> Result<usize, usize> {
    let order = |row: &Packed| row.cells().take(key.len()).cmp(key.iter().cloned());
    match rows.last() {
        Some(last) if order(last).is_lt() => Err(rows.len()),
        _ => rows.binary_search_by(order),
    }
}
