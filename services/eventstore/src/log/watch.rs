//! Waking those who wait for the log to grow.

use tokio::sync::watch;

use crate::position::Position;

/// Sees the head of the log move.
#[derive(Debug, Clone)]
pub struct HeadWatch(watch::Receiver<u64>);

impl HeadWatch {
    pub(crate) fn new(head: watch::Receiver<u64>) -> Self {
        Self(head)
    }

    /// Resolves with the head once it lies after `position`; never, when the log is gone. Safe to drop and ask again.
    pub async fn past(&mut self, position: Position) -> Position {
        // The guard on the value goes at once: it mustn't be held over the wait below.
        let head = self.0.wait_for(|head| *head > position.0).await.map(|head| *head);
        match head {
            Ok(head) => Position(head),
            Err(_) => std::future::pending().await,
        }
    }
}

/// Moves the head up to `to`, waking watchers only when that is news.
pub(crate) fn advance(head: &watch::Sender<u64>, to: u64) {
    head.send_if_modified(|head| {
        let news = to > *head;
        *head = to.max(*head);
        news
    });
}
