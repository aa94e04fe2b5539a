//! Proving the log to others (INV-10): a Merkle tree over its leaves, and checkpoints of it that are signed.
//!
//! The tree is that of RFC 6962 and is kept as tiles, in a book of its own beside the log. A [`Notary`] follows the log,
//! lets the tree grow and signs it every now and then; every checkpoint is kept. From the tiles any event is proven to
//! be in the log, and any checkpoint to be the beginning of a later one, by a few hashes. Decision and formats:
//! `docs/adr/0009-proof-by-tiles-and-signed-checkpoints.md`, `docs/formats/checkpoint.md`.

mod book;
mod checkpoint;
mod edge;
mod export;
mod hash;
mod key;
mod notary;
mod note;
mod peaks;
mod proofs;
mod span;
mod tile;

pub use book::{Book, Kept};
pub use checkpoint::Checkpoint;
pub use export::{Exported, export};
pub use notary::{Notary, Pace};
pub use note::{NoteError, Signer, VerifierKey};
pub use proofs::{Consistency, Inclusion, ProofError, Unprovable};

pub(crate) use peaks::Peaks;
pub(crate) use tile::{Tile, TileId, Tiles};
