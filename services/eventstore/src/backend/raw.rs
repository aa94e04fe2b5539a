//! Rows as they are, however broken: what a verifier and an export look at.

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::stored::Stored;
use crate::leaf::{Columns, canonical};

/// A page of rows in one piece of memory.
#[derive(Debug, Default)]
pub(crate) struct RawPage {
    /// Of each row what its leaf is the hash of: the byte 0x00 and the canonical form.
    bytes: Vec<u8>,
    rows: Vec<(i64, Range<usize>, Option<[u8; 32]>)>,
}

/// One row of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raw<'p> {
    pub(crate) position: i64,
    /// Empty when a column isn't even of its type.
    hashed: &'p [u8],
    /// The leaf hash that stands in the row; `None` when it isn't 32 bytes.
    pub(crate) leaf: Option<[u8; 32]>,
}

impl RawPage {
    /// Room for `rows` of the usual size.
    pub(super) fn with_room(rows: usize) -> Self {
        Self { bytes: Vec::with_capacity(rows * 512), rows: Vec::with_capacity(rows) }
    }

    /// Adds a row; `None` for one whose columns aren't of their types.
    pub(super) fn push(&mut self, position: i64, row: Option<&Stored<'_>>) {
        let start = self.bytes.len();
        let columns = row.and_then(|row| Some((row, columns(row)?)));
        if let Some((_, columns)) = &columns {
            self.bytes.push(0x00);
            canonical(columns, &mut self.bytes);
        }
        let leaf = columns.and_then(|(row, _)| row.leaf.try_into().ok());
        self.rows.push((position, start..self.bytes.len(), leaf));
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Raw<'_>> {
        self.rows.iter().map(|(position, hashed, leaf)| Raw {
            position: *position,
            hashed: &self.bytes[hashed.clone()],
            leaf: *leaf,
        })
    }
}

fn columns<'r>(row: &Stored<'r>) -> Option<Columns<'r>> {
    Some(Columns {
        stream: row.stream,
        version: row.version,
        name: row.name,
        schema: u32::try_from(row.schema).ok()?,
        recorded_at: row.recorded_at,
        area: row.area,
        actor: row.actor,
        trace: row.trace,
        payload: row.payload,
        sealed_keys: row.sealed_keys,
        sealed: row.sealed,
    })
}

impl<'p> Raw<'p> {
    /// The canonical form of what is stored; `None` when a column isn't of its type.
    pub(crate) fn canonical(&self) -> Option<&'p [u8]> {
        self.hashed.get(1..)
    }

    /// The leaf hash of what is stored, worked out anew.
    pub(crate) fn hash(&self) -> Option<[u8; 32]> {
        (!self.hashed.is_empty()).then(|| Sha256::digest(self.hashed).into())
    }
}
