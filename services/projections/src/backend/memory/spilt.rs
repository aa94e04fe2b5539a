//! What memory held, on its way to a table.

use std::sync::Arc;

use super::Packed;
use crate::backend::Change;
use crate::cell::Cell;
use crate::fault::Fault;
use crate::table::Table;

/// Rows that are put at once into a table that holds some already.
const BATCH: usize = 4_096;

/// What has to be done to a table so that it holds what memory held.
#[derive(Debug)]
pub(crate) struct Spilt {
    pub(crate) table: Table,
    /// Rows with these first columns go.
    pub(super) gone: Vec<Cell>,
    /// Then these come, merged the table's way, in the order of the key.
    pub(super) rows: Arc<[Packed]>,
    /// A table that comes before and gets the same rows: a new one is copied from it, which is much faster.
    pub(super) like: Option<Table>,
}

impl Spilt {
    /// Does it to the table of `generation`, or makes it.
    pub(crate) async fn pour(self, change: &mut Change, generation: u32, is_new: bool) -> Result<(), Fault> {
        let Self { table, gone, rows, like } = self;
        let table = table.beside(generation);
        match (is_new, like) {
            (true, Some(like)) => change.create_like(&table, &like.beside(generation)).await,
            (true, None) => change.create_filled(&table, rows).await,
            (false, _) => {
                change.remove(&table, gone).await?;
                for batch in rows.chunks(BATCH) {
                    change.put(&table, batch.iter().map(|row| row.cells().collect()).collect()).await?;
                    change.write_out().await?;
                }
                Ok(())
            }
        }
    }
}
