//! The newest events of the log, read and decoded once for all who follow it in this process. Whoever is near the end
//! finds them here. Whoever is further behind reads for himself until he is near it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use seinhuis_eventstore::{Log, Position};

use crate::entry::Entry;
use crate::fault::Fault;
use crate::follower::Stretch;

/// Events that are kept, and how much room their stored form may take: as large ones there are fewer (INV-11).
const EVENTS: usize = 16_384;
const BYTES: usize = 16 << 20;
/// Events read in one go.
const PAGE: usize = 4_000;

/// The newest events. Clones are the same.
#[derive(Debug, Clone)]
pub struct Recent(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    log: Log,
    kept: Mutex<Kept>,
    /// Held while reading on: of several who wait for the same events, one reads them.
    turn: tokio::sync::Mutex<()>,
}

impl Recent {
    /// Those of `log`; none yet.
    pub fn of(log: Log) -> Self {
        Self(Arc::new(Shared { log, kept: Mutex::default(), turn: tokio::sync::Mutex::default() }))
    }

    /// Up to `limit` events after `after`.
    pub(crate) async fn after(&self, after: Position, limit: usize) -> Result<Stretch, Fault> {
        if let Some(found) = self.found(after, limit) {
            return Ok(found);
        }
        if self.kept().is_past(after, self.0.log.head()) {
            return Stretch::read(&self.0.log, after, limit).await;
        }
        let _turn = self.0.turn.lock().await;
        if let Some(found) = self.found(after, limit) {
            return Ok(found);
        }
        let read = Stretch::read(&self.0.log, after, PAGE).await?;
        if read.entries.is_empty() {
            self.kept().ended = !read.more;
            return Ok(read);
        }
        self.kept().add(after, read);
        // More than was asked for may have been read.
        Ok(self.found(after, limit).unwrap_or(Stretch { more: true, ..Stretch::default() }))
    }

    fn found(&self, after: Position, limit: usize) -> Option<Stretch> {
        self.kept().after(after, limit, self.0.log.head())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Whole after every statement that can panic.
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stretch of the log without gaps.
#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<Entry>,
    bytes: usize,
    /// Whether the log ended behind it when it was last read.
    ended: bool,
}

impl Kept {
    /// What it holds after `after`, if that begins in it.
    fn after(&self, after: Position, limit: usize, head: Position) -> Option<Stretch> {
        let (first, last) = (self.entries.front()?.position(), self.entries.back()?.position());
        let from = usize::try_from((after.0 + 1).checked_sub(first.0)?).ok()?;
        if from >= self.entries.len() {
            return None;
        }
        let to = self.entries.len().min(from.saturating_add(limit));
        let all = to == self.entries.len() && self.ended && head <= last;
        Some(Stretch { entries: self.entries.range(from..to).cloned().collect(), more: !all })
    }

    /// Whether what follows `after` has been here and gone, or is too far from the end to be.
    fn is_past(&self, after: Position, head: Position) -> bool {
        match self.entries.front() {
            Some(first) => after.0 + 1 < first.position().0,
            None => head.0.saturating_sub(after.0) > EVENTS as u64,
        }
    }

    /// Adds what was read after `after`, and lets the oldest go for it.
    fn add(&mut self, after: Position, read: Stretch) {
        if self.entries.back().is_some_and(|last| last.position() != after) {
            *self = Self::default();
        }
        self.ended = !read.more;
        self.bytes += read.entries.iter().map(size).sum::<usize>();
        self.entries.extend(read.entries);
        while self.entries.len() > EVENTS || self.bytes > BYTES && self.entries.len() > 1 {
            self.bytes -= self.entries.pop_front().as_ref().map_or(0, size);
        }
    }
}

/// About how much room its stored form takes, in bytes.
fn size(entry: &Entry) -> usize {
    let sealed = entry.recorded.sealed.as_ref().map_or(0, |sealed| sealed.bytes.len());
    entry.recorded.payload.len() + sealed + 256
}

#[cfg(test)]
mod specs;
