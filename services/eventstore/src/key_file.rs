//! A secret in a file of its own: 32 bytes as 64 hexadecimal digits, for its owner only.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use data_encoding::HEXLOWER;
use seinhuis_runtime::Entropy;
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

/// Makes a secret in a file that isn't there, on disk before this returns: what stands in it afterwards, which is another
/// process's where that was quicker. The file gets its name last, so that whoever finds it finds it whole.
pub(crate) fn make(path: &Path, entropy: &Entropy, refused: impl Fn(&str) -> Fault) -> Result<Secret, Fault> {
    let (mut secret, mut mark) = (Zeroizing::new([0; 32]), [0; 8]);
    entropy.fill(secret.as_mut_slice());
    entropy.fill(&mut mark);
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", HEXLOWER.encode(&mark)));
    let draft = Path::new(&draft);
    create(draft, &secret)?;
    let named = std::fs::hard_link(draft, path);
    std::fs::remove_file(draft).map_err(Fault::file("clear", draft))?;
    match named {
        Ok(()) => sync_folder(path).map(|()| secret),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            read(path, refused)?.ok_or_else(|| Fault::file("read", path)(ErrorKind::NotFound.into()))
        }
        Err(error) => Err(Fault::file("create", path)(error)),
    }
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

#[cfg(test)]
mod specs {
    use super::*;

    fn refused(reason: &str) -> Fault {
        Fault::MasterKey { path: String::new(), reason: reason.to_owned() }
    }

    #[test]
    fn of_many_who_make_it_at_once_all_have_the_one_that_stands_there() {
        for round in 0..50 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("secret.key");
            let made: Vec<_> = std::thread::scope(|scope| {
                let make = |seed| make(&path, &Entropy::seeded(seed), refused).map(|secret| *secret);
                let makers: Vec<_> = (0..8).map(|n| scope.spawn(move || make(round * 8 + n))).collect();
                makers.into_iter().map(|maker| maker.join().unwrap()).collect()
            });
            let stands = *read(&path, refused).unwrap().unwrap();
            assert!(made.into_iter().all(|secret| secret.unwrap() == stands));
            assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no draft is left");
        }
    }
}
