//! The master key: 32 random bytes as 64 hexadecimal digits, in a file that only its owner can read.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use data_encoding::HEXLOWER;
use seinhuis_runtime::Entropy;
use zeroize::Zeroizing;

use super::crypto::Key;
use crate::fault::Fault;

/// Reads the master key, or `None` when there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Key>, Fault> {
    let refused =
        |reason: &str| Fault::MasterKey { path: path.display().to_string(), reason: reason.to_owned() };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Fault::file("read", path)(error)),
    };
    let rights = file.metadata().map_err(Fault::file("read", path))?.permissions().mode();
    if rights & 0o077 != 0 {
        return Err(refused("others than its owner can read it (chmod 600)"));
    }
    let mut text = Zeroizing::new(String::with_capacity(128));
    (&file).take(128).read_to_string(&mut text).map_err(Fault::file("read", path))?;
    let mut bytes = Zeroizing::new([0; 32]);
    let digits = text.trim_end().as_bytes();
    let decoded = digits.len() == 64 && HEXLOWER.decode_mut(digits, bytes.as_mut_slice()).is_ok();
    if decoded { Ok(Some(Key::from_bytes(bytes))) } else { Err(refused("it isn't 64 hexadecimal digits")) }
}

/// Makes a master key, on disk before this returns.
pub(super) fn create(path: &Path, entropy: &Entropy) -> Result<Key, Fault> {
    let key = Key::random(entropy);
    write_new(path, &key)?;
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
    write_new(&draft, key)?;
    std::fs::rename(&draft, path).map_err(Fault::file("create", path))?;
    sync_folder(path)
}

fn write_new(path: &Path, key: &Key) -> Result<(), Fault> {
    let failed = || Fault::file("create", path);
    let text = Zeroizing::new(HEXLOWER.encode(key.bytes()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed())?;
    file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(failed())?;
    file.sync_all().map_err(failed())?;
    sync_folder(path)
}

/// A name has to be as durable as the bytes, or a power cut leaves keys that nothing opens.
pub(super) fn sync_folder(path: &Path) -> Result<(), Fault> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Fault::file("create", path))
}

#[cfg(test)]
mod specs {
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
