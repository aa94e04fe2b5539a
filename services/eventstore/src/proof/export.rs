//! An export: the log's bytes and every checkpoint of it in one file, for whoever checks it without this program.
//!
//! After the line `seinhuis-log-export v1` come records: a byte that says which kind, the length of the body (4 bytes,
//! big-endian), the body. `E` is an event, in order of position from 1: its leaf hash and its canonical form
//! ([`crate::leaf`]). `C` is a checkpoint as it was signed, after the event it ends with. `Z`, the end, holds the number of
//! events (8 bytes, big-endian).

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::Arc;

use super::book::{Book, Kept};
use crate::backend::Raw;
use crate::fault::Fault;
use crate::log::Log;
use crate::position::Position;

const HEADER: &[u8] = b"seinhuis-log-export v1\n";

/// Rows, or checkpoints, in memory at once.
const PAGE: usize = 2_048;

/// What went into an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Events.
    pub events: u64,
    /// Checkpoints.
    pub checkpoints: u64,
    /// The size of the last checkpoint; what comes after it isn't signed. 0 without any.
    pub signed: u64,
}

/// Writes the log as it is now to `out`, with the checkpoints of `book`. Rows and checkpoints go out as they are stored:
/// judging them is for who reads the export. Only what the format can't hold, such as a missing event, is a fault.
///
/// Checkpoints of more events than there are, which a log cut short leaves behind, come after the last event.
pub async fn export(log: &Log, book: &Book, out: &mut impl Write) -> Result<Exported, Fault> {
    // The book first: what it has signed by now is in the log.
    let last = book.latest().await?.map_or(0, |kept| kept.size);
    let mut checkpoints = Checkpoints { book, last, after: 0, page: VecDeque::new() };
    let head = log.look().await?;
    let mut writer = Writer(out);
    writer.raw(HEADER)?;
    let mut done = Exported { events: 0, checkpoints: 0, signed: 0 };
    while done.events < head.0 {
        let limit = (head.0 - done.events).min(PAGE as u64) as usize;
        let rows = log.backend().raw(done.events as i64, limit).await?;
        let rows = rows.map_err(|damage| corrupt(done.events + 1, damage))?;
        if rows.len() == 0 {
            return Err(corrupt(done.events + 1, "it is missing"));
        }
        for row in rows.iter() {
            writer.event(done.events + 1, &row)?;
            done.events += 1;
            while let Some(kept) = checkpoints.up_to(done.events).await? {
                writer.checkpoint(&kept, &mut done)?;
            }
        }
    }
    while let Some(kept) = checkpoints.up_to(u64::MAX).await? {
        writer.checkpoint(&kept, &mut done)?;
    }
    writer.record(b'Z', &[&done.events.to_be_bytes()])?;
    writer.0.flush().map_err(failed)?;
    Ok(done)
}

fn failed(error: io::Error) -> Fault {
    Fault::File { what: "write", path: "the export".to_owned(), source: Arc::new(error) }
}

fn corrupt(position: u64, what: impl Into<String>) -> Fault {
    Fault::Corrupt { position: Position(position), what: what.into() }
}

/// The checkpoints of the book, a page at a time.
struct Checkpoints<'b> {
    book: &'b Book,
    /// The last one that takes part.
    last: u64,
    after: u64,
    page: VecDeque<Kept>,
}

impl Checkpoints<'_> {
    /// The next one, if its size is at most `size`.
    async fn up_to(&mut self, size: u64) -> Result<Option<Kept>, Fault> {
        if self.page.is_empty() && self.after < self.last {
            self.page = self.book.after(self.after, PAGE).await?.into();
            self.page.retain(|kept| kept.size <= self.last);
            self.after = self.page.back().map_or(self.last, |kept| kept.size);
        }
        Ok(self.page.pop_front_if(|kept| kept.size <= size))
    }
}

struct Writer<'w, W>(&'w mut W);

impl<W: Write> Writer<'_, W> {
    fn event(&mut self, expected: u64, row: &Raw<'_>) -> Result<(), Fault> {
        if row.position != expected as i64 {
            return Err(corrupt(expected, "it is missing"));
        }
        let canonical = row.canonical().ok_or_else(|| corrupt(expected, "a column isn't of its type"))?;
        let leaf = row.leaf.ok_or_else(|| corrupt(expected, "its leaf isn't 32 bytes"))?;
        self.record(b'E', &[&leaf, canonical])
    }

    fn checkpoint(&mut self, kept: &Kept, done: &mut Exported) -> Result<(), Fault> {
        (done.checkpoints, done.signed) = (done.checkpoints + 1, kept.size);
        self.record(b'C', &[kept.note.as_bytes()])
    }

    fn record(&mut self, kind: u8, body: &[&[u8]]) -> Result<(), Fault> {
        let length = u32::try_from(body.iter().map(|part| part.len()).sum::<usize>());
        let length = length.map_err(|_| failed(io::Error::other("a record is longer than 4 GiB")))?;
        self.raw(&[kind])?;
        self.raw(&length.to_be_bytes())?;
        body.iter().try_for_each(|part| self.raw(part))
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.0.write_all(bytes).map_err(failed)
    }
}
