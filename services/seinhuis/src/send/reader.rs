//! Reads and maps the file on a thread of its own, never far ahead of what is sent.

use std::sync::Arc;

use seinhuis_contract::kinds::SectorSignal;
use tokio::sync::mpsc;

use super::map::Mapping;
use super::refusal::{Misfit, Refusal};
use super::row::Row;
use super::source::{Rows, SourceError};

/// How many rows may lie ready.
const AHEAD: usize = 1024;

/// One row on its way to the hub.
pub(super) struct Taken {
    /// The row, kept so that a refusal can show its values.
    pub(super) row: Row,
    /// Where in the file it ends.
    pub(super) byte: u64,
    /// Its signal, or why it makes none.
    pub(super) signal: Result<SectorSignal, Refusal>,
}

/// Reads all rows after the first `skip`. The last thing it gives may be an error, after which nothing comes.
pub(super) fn start(
    mut rows: Rows,
    mapping: Arc<Mapping>,
    skip: u64,
) -> mpsc::Receiver<Result<Taken, SourceError>> {
    let (give, taken) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut number = 0;
        loop {
            let next = match rows.next() {
                Ok(None) => return,
                Ok(Some(_)) if number < skip => {
                    number += 1;
                    continue;
                }
                Ok(Some(row)) => {
                    let refused = |misfit: Misfit| Refusal::by_map(&mapping, &row, misfit);
                    let signal = mapping.signal(&row).map_err(refused);
                    Ok(Taken { row, byte: rows.bytes_read(), signal })
                }
                Err(error) => Err(error),
            };
            let ends = next.is_err();
            if give.blocking_send(next).is_err() || ends {
                return;
            }
        }
    });
    taken
}
