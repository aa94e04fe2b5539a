//! The Merkle tree of RFC 6962, section 2.1: its root as the leaves come, and the way from one leaf to a root.

use sha2::{Digest, Sha256};

/// The root of the leaves so far. Holds the complete subtrees, largest first: one for each bit set in their number.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    peaks: Vec<[u8; 32]>,
    leaves: u64,
}

impl Tree {
    /// Adds the next leaf hash.
    pub fn push(&mut self, leaf: [u8; 32]) {
        let mut hash = leaf;
        for _ in 0..self.leaves.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.leaves += 1;
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.leaves
    }

    /// The tree hash; that of no leaves is the hash of nothing.
    pub fn root(&self) -> [u8; 32] {
        let folded = self.peaks.iter().rev().copied().reduce(|right, left| node(&left, &right));
        folded.unwrap_or_else(|| Sha256::digest([]).into())
    }
}

/// The leaf hash of an event's canonical bytes.
pub(crate) fn leaf(canonical: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([0x00]);
    hash.update(canonical);
    hash.finalize().into()
}

/// The root to which `path` leads from the leaf at `index` in a tree of `size`, by RFC 9162, section 2.1.3.2. `None`
/// when the path has another length than that place has.
///
/// ct-merkle checks such a path from what was hashed into the leaf; a proof of ours gives the leaf hash.
pub(crate) fn root_of(leaf: [u8; 32], index: u64, size: u64, path: &[[u8; 32]]) -> Option<[u8; 32]> {
    let (mut place, mut last) = (index, size.checked_sub(1).filter(|last| index <= *last)?);
    let mut hash = leaf;
    for sibling in path {
        if last == 0 {
            return None;
        }
        if place % 2 == 1 || place == last {
            hash = node(sibling, &hash);
            // On the right edge whole levels have no sibling.
            while place.is_multiple_of(2) && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            hash = node(&hash, sibling);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    (last == 0).then_some(hash)
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
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use data_encoding::HEXLOWER;

    use super::*;

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
        inputs.iter().for_each(|input| tree.push(leaf(input)));
        let root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
        assert_eq!(HEXLOWER.encode(&tree.root()), root);
    }

    #[test]
    fn roots_and_paths_are_those_of_another_implementation_for_every_place() {
        let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        let mut ours = Tree::default();
        for size in 1..=130_u64 {
            let value = size.to_be_bytes().to_vec();
            ours.push(leaf(&value));
            theirs.push(value);
            assert_eq!(ours.root()[..], theirs.root().as_bytes()[..], "{size} leaves");
            assert_eq!(ours.size(), size);
            for index in 0..size {
                let proof = theirs.prove_inclusion(index as usize);
                let (path, rest) = proof.as_bytes().as_chunks::<32>();
                assert!(rest.is_empty());
                let from = leaf(&(index + 1).to_be_bytes());
                assert_eq!(root_of(from, index, size, path), Some(ours.root()), "{index} of {size}");
                let other = root_of(from, (index + 1) % (size + 1), size, path);
                assert_ne!(other, Some(ours.root()), "{index} of {size} at another place");
            }
        }
    }

    #[test]
    fn a_path_of_another_length_leads_nowhere() {
        let hash = [1; 32];
        assert_eq!(root_of(hash, 0, 0, &[]), None);
        assert_eq!(root_of(hash, 1, 1, &[]), None);
        assert_eq!(root_of(hash, 0, 1, &[hash]), None);
        assert_eq!(root_of(hash, 0, 2, &[]), None);
        assert_eq!(root_of(hash, 4, 5, &[hash, hash]), None);
        assert_eq!(root_of(hash, 0, 1, &[]), Some(hash));
    }
}
