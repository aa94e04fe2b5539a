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
    let refused =
        |reason: &str| Fault::MasterKey { path: path.display().to_string(), reason: reason.to_owned() };
    Ok(key_file::read(path, refused)?.map(Key::from_bytes))
}

/// Makes a master key, on disk before this returns.
pub(super) fn create(path: &Path, entropy: &Entropy) -> Result<Key, Fault> {
    let key = Key::random(entropy);
    key_file::create(path, key.bytes())?;
    Ok(key)
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
        let made = create(&path, &Entropy::seeded(1)).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read(&path).unwrap().unwrap().bytes(), made.bytes());
        assert!(create(&path, &Entropy::seeded(1)).is_err(), "a key is never written over");
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        create(&path, &Entropy::seeded(1)).unwrap();
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
            create(&path, &Entropy::seeded(1)).unwrap();
            std::fs::write(&path, text).unwrap();
            assert!(matches!(read(&path), Err(Fault::MasterKey { .. })), "{text:?}");
            std::fs::remove_file(path).unwrap();
        }
    }
}
