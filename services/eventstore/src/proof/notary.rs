//! The notary: follows the log, lets the tree grow, and signs what it has seen, now and then and never a fork.

mod resume;

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use seinhuis_runtime::Pulse;
use tokio::sync::watch;

use super::book::{Book, Kept};
use super::checkpoint::Checkpoint;
use super::edge::Edge;
use super::hash::Hash;
use super::note::Signer;
use crate::backend::book::Advance;
use crate::fault::Fault;
use crate::log::Log;
use crate::position::Position;

/// Leaves read, and committed to the book, in one go.
const PAGE: usize = 16_384;

/// How far apart checkpoints are, while there is something new to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// At most so long after the one before.
    pub every: Duration,
    /// At most so many events after the one before.
    pub events: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { every: Duration::from_secs(1), events: 1_000 }
    }
}

/// Signs one log into one book. Several processes may have one each, with the same key.
#[derive(Debug)]
pub struct Notary {
    log: Log,
    book: Book,
    signer: Signer,
    pace: Pace,
    /// The tree as it was last seen signed; empty at first.
    edge: Edge,
    /// Whether the log has been seen to be the one that was signed.
    resumed: bool,
    signed: watch::Sender<Position>,
    pulse: Pulse,
}

impl Notary {
    /// A notary for `log`.
    pub fn new(log: Log, book: Book, signer: Signer) -> Self {
        Self::with_pace(log, book, signer, Pace::default())
    }

    /// Like [`Notary::new`], at another pace.
    pub fn with_pace(log: Log, book: Book, signer: Signer, pace: Pace) -> Self {
        let signed = watch::Sender::new(Position::START);
        Self { log, book, signer, pace, edge: Edge::default(), resumed: false, signed, pulse: Pulse::new() }
    }

    /// Like before, but others hear this pulse, which beats once a turn.
    #[must_use]
    pub fn beating(self, pulse: Pulse) -> Self {
        Self { pulse, ..self }
    }

    /// Sees up to where the log is signed.
    pub fn progress(&self) -> watch::Receiver<Position> {
        self.signed.subscribe()
    }

    /// Signs all there is. Tells the last checkpoint; `None` for an empty log.
    pub async fn catch_up(&mut self) -> Result<Option<Kept>, Fault> {
        while self.step().await? {}
        self.book.latest().await
    }

    /// Follows the log until `drain` resolves, and signs what there is then. A fault of the database is logged and tried
    /// again. A log that isn't what was signed ends it: from there on nothing is signed.
    pub async fn run(mut self, drain: impl Future<Output = ()>) -> Result<(), Fault> {
        let mut drain = pin!(drain);
        let mut heads = self.log.watch();
        loop {
            let stepped = tokio::select! {
                biased;
                () = &mut drain => break,
                stepped = self.step() => stepped,
            };
            if stepped.is_ok() {
                self.pulse.beat();
            }
            let failed = match stepped {
                Ok(true) => continue,
                Ok(false) => false,
                Err(fault @ Fault::Unavailable { .. }) => {
                    tracing::warn!(
                        fault = &fault as &dyn std::error::Error,
                        "the log can't be signed, trying again"
                    );
                    true
                }
                Err(fault) => return Err(fault),
            };
            // Enough for a checkpoint before its time: whoever failed waits for the time.
            let enough = Position(self.edge.size() + self.pace.events as u64 - 1);
            tokio::select! {
                biased;
                () = &mut drain => break,
                () = tokio::time::sleep(self.pace.every) => {}
                _ = heads.past(enough), if !failed => {}
            }
        }
        if self.resumed { self.catch_up().await.map(|_| ()) } else { Ok(()) }
    }

    /// Signs up to a page of what is new. Tells whether there may be more. Safe to drop and ask again.
    async fn step(&mut self) -> Result<bool, Fault> {
        if !self.resumed {
            self.edge = self.resumed_from(self.edge.clone()).await?;
            self.resumed = true;
            self.signed.send_replace(Position(self.edge.size()));
        }
        let new = self.news().await?;
        if new.is_empty() {
            return Ok(false);
        }
        let mut edge = self.edge.clone();
        let advance = self.grown(&mut edge, &new);
        if self.book.advance(self.edge.size(), &advance).await? {
            self.edge = edge;
            self.signed.send_replace(Position(self.edge.size()));
            return Ok(new.len() == PAGE);
        }
        // Another process has signed meanwhile: go on from there, if it signed the same log.
        self.resumed = false;
        Ok(true)
    }

    /// The leaves after the tree's, once the log still holds the tree's last one where it was.
    async fn news(&self) -> Result<Vec<Hash>, Fault> {
        let size = self.edge.size();
        let Some(last) = self.edge.last() else { return self.log.leaves(Position::START, PAGE).await };
        let mut leaves = self.log.leaves(Position(size - 1), PAGE + 1).await?;
        if leaves.is_empty() {
            return Err(Fault::CutShort { head: self.log.look().await?, signed: size });
        }
        let new = leaves.split_off(1);
        if leaves[0] == last { Ok(new) } else { Err(self.fork(size).await?) }
    }

    /// What the tree and the book gain by `new`.
    fn grown(&self, edge: &mut Edge, new: &[Hash]) -> Advance {
        let since = edge.size();
        let mut advance = Advance::default();
        for stretch in new.chunks(self.pace.events) {
            stretch.iter().for_each(|leaf| edge.push(*leaf, &mut advance.tiles));
            let note = Checkpoint::signed(&self.signer, edge.size(), edge.root());
            advance.checkpoints.push(Kept { size: edge.size(), note });
        }
        advance.tiles.extend(edge.unfinished(since));
        advance
    }
}
