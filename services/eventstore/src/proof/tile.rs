//! Tiles: the tree cut into pieces of eight levels, in the shape of C2SP tlog-tiles.
//!
//! Tile `number` of `level` holds up to 256 hashes side by side, those of the complete subtrees over 256^level leaves
//! each. The levels between are worked out from them. Only the last tile of a level is ever less than full, and what is
//! in a tile never changes: it only gets longer. So a tile serves the proofs for every size the tree has had.

use std::collections::HashMap;

use super::hash::{Hash, node, root_of};
use super::span::{Span, Subtree};

/// Levels of the tree in one tile.
pub(super) const HEIGHT: u32 = 8;

/// Hashes in a full tile.
pub(super) const WIDTH: usize = 1 << HEIGHT;

/// Which tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TileId {
    level: u32,
    number: u64,
}

/// A tile to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tile {
    pub(crate) id: TileId,
    /// 32 bytes each.
    pub(crate) hashes: Vec<u8>,
}

/// Tiles as they were kept.
#[derive(Debug, Default)]
pub(crate) struct Tiles(HashMap<TileId, Vec<u8>>);

impl TileId {
    pub(super) fn new(level: u32, number: u64) -> Self {
        Self { level, number }
    }

    /// The tile that the hash of `subtree` is in, or is worked out from.
    pub(super) fn of(subtree: Subtree) -> Self {
        let (level, above) = (subtree.height / HEIGHT, subtree.height % HEIGHT);
        Self { level, number: subtree.index >> (HEIGHT - above) }
    }

    /// One number for the database. A tree has at most 2⁶⁴ leaves, so a level has at most 2⁵⁶ tiles, and there are eight.
    pub(crate) fn key(self) -> i64 {
        (i64::from(self.level) << 56) | self.number as i64
    }
}

impl Tile {
    pub(super) fn new(id: TileId, row: &[Hash]) -> Self {
        Self { id, hashes: row.concat() }
    }
}

impl Tiles {
    pub(crate) fn insert(&mut self, id: TileId, hashes: Vec<u8>) {
        self.0.insert(id, hashes);
    }

    /// The hashes of a tile; none when it isn't there.
    pub(super) fn row(&self, id: TileId) -> &[Hash] {
        self.0.get(&id).map_or(&[], |hashes| hashes.as_chunks().0)
    }

    /// The hash over `span`, or `None` when a tile for it isn't there or is too short.
    pub(super) fn hash(&self, span: Span) -> Option<Hash> {
        let parts = span.subtrees().map(|subtree| self.subtree(subtree)).collect::<Option<Vec<_>>>()?;
        parts.into_iter().rev().reduce(|right, left| node(&left, &right))
    }

    fn subtree(&self, subtree: Subtree) -> Option<Hash> {
        let above = subtree.height % HEIGHT;
        let from = (subtree.index << above) as usize % WIDTH;
        self.row(TileId::of(subtree)).get(from..from + (1 << above)).map(root_of)
    }
}
