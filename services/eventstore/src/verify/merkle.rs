//! The Merkle tree hash of RFC 6962, section 2.1, over leaves as they come: memory grows with the logarithm.

use sha2::{Digest, Sha256};

/// The complete subtrees so far, largest first: one per bit set in the number of leaves.
#[derive(Debug, Default)]
pub(super) struct Tree {
    peaks: Vec<[u8; 32]>,
    leaves: u64,
}

impl Tree {
    /// Adds the next leaf's hash.
    pub(super) fn push(&mut self, leaf: [u8; 32]) {
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
    pub(super) fn root(&self) -> [u8; 32] {
        let folded = self.peaks.iter().rev().copied().reduce(|right, left| node(&left, &right));
        folded.unwrap_or_else(|| Sha256::digest([]).into())
    }
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([0x01]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

#[cfg(test)]
mod specs {
    use data_encoding::HEXLOWER;

    use super::*;

    /// The definition as RFC 6962 words it: split at the largest power of two below the count.
    fn by_definition(leaves: &[[u8; 32]]) -> [u8; 32] {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            many => {
                let split = 1 << (many.len() - 1).ilog2();
                node(&by_definition(&many[..split]), &by_definition(&many[split..]))
            }
        }
    }

    #[test]
    fn the_root_is_the_one_the_definition_gives_for_every_size() {
        let mut tree = Tree::default();
        let mut leaves = Vec::new();
        for i in 0..200_u8 {
            assert_eq!(tree.root(), by_definition(&leaves), "{i} leaves");
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
        let mut tree = Tree::default();
        for input in inputs {
            tree.push(Sha256::digest([&[0x00], input].concat()).into());
        }
        let root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
        assert_eq!(HEXLOWER.encode(&tree.root()), root);
    }
}
