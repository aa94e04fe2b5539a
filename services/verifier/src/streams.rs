//! The version each stream has reached. Its events must be 1, 2, 3 … in the order of their positions.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

/// Half a hash stands for a stream's name, so that long names cost no more memory than short ones. Two names with the
/// same one take 2⁶⁴ tries to find, and would show as a finding.
type Name = [u8; 16];

/// All streams seen so far: 24 bytes each.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    versions: HashMap<Name, u64>,
}

impl Streams {
    /// Takes in the next event of `stream`. When its version isn't the next one: the version it had before.
    pub(crate) fn follow(&mut self, stream: &[u8], version: u64) -> Result<(), u64> {
        let mut name = Name::default();
        name.copy_from_slice(&Sha256::digest(stream)[..16]);
        let before = self.versions.insert(name, version).unwrap_or(0);
        if before.checked_add(1) == Some(version) { Ok(()) } else { Err(before) }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_version_follows_the_one_before_it_in_its_own_stream() {
        let mut streams = Streams::default();
        let steps = [
            ("a", 1, Ok(())),
            ("b", 1, Ok(())),
            ("a", 2, Ok(())),
            ("a", 2, Err(2)),
            ("b", 3, Err(1)),
            ("b", 4, Ok(())),
            ("c", 2, Err(0)),
        ];
        for (at, (stream, version, expected)) in steps.into_iter().enumerate() {
            assert_eq!(streams.follow(stream.as_bytes(), version), expected, "step {at}");
        }
    }
}
