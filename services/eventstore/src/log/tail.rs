//! Following the log: woken when it grows, and looking now and then all the same.

use std::time::Duration;

use super::{HeadWatch, Log};
use crate::event::Page;
use crate::fault::Fault;
use crate::position::Position;

/// A reader that goes along with the log, page by page, without gap or repetition.
#[derive(Debug)]
pub struct Tail {
    log: Log,
    heads: HeadWatch,
    at: Position,
}

impl Log {
    /// Follows the log from after `after` on.
    pub fn tail(&self, after: Position) -> Tail {
        Tail { log: self.clone(), heads: self.watch(), at: after }
    }

    /// Waits until the log reaches `position`, whoever writes it, and tells its head; `None` when it takes longer than
    /// `patience`. With the position of a receipt, whoever reads next reads what he wrote.
    pub async fn wait_for(&self, position: Position, patience: Duration) -> Result<Option<Position>, Fault> {
        let reached = async {
            let mut heads = self.watch();
            loop {
                if self.look().await? >= position {
                    return Ok(self.head());
                }
                self.news(&mut heads, Position(position.0.saturating_sub(1))).await;
            }
        };
        tokio::time::timeout(patience, reached).await.map_or(Ok(None), |reached| reached.map(Some))
    }

    /// Until there is something after `at`, as far as is known here, or it is time to look.
    async fn news(&self, heads: &mut HeadWatch, at: Position) {
        tokio::select! {
            _ = heads.past(at) => {}
            () = tokio::time::sleep(self.shared.settings.look) => {}
        }
    }
}

impl Tail {
    /// Up to where it has read.
    pub fn position(&self) -> Position {
        self.at
    }

    /// The next events, one at least and `limit` at most; waits until there are any. Safe to drop and ask again.
    pub async fn next(&mut self, limit: usize) -> Result<Page, Fault> {
        loop {
            let page = self.log.read(self.at, limit).await?;
            if let Some(last) = page.events.last() {
                self.at = last.position;
                return Ok(page);
            }
            self.log.news(&mut self.heads, self.at).await;
        }
    }
}
