//! Reading ahead: while a page is worked on, the next is made of its rows and the one after that fetched.

use std::sync::Arc;

use seinhuis_domain::event::Event;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;

use crate::event::Recorded;
use crate::fault::Fault;
use crate::log::Log;
use crate::position::Position;

/// Pages that may be made and wait.
const AHEAD: usize = 2;

/// The pages of a stretch of the log, in order, each made into a `T` by a task of its own.
#[derive(Debug)]
pub struct Ahead<T> {
    making: mpsc::Receiver<Result<JoinHandle<T>, Fault>>,
    _reading: AbortOnDropHandle<()>,
}

impl<T: Send + 'static> Ahead<T> {
    /// Reads the events after `after` up to `until` in pages of up to `size`, and has `make` make something of each.
    pub fn read(
        log: Log,
        after: Position,
        until: Position,
        size: usize,
        make: impl Fn(Vec<Recorded>) -> T + Send + Sync + 'static,
    ) -> Self {
        let (pages, making) = mpsc::channel(AHEAD);
        let reading = tokio::spawn(read(log, after, until, size, Arc::new(make), pages));
        Self { making, _reading: AbortOnDropHandle::new(reading) }
    }

    /// What was made of the next page; none after the last. After a fault there is no more.
    pub async fn next(&mut self) -> Option<Result<T, Fault>> {
        let making = match self.making.recv().await? {
            Ok(making) => making,
            Err(fault) => return Some(Err(fault)),
        };
        match making.await {
            Ok(made) => Some(Ok(made)),
            Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
            // The process is on its way out.
            Err(_) => None,
        }
    }
}

impl Ahead<Result<Vec<(Recorded, Event)>, Fault>> {
    /// The same, each event decoded.
    pub fn decoded(log: Log, after: Position, until: Position, size: usize) -> Self {
        let both = |recorded: Recorded| recorded.event().map(|event| (recorded, event));
        Self::read(log, after, until, size, move |events| events.into_iter().map(both).collect())
    }

    /// The next page; none after the last. After a fault there is no more.
    pub async fn page(&mut self) -> Result<Option<Vec<(Recorded, Event)>>, Fault> {
        self.next().await.transpose()?.transpose()
    }
}

async fn read<T: Send + 'static>(
    log: Log,
    mut at: Position,
    until: Position,
    size: usize,
    make: Arc<impl Fn(Vec<Recorded>) -> T + Send + Sync + 'static>,
    pages: mpsc::Sender<Result<JoinHandle<T>, Fault>>,
) {
    while at < until {
        let room = until.0.saturating_sub(at.0).min(size as u64) as usize;
        let next = match log.read(at, room).await {
            Ok(page) => {
                let Some(last) = page.events.last() else { return };
                at = last.position;
                let make = Arc::clone(&make);
                Ok(tokio::spawn(async move { make(page.events) }))
            }
            Err(fault) => Err(fault),
        };
        let ends = next.is_err();
        if pages.send(next).await.is_err() || ends {
            return;
        }
    }
}
