//! The proof book: the tiles of the tree, and every checkpoint that was ever signed.

use std::sync::Arc;
use std::time::Duration;

use super::tile::{TileId, Tiles};
use crate::backend::book::{self, Advance, BookStore};
use crate::fault::Fault;
use crate::inspect::Schema;

/// How long the book may take to answer, waiting for other processes included.
const PATIENCE: Duration = Duration::from_secs(10);

/// A proof book, open. Clones are the same book.
#[derive(Debug, Clone)]
pub struct Book(Arc<BookStore>);

/// A checkpoint as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The size it is kept under. Only who has checked the note knows that it says the same.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

impl Kept {
    /// From its row.
    pub(crate) fn of((size, note): (i64, String)) -> Self {
        Self { size: size as u64, note }
    }
}

impl Book {
    /// Opens the book at `url`, making it when it isn't there: `sqlite:/var/lib/seinhuis/proof.sqlite`, or the address of
    /// a PostgreSQL database as of [`crate::Log::open`], where it takes the schema `seinhuis_proof`.
    pub async fn open(url: &str) -> Result<Self, Fault> {
        Ok(Self(Arc::new(book::open(url, PATIENCE).await?)))
    }

    /// The book at `url` for reading only: nothing is made there, and it needn't be there yet.
    pub fn look_in(url: &str, patience: Duration) -> Result<Self, Fault> {
        Ok(Self(Arc::new(book::look_in(url, patience)?)))
    }

    /// How the schema of the book at `url` stands to this program.
    pub async fn schema(url: &str, patience: Duration) -> Result<Schema, Fault> {
        book::schema(url, patience).await
    }

    /// The last checkpoint; `None` when nothing was signed yet.
    pub async fn latest(&self) -> Result<Option<Kept>, Fault> {
        self.0.latest().await
    }

    /// Up to `limit` checkpoints larger than `after`, in order of size.
    pub async fn after(&self, after: u64, limit: usize) -> Result<Vec<Kept>, Fault> {
        // No size is larger than what the databases count with.
        self.0.after(after.min(i64::MAX as u64), limit).await
    }

    /// Closes it.
    pub async fn close(&self) {
        self.0.close().await;
    }

    pub(super) async fn tiles(&self, ids: &[TileId]) -> Result<Tiles, Fault> {
        self.0.tiles(ids).await
    }

    pub(super) async fn advance(&self, from: u64, advance: &Advance) -> Result<bool, Fault> {
        self.0.advance(from, advance).await
    }
}
