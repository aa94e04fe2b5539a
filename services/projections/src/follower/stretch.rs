//! A stretch of the log as a follower reads it.

use seinhuis_eventstore::{Log, Position};

use crate::entry::Entry;
use crate::fault::Fault;

/// Events that follow each other.
#[derive(Debug, Default)]
pub(crate) struct Stretch {
    /// In order, without gaps.
    pub(crate) entries: Vec<Entry>,
    /// Whether there may be more.
    pub(crate) more: bool,
}

impl Stretch {
    /// Up to `limit` events of `log` after `after`.
    pub(crate) async fn read(log: &Log, after: Position, limit: usize) -> Result<Self, Fault> {
        let events = log.read(after, limit).await.map_err(Fault::Log)?.events;
        let more = events.len() == limit;
        Ok(Self { entries: events.into_iter().map(Entry::of).collect(), more })
    }
}
