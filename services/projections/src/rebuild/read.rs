//! The pages of a rebuild, decoded ahead.

use std::sync::Arc;

use seinhuis_eventstore::{Ahead, Log, Position};

use crate::entry::Entry;
use crate::fault::Fault;
use crate::model::Model;

/// A stretch of the log, and what stands behind it if that stops one of the models.
pub(super) type Read = (Arc<[Entry]>, Option<Fault>);

/// Reads the events after `after` up to `until` for `models`, in pages of up to `size`.
pub(super) fn pages(
    log: Log,
    after: Position,
    until: Position,
    size: usize,
    models: Vec<Model>,
) -> Ahead<Read> {
    Ahead::read(log, after, until, size, move |events| {
        let (page, poison) = Entry::page(events, &models);
        (page.into(), poison)
    })
}
