//! Reading ahead: while a page is folded, the next is decoded and the one after that fetched.

use std::ops::Range;
use std::sync::Arc;

use seinhuis_eventstore::{Log, Position};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;

use crate::entry::Entry;
use crate::fault::Fault;
use crate::model::Model;

/// Pages that may be decoded and wait.
const AHEAD: usize = 2;

/// A stretch of the log, and what stands behind it if that stops one of the models.
pub(super) type Read = (Arc<[Entry]>, Option<Fault>);

/// The pages of a stretch of the log, in order.
pub(super) struct Pages {
    decoding: mpsc::Receiver<Result<JoinHandle<Read>, Fault>>,
    _reading: AbortOnDropHandle<()>,
}

/// Reads the events after `after` up to `until` for `models`, in pages of up to `size`.
pub(super) fn pages(log: Log, after: Position, until: Position, size: usize, models: Vec<Model>) -> Pages {
    let (pages, decoding) = mpsc::channel(AHEAD);
    let reading = tokio::spawn(read(log, after..until, size, models.into(), pages));
    Pages { decoding, _reading: AbortOnDropHandle::new(reading) }
}

impl Pages {
    /// The next page; none after the last.
    pub(super) async fn next(&mut self) -> Option<Result<Read, Fault>> {
        let decoding = match self.decoding.recv().await? {
            Ok(decoding) => decoding,
            Err(fault) => return Some(Err(fault)),
        };
        match decoding.await {
            Ok(read) => Some(Ok(read)),
            Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
            // The process is on its way out.
            Err(_) => None,
        }
    }
}

async fn read(
    log: Log,
    Range { start: mut at, end: until }: Range<Position>,
    size: usize,
    models: Arc<[Model]>,
    pages: mpsc::Sender<Result<JoinHandle<Read>, Fault>>,
) {
    while at < until {
        let room = until.0.saturating_sub(at.0).min(size as u64) as usize;
        let next = match log.read(at, room).await {
            Ok(page) => {
                let Some(last) = page.events.last() else { return };
                at = last.position;
                let models = Arc::clone(&models);
                Ok(tokio::spawn(async move {
                    let (page, poison) = Entry::page(page.events, &models);
                    (page.into(), poison)
                }))
            }
            Err(fault) => Err(Fault::Log(fault)),
        };
        let ends = next.is_err();
        if pages.send(next).await.is_err() || ends {
            return;
        }
    }
}
