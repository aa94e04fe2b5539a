//! The master key: 32 random bytes in a file that only its owner can read.

use std::io::ErrorKind;
use std::path::Path;

use seinhuis_runtime::Entropy;

use super::crypto::Key;
use crate::fault::Fault;
use crate::key_file;
pub(super) use crate::key_file::sync_folder;

/// Reads the master key, or `None` when there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Key>, Fault> {
    Ok(key_file::read(path, refused(path))?.map(Key::from_bytes))
}

/// Makes a master key, on disk before this returns: the one that stands there now, whichever process was first.
pub(super) fn make(path: &Path, entropy: &Entropy) -> Result<Key, Fault> {
    Ok(Key::from_bytes(key_file::make(path, entropy, refused(path))?))
}

fn refused(path: &Path) -> impl Fn(&str) -> Fault {
    let path = path.display().to_string();
    move |reason| Fault::MasterKey { path: path.clone(), reason: reason.to_owned() }
}

/// Writes `key` to a file that isn't there yet. After a crash the file holds the whole key, or isn't there: it gets its
/// name last.
pub(super) fn write(path: &Path, key: &Key) -> Result<(), Fault> {
    let draft = super::masters::beside(path, "draft");
    match std::fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Fault::file("clear", &draft)(error)),
        Ok(()) | Err(_) => {}
    }
    key_file::create(&draft, key.bytes())?;
    std::fs::rename(&draft, path).map_err(Fault::file("create", path))?;
    sync_folder(path)
}

#[cfg(test)]
mod specs {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_made_key_is_private_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert!(read(&path).unwrap().is_none());
        let made = make(&path, &Entropy::seeded(1)).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read(&path).unwrap().unwrap().bytes(), made.bytes());
        let again = make(&path, &Entropy::seeded(2)).unwrap();
        assert_eq!(again.bytes(), made.bytes(), "a key is never written over");
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        make(&path, &Entropy::seeded(1)).unwrap();
        for mode in [0o640, 0o604, 0o620] {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            assert!(matches!(read(&path), Err(Fault::MasterKey { .. })), "{mode:o}");
        }
    }

    #[test]
    fn a_torn_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "00ff", &"g".repeat(64), &"0".repeat(66)] {
            let path = folder.path().join("master.key");
            make(&path, &Entropy::seeded(1)).unwrap();
            std::fs::write(&path, text).unwrap();
            assert!(matches!(read(&path), Err(Fault::MasterKey { .. })), "{text:?}");
            std::fs::remove_file(path).unwrap();
        }
    }
}
