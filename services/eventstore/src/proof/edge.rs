//! The right edge of the tree, where it grows: per level the hashes of the one tile that isn't full yet.

use super::hash::{Hash, root_of};
use super::tile::{HEIGHT, Tile, TileId, WIDTH};

/// Everything a tree needs to know of itself to go on growing: at most 256 hashes per level.
#[derive(Debug, Clone, Default)]
pub(super) struct Edge {
    size: u64,
    last: Option<Hash>,
    /// From the leaves up. A row that is full has gone up to the next one as one hash.
    rows: Vec<Vec<Hash>>,
}

impl Edge {
    /// Leaves so far.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The last leaf.
    pub(super) fn last(&self) -> Option<Hash> {
        self.last
    }

    /// Adds the next leaf. Tiles that it fills are added to `full`.
    pub(super) fn push(&mut self, leaf: Hash, full: &mut Vec<Tile>) {
        (self.size, self.last) = (self.size + 1, Some(leaf));
        let mut hash = leaf;
        for level in 0.. {
            if self.rows.len() == level {
                self.rows.push(Vec::with_capacity(WIDTH));
            }
            let row = &mut self.rows[level];
            row.push(hash);
            if row.len() < WIDTH {
                return;
            }
            let number = (self.size >> (HEIGHT as usize * (level + 1))) - 1;
            full.push(Tile::new(TileId::new(level as u32, number), row));
            hash = root_of(row);
            row.clear();
        }
    }

    /// The tiles that aren't full and have grown since the tree had `since` leaves.
    pub(super) fn unfinished(&self, since: u64) -> impl Iterator<Item = Tile> {
        let grown = move |level: u32| (since >> (HEIGHT * level)) < (self.size >> (HEIGHT * level));
        let rows = (0..).zip(&self.rows).filter(move |(level, row)| !row.is_empty() && grown(*level));
        rows.map(|(level, row)| Tile::new(TileId::new(level, self.size >> (HEIGHT * (level + 1))), row))
    }

    /// The hash over all leaves.
    pub(super) fn root(&self) -> Hash {
        let mut right = None;
        for row in self.rows.iter().filter(|row| !row.is_empty()) {
            // What is left over of the level below is the last and incomplete subtree of this one.
            right = Some(match right {
                None => root_of(row),
                Some(right) => root_of(&[row.as_slice(), &[right]].concat()),
            });
        }
        right.unwrap_or_else(|| root_of(&[]))
    }
}

#[cfg(test)]
mod specs {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use sha2::{Digest, Sha256};

    use super::super::span::{self, Span};
    use super::super::tile::Tiles;
    use super::*;

    /// A tree as the notary keeps it, and the same tree by somebody else's hand.
    struct Twin {
        edge: Edge,
        tiles: Tiles,
        other: MemoryBackedTree<Sha256, [u8; 8]>,
    }

    impl Twin {
        fn empty() -> Self {
            Self { edge: Edge::default(), tiles: Tiles::default(), other: MemoryBackedTree::new() }
        }

        fn grow(&mut self, leaves: u64) {
            let (since, mut full) = (self.edge.size(), Vec::new());
            for number in since..since + leaves {
                let content = number.to_be_bytes();
                self.edge.push(Sha256::digest([&[0], content.as_slice()].concat()).into(), &mut full);
                self.other.push(content);
            }
            let unfinished = self.edge.unfinished(since).collect::<Vec<_>>();
            for tile in full.into_iter().chain(unfinished) {
                self.tiles.insert(tile.id, tile.hashes);
            }
        }

        fn root(&self, size: u64) -> Hash {
            self.tiles.hash(Span::whole(size)).unwrap()
        }

        fn proof(&self, spans: &[Span]) -> Vec<u8> {
            spans.iter().flat_map(|span| self.tiles.hash(*span).unwrap()).collect()
        }

        fn check_inclusion(&self, index: u64, size: u64) {
            let proof = ct_merkle::InclusionProof::try_from_bytes(self.proof(&span::inclusion(index, size)));
            let root = ct_merkle::RootHash::<Sha256>::new(self.root(size).into(), size);
            let judged = root.verify_inclusion(&index.to_be_bytes(), index, &proof.unwrap());
            assert!(judged.is_ok(), "leaf {index} of {size}: {judged:?}");
        }

        fn check_consistency(&self, old: u64, new: u64) {
            let proof = self.proof(&span::consistency(old, new));
            if old == new {
                assert_eq!(proof, [0; 0]);
                return;
            }
            let proof = ct_merkle::ConsistencyProof::try_from_bytes(proof).unwrap();
            let root = |size: u64| ct_merkle::RootHash::<Sha256>::new(self.root(size).into(), size);
            let judged = root(new).verify_consistency(&root(old), &proof);
            assert!(judged.is_ok(), "from {old} to {new}: {judged:?}");
        }
    }

    #[test]
    fn the_root_is_that_of_an_independent_tree_at_every_size_up_to_three_hundred() {
        let mut twin = Twin::empty();
        assert_eq!(twin.edge.root(), <Hash>::from(Sha256::digest([])));
        for size in 1..=300 {
            twin.grow(1);
            assert_eq!(twin.edge.root()[..], twin.other.root().as_bytes()[..], "{size} leaves");
            assert_eq!(twin.root(size), twin.edge.root(), "{size} leaves, from the tiles");
        }
    }

    #[test]
    fn every_leaf_is_proven_in_every_tree_up_to_three_hundred() {
        let mut twin = Twin::empty();
        twin.grow(300);
        for size in 1..=300 {
            (0..size).for_each(|index| twin.check_inclusion(index, size));
        }
    }

    #[test]
    fn every_tree_up_to_three_hundred_is_proven_to_begin_every_later_one() {
        let mut twin = Twin::empty();
        twin.grow(300);
        for new in 1..=300 {
            (1..=new).for_each(|old| twin.check_consistency(old, new));
        }
    }

    /// Replay with the seed that a failure prints.
    #[test]
    fn large_trees_grown_in_pieces_of_any_size_prove_what_is_asked_of_them() {
        let seed = fastrand::u64(..);
        let mut random = fastrand::Rng::with_seed(seed);
        let mut twin = Twin::empty();
        while twin.edge.size() < 140_000 {
            twin.grow(random.u64(1..9_000));
            assert_eq!(twin.edge.root()[..], twin.other.root().as_bytes()[..], "seed {seed}");
            let size = twin.edge.size();
            for _ in 0..100 {
                let (one, other) = (random.u64(1..=size), random.u64(1..=size));
                println!("seed {seed}: {one} and {other} of {size}");
                twin.check_inclusion(one.min(other) - 1, one.max(other));
                twin.check_consistency(one.min(other), one.max(other));
            }
        }
    }

    #[test]
    fn a_proof_is_read_from_a_few_tiles_however_large_the_tree() {
        let size = 50_000_000;
        let tiles = |spans: Vec<Span>| {
            let ids = spans.into_iter().flat_map(Span::subtrees).map(TileId::of);
            ids.collect::<std::collections::HashSet<_>>().len()
        };
        assert!(tiles(span::inclusion(31_415_926, size)) <= 8);
        assert!(tiles(span::consistency(31_415_926, size)) <= 8);
    }
}
