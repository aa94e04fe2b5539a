//! The stored rows of a small log and its proof book, held in memory so that any of them can be changed.

use sha2::{Digest, Sha256};

/// Every row there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) rows: Vec<Row>,
    pub(crate) head: i64,
    pub(crate) checkpoints: Vec<(i64, String)>,
}

/// One event as stored. Texts are bytes: whoever tampers need not write UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) position: i64,
    pub(crate) version: i64,
    pub(crate) schema: i64,
    pub(crate) recorded_at: i64,
    pub(crate) stream: Vec<u8>,
    pub(crate) name: Vec<u8>,
    pub(crate) area: Option<Vec<u8>>,
    pub(crate) actor: Vec<u8>,
    pub(crate) trace: Option<Vec<u8>>,
    pub(crate) payload: Vec<u8>,
    pub(crate) sealed_keys: Option<Vec<u8>>,
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) leaf: Vec<u8>,
}

impl Row {
    /// Makes the leaf right for what stands in the other columns, as who knows the format would.
    pub(crate) fn seal_over(&mut self) {
        let (version, schema) = (self.version.to_be_bytes(), (self.schema as u32).to_be_bytes());
        let recorded_at = self.recorded_at.to_be_bytes();
        let fields: [Option<&[u8]>; 11] = [
            Some(&self.stream),
            Some(&version),
            Some(&self.name),
            Some(&schema),
            Some(&recorded_at),
            self.area.as_deref(),
            Some(&self.actor),
            self.trace.as_deref(),
            Some(&self.payload),
            self.sealed_keys.as_deref(),
            self.sealed.as_deref(),
        ];
        let mut hash = Sha256::new_with_prefix([0x00, 0x01]);
        for field in fields {
            hash.update(field.map_or(u64::MAX, |bytes| bytes.len() as u64).to_be_bytes());
            hash.update(field.unwrap_or_default());
        }
        self.leaf = hash.finalize().to_vec();
    }
}

impl State {
    /// The tree hash over the first `size` leaves, as RFC 6962 words it.
    pub(crate) fn root(&self, size: usize) -> [u8; 32] {
        let leaves: Vec<[u8; 32]> =
            self.rows[..size].iter().map(|row| row.leaf.as_slice().try_into().unwrap()).collect();
        root(&leaves)
    }
}

fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(1 << (many.len() - 1).ilog2());
            Sha256::digest([&[0x01][..], &root(left), &root(right)].concat()).into()
        }
    }
}
