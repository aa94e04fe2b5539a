//! Proofs from the tiles: that an event is in the log, and that one checkpoint is the beginning of another.

use super::book::{Book, Kept};
use super::hash::Hash;
use super::span::{self, Span};
use super::tile::TileId;
use crate::fault::Fault;
use crate::position::Position;

/// That the event at a position is in the log as a checkpoint has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// The event's place; its index in the tree is one less.
    pub position: Position,
    /// Its leaf hash.
    pub leaf: [u8; 32],
    /// The audit path of RFC 6962, from the leaf upwards.
    pub path: Vec<[u8; 32]>,
    /// The checkpoint it leads to.
    pub checkpoint: Kept,
}

/// That the log of one checkpoint is the beginning of that of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consistency {
    /// The earlier checkpoint.
    pub old: Kept,
    /// The consistency proof of RFC 6962.
    pub path: Vec<[u8; 32]>,
    /// The later checkpoint.
    pub new: Kept,
}

/// Why there is no such proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unprovable {
    /// Nothing was signed yet.
    #[error("no checkpoint was signed yet")]
    NothingSigned,
    /// There is no checkpoint of this size.
    #[error("no checkpoint of size {size} was signed{}", next.map_or(String::new(), |next| format!("; the next one is of size {next}")))]
    UnknownSize {
        /// What was asked for.
        size: u64,
        /// The next larger one that there is.
        next: Option<u64>,
    },
    /// The checkpoint doesn't reach the position.
    #[error("position {position} isn't in the checkpoint of size {size}: positions are 1 to {size}")]
    NotIncluded {
        /// What was asked for.
        position: Position,
        /// The checkpoint's size.
        size: u64,
    },
    /// The older one is the larger one.
    #[error("a log of {old} events isn't the beginning of one of {new}")]
    OldIsLarger {
        /// What was called the older size.
        old: u64,
        /// What was called the newer size.
        new: u64,
    },
}

/// Why a proof wasn't given.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// There is no such proof.
    #[error(transparent)]
    Refused(#[from] Unprovable),
    /// The book is broken or out of reach.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Book {
    /// The checkpoint of `size`, or the last one.
    pub async fn checkpoint(&self, size: Option<u64>) -> Result<Kept, ProofError> {
        let Some(size) = size else {
            return self.latest().await?.ok_or_else(|| Unprovable::NothingSigned.into());
        };
        // Whoever asks for none gets the refusal, and with it the first one there is.
        let found = self.after(size.saturating_sub(1), 1).await?.pop();
        match found {
            Some(kept) if kept.size == size => Ok(kept),
            other => Err(Unprovable::UnknownSize { size, next: other.map(|kept| kept.size) }.into()),
        }
    }

    /// Proves that the event at `position` is in the log of the checkpoint of `size`, or of the last one.
    pub async fn inclusion(&self, position: Position, size: Option<u64>) -> Result<Inclusion, ProofError> {
        let checkpoint = self.checkpoint(size).await?;
        let size = checkpoint.size;
        let index = position.0.checked_sub(1).filter(|index| *index < size);
        let index = index.ok_or(Unprovable::NotIncluded { position, size })?;
        let mut spans = vec![Span::leaf(index)];
        spans.extend(span::inclusion(index, size));
        let mut hashes = self.hashes(&spans, size).await?;
        let path = hashes.split_off(1);
        Ok(Inclusion { position, leaf: hashes[0], path, checkpoint })
    }

    /// Proves that the log of the checkpoint of `old` is the beginning of that of `new`, or of the last one.
    pub async fn consistency(&self, old: u64, new: Option<u64>) -> Result<Consistency, ProofError> {
        let later = self.checkpoint(new).await?;
        if old > later.size {
            return Err(Unprovable::OldIsLarger { old, new: later.size }.into());
        }
        let old = self.checkpoint(Some(old)).await?;
        let path = self.hashes(&span::consistency(old.size, later.size), later.size).await?;
        Ok(Consistency { old, path, new: later })
    }

    /// The hash over each of `spans`, from a handful of tiles read in one go.
    async fn hashes(&self, spans: &[Span], size: u64) -> Result<Vec<Hash>, Fault> {
        let mut ids: Vec<TileId> = spans.iter().flat_map(|span| span.subtrees()).map(TileId::of).collect();
        ids.sort_unstable_by_key(|id| id.key());
        ids.dedup();
        let tiles = self.tiles(&ids).await?;
        let hashes = spans.iter().map(|span| tiles.hash(*span)).collect::<Option<Vec<_>>>();
        hashes.ok_or(Fault::Tiles { size })
    }
}
