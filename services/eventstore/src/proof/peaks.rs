//! The Merkle tree hash of RFC 6962, section 2.1, over leaves as they come: memory grows with the logarithm.

use super::hash::{Hash, node, nothing};

/// The complete subtrees so far, largest first: one per bit set in the number of leaves.
#[derive(Debug, Default)]
pub(crate) struct Peaks {
    peaks: Vec<Hash>,
    leaves: u64,
}

impl Peaks {
    /// Adds the next leaf's hash.
    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Every trailing one of the count is a subtree as large as the one in hand.
        for _ in 0..self.leaves.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.leaves += 1;
    }

    /// The tree hash; that of no leaves is the hash of nothing.
    pub(crate) fn root(&self) -> Hash {
        let folded = self.peaks.iter().rev().copied().reduce(|right, left| node(&left, &right));
        folded.unwrap_or_else(nothing)
    }
}

#[cfg(test)]
mod specs {
    use data_encoding::HEXLOWER;
    use sha2::{Digest, Sha256};

    use super::super::hash::root_of;
    use super::*;

    #[test]
    fn the_root_is_the_one_the_definition_gives_for_every_size() {
        let mut tree = Peaks::default();
        let mut leaves = Vec::new();
        for i in 0..200_u8 {
            assert_eq!(tree.root(), root_of(&leaves), "{i} leaves");
            leaves.push([i; 32]);
            tree.push([i; 32]);
        }
    }

    /// The tree of the eight inputs that implementations of Certificate Transparency test themselves with.
    #[test]
    fn the_root_of_the_well_known_eight_is_pinned() {
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let mut tree = Peaks::default();
        for input in inputs {
            tree.push(Sha256::digest([&[0x00], input].concat()).into());
        }
        let root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
        assert_eq!(HEXLOWER.encode(&tree.root()), root);
    }
}
