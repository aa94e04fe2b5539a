//! The signing key: 32 random bytes in a file of its own that only its owner can read.

use std::path::Path;

use seinhuis_runtime::Entropy;

use super::note::{Signer, is_name};
use crate::fault::Fault;
use crate::key_file::{self, Secret};

impl Signer {
    /// The signer for `origin` whose key is in the file `path`; the key is made when there is none yet.
    pub fn open(path: &Path, origin: &str, entropy: &Entropy) -> Result<Self, Fault> {
        match Self::find(path, origin)? {
            Some(signer) => Ok(signer),
            None => Ok(Self::new(origin, &*key_file::make(path, entropy, refused(path))?)),
        }
    }

    /// The signer for `origin` whose key is in the file `path`, or `None` when there is no such file.
    pub fn find(path: &Path, origin: &str) -> Result<Option<Self>, Fault> {
        if !is_name(origin) {
            let reason = format!("{origin:?} is no name for a key: no white space and no plus in it");
            return Err(Fault::ProofKey { path: path.display().to_string(), reason });
        }
        Ok(read(path)?.map(|seed| Self::new(origin, &seed)))
    }
}

fn read(path: &Path) -> Result<Option<Secret>, Fault> {
    key_file::read(path, refused(path))
}

fn refused(path: &Path) -> impl Fn(&str) -> Fault {
    let path = path.display().to_string();
    move |reason| Fault::ProofKey { path: path.clone(), reason: reason.to_owned() }
}

#[cfg(test)]
mod specs {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_made_key_is_private_and_the_same_ever_after() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("proof.key");
        assert!(Signer::find(&path, "hub").unwrap().is_none());
        let made = Signer::open(&path, "hub", &Entropy::seeded(1)).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = Signer::open(&path, "hub", &Entropy::seeded(2)).unwrap();
        assert_eq!(again.verifier(), made.verifier());
        let seed = std::fs::read_to_string(&path).unwrap();
        assert!(!format!("{made:?}").contains(seed.trim()), "{made:?}");
    }

    #[test]
    fn a_key_that_others_can_read_or_that_is_torn_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("proof.key");
        Signer::open(&path, "hub", &Entropy::seeded(1)).unwrap();
        for mode in [0o640, 0o604, 0o620] {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            assert!(matches!(Signer::find(&path, "hub"), Err(Fault::ProofKey { .. })), "{mode:o}");
        }
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        for text in ["", "00ff", &"g".repeat(64), &"0".repeat(66), "\u{fffd}"] {
            std::fs::write(&path, text).unwrap();
            assert!(matches!(Signer::find(&path, "hub"), Err(Fault::ProofKey { .. })), "{text:?}");
        }
    }

    #[test]
    fn a_name_that_a_note_could_not_carry_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["", "my hub", "hub+1", "hub\n"] {
            let opened = Signer::open(&folder.path().join("proof.key"), name, &Entropy::seeded(1));
            assert!(matches!(opened, Err(Fault::ProofKey { .. })), "{name:?}");
        }
    }
}
