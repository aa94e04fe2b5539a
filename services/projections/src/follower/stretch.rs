//! A stretch of the log as a follower reads it.

use seinhuis_eventstore::{Log, Position};

use crate::entry::{Entry, Unreadable};
use crate::fault::Fault;

/// Events that follow each other.
#[derive(Debug, Default)]
pub(crate) struct Stretch {
    /// In order, without gaps, up to the first that can't be understood.
    pub(crate) entries: Vec<Entry>,
    /// That one, and why it can't.
    pub(crate) poison: Option<Unreadable>,
    /// Whether there may be more.
    pub(crate) more: bool,
}

impl Stretch {
    /// Up to `limit` events of `log` after `after`.
    pub(crate) async fn read(log: &Log, after: Position, limit: usize) -> Result<Self, Fault> {
        let events = log.read(after, limit).await.map_err(Fault::Log)?.events;
        let (more, mut entries) = (events.len() == limit, Vec::with_capacity(events.len()));
        for recorded in events {
            match Entry::of(recorded) {
                Ok(entry) => entries.push(entry),
                Err(unreadable) => return Ok(Self { entries, poison: Some(unreadable), more }),
            }
        }
        Ok(Self { entries, poison: None, more })
    }
}
