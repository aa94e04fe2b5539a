//! The two hashes a Merkle tree is made of (RFC 6962, section 2.1): that of a node and that of nothing. A leaf's is in
//! [`crate::leaf`].

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub(crate) type Hash = [u8; 32];

/// What stands over two nodes.
pub(super) fn node(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [0x01; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// The tree over no leaves.
pub(super) fn nothing() -> Hash {
    Sha256::digest([]).into()
}

/// The tree over `row`, which may be leaves or complete subtrees of one size, the last one maybe incomplete. As the RFC
/// words it: split at the largest power of two below the count.
pub(super) fn root_of(row: &[Hash]) -> Hash {
    match row {
        [] => nothing(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(1 << (many.len() - 1).ilog2());
            node(&root_of(left), &root_of(right))
        }
    }
}
