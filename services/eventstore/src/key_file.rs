//! A secret in a file of its own: 32 bytes as 64 hexadecimal digits, for its owner only.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use crate::fault::Fault;

/// What is in the file. Wiped when it is let go.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Reads the secret, or `None` when there is no such file. `refused` makes the fault of a file that others can read or
/// that holds something else; it is given the reason.
pub(crate) fn read(path: &Path, refused: impl Fn(&str) -> Fault) -> Result<Option<Secret>, Fault> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Fault::file("read", path)(error)),
    };
    let rights = file.metadata().map_err(Fault::file("read", path))?.permissions().mode();
    if rights & 0o077 != 0 {
        return Err(refused("others than its owner can read it (chmod 600)"));
    }
    let mut text = Zeroizing::new(Vec::with_capacity(128));
    file.take(128).read_to_end(&mut text).map_err(Fault::file("read", path))?;
    let mut secret = Zeroizing::new([0; 32]);
    let digits = text.trim_ascii_end();
    let decoded = digits.len() == 64 && HEXLOWER.decode_mut(digits, secret.as_mut_slice()).is_ok();
    if decoded { Ok(Some(secret)) } else { Err(refused("it isn't 64 hexadecimal digits")) }
}

/// Writes the secret to a file that isn't there yet; on disk before this returns.
pub(crate) fn create(path: &Path, secret: &[u8; 32]) -> Result<(), Fault> {
    let failed = || Fault::file("create", path);
    let text = Zeroizing::new(HEXLOWER.encode(secret));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed())?;
    file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(failed())?;
    file.sync_all().map_err(failed())?;
    sync_folder(path)
}

/// A name has to be as durable as the bytes, or a power cut leaves what was sealed or signed by a key that is gone.
pub(crate) fn sync_folder(path: &Path) -> Result<(), Fault> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Fault::file("create", path))
}
