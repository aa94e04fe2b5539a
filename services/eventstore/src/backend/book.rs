//! Where the proof book is kept: beside a log in a file, in a file of its own; beside one in PostgreSQL, in a schema of its
//! own in the same database.

use std::path::Path;
use std::time::Duration;

use super::{postgres, sqlite};
use crate::fault::Fault;
use crate::inspect::{Schema, of_file};
use crate::proof::{Kept, Tile, TileId, Tiles};

/// A proof book, open.
#[derive(Debug)]
pub(crate) enum BookStore {
    Postgres(postgres::Book),
    Sqlite(sqlite::Book),
}

/// How the book advances, all of it at once or not at all.
#[derive(Debug, Default)]
pub(crate) struct Advance {
    /// Tiles that are new or have grown.
    pub(crate) tiles: Vec<Tile>,
    /// In order of size, at least one: the last one is the size of the tree afterwards.
    pub(crate) checkpoints: Vec<Kept>,
}

/// Opens the book at `url`, making it when it isn't there.
pub(crate) async fn open(url: &str, patience: Duration) -> Result<BookStore, Fault> {
    if let Some(address) = postgres::Address::parse(url)? {
        return Ok(BookStore::Postgres(postgres::Book::open(&address, patience).await?));
    }
    let path = url.strip_prefix("sqlite:").filter(|path| !path.is_empty());
    let path = path.ok_or_else(|| Fault::Address { url: url.to_owned() })?;
    Ok(BookStore::Sqlite(sqlite::Book::open(path.as_ref(), patience).await?))
}

/// The book at `url` for reading only: nothing is made there, and it needn't be there yet.
pub(crate) fn look_in(url: &str, patience: Duration) -> Result<BookStore, Fault> {
    if let Some(address) = postgres::Address::parse(url)? {
        return Ok(BookStore::Postgres(postgres::Book::look_in(&address, patience)));
    }
    let path = url.strip_prefix("sqlite:").filter(|path| !path.is_empty());
    let path = path.ok_or_else(|| Fault::Address { url: url.to_owned() })?;
    Ok(BookStore::Sqlite(sqlite::Book::look_in(path.as_ref(), patience)))
}

/// How the schema of the book at `url` stands.
pub(crate) async fn schema(url: &str, patience: Duration) -> Result<Schema, Fault> {
    match postgres::Address::parse(url)? {
        Some(address) => postgres::look_at(&address, &postgres::book::BOOK, patience).await,
        None => of_file(Path::new(url.strip_prefix("sqlite:").unwrap_or(url)), &sqlite::book::STEPS).await,
    }
}

impl BookStore {
    /// The last checkpoint.
    pub(crate) async fn latest(&self) -> Result<Option<Kept>, Fault> {
        match self {
            Self::Postgres(book) => book.latest().await,
            Self::Sqlite(book) => book.latest().await,
        }
    }

    /// Up to `limit` checkpoints larger than `after`, in order of size.
    pub(crate) async fn after(&self, after: u64, limit: usize) -> Result<Vec<Kept>, Fault> {
        match self {
            Self::Postgres(book) => book.after(after, limit).await,
            Self::Sqlite(book) => book.after(after, limit).await,
        }
    }

    /// Those of `ids` that there are.
    pub(crate) async fn tiles(&self, ids: &[TileId]) -> Result<Tiles, Fault> {
        let keys: Vec<i64> = ids.iter().map(|id| id.key()).collect();
        let rows = match self {
            Self::Postgres(book) => book.tiles(&keys).await?,
            Self::Sqlite(book) => book.tiles(&keys).await?,
        };
        let mut tiles = Tiles::default();
        for (key, hashes) in rows {
            if let Some(id) = ids.iter().find(|id| id.key() == key) {
                tiles.insert(*id, hashes);
            }
        }
        Ok(tiles)
    }

    /// Advances a tree of `from` events. `false`, and nothing has happened, when it isn't of that size any more.
    pub(crate) async fn advance(&self, from: u64, advance: &Advance) -> Result<bool, Fault> {
        match self {
            Self::Postgres(book) => book.advance(from, advance).await,
            Self::Sqlite(book) => book.advance(from, advance).await,
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Postgres(book) => book.close().await,
            Self::Sqlite(book) => book.close().await,
        }
    }
}
