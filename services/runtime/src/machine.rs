//! What a process may take of its machine: room on a disk, files, memory; and who holds a file's lock.

use std::io;
use std::path::{Path, PathBuf};

/// The room on the file system of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes that we may still write.
    pub bytes: u64,
    /// Files that may still be made; `None` where there is no bound.
    pub files: Option<u64>,
}

/// The room on the file system of `folder`.
pub fn room(folder: &Path) -> io::Result<Room> {
    let told = rustix::fs::statvfs(folder)?;
    let files = (told.f_files > 0).then_some(told.f_favail);
    Ok(Room { bytes: told.f_bavail.saturating_mul(told.f_frsize), files })
}

/// The kind of the file system that `folder` lies on, as the kernel calls it: `ext4`, `nfs4`, `tmpfs`. `None` where the kernel
/// doesn't say.
pub fn file_system(folder: &Path) -> io::Result<Option<String>> {
    let folder = folder.canonicalize()?;
    Ok(kind_at(&std::fs::read_to_string("/proc/self/mountinfo")?, &folder))
}

/// The last mount of the longest path above `folder`: what is mounted over another hides it.
fn kind_at(mounts: &str, folder: &Path) -> Option<String> {
    let mount = |line: &str| {
        let (place, kind) = line.split_once(" - ")?;
        let point = PathBuf::from(place.split(' ').nth(4)?.replace("\\040", " "));
        folder.starts_with(&point).then(|| (point, kind.split(' ').next().unwrap_or_default().to_owned()))
    };
    let found = mounts.lines().filter_map(mount);
    found.max_by_key(|(point, _)| point.components().count()).map(|(_, kind)| kind)
}

/// What a process may take at most; `None`: as much as there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Files and connections open at a time.
    pub open_files: Option<u64>,
    /// Bytes of addresses, which a program takes before it uses them.
    pub addresses: Option<u64>,
}

/// The limits of a process, ours where none is named.
pub fn limits(process: Option<u32>) -> io::Result<Limits> {
    let place = process.map_or_else(|| "self".to_owned(), |process| process.to_string());
    Ok(limits_in(&std::fs::read_to_string(format!("/proc/{place}/limits"))?))
}

fn limits_in(told: &str) -> Limits {
    let of = |name: &str| {
        let line = told.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    Limits { open_files: of("Max open files"), addresses: of("Max address space") }
}

/// The process that holds the lock of `file`, as the kernel lists it. Nothing is tried: who looks never holds it himself.
pub fn lock_holder(file: &Path) -> io::Result<Option<u32>> {
    use std::os::unix::fs::MetadataExt;
    let node = std::fs::metadata(file)?.ino();
    Ok(holder_of(&std::fs::read_to_string("/proc/locks")?, node))
}

fn holder_of(locks: &str, node: u64) -> Option<u32> {
    let holder = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        let [_, "FLOCK", _, "WRITE", process, place, ..] = words.as_slice() else { return None };
        place.ends_with(&format!(":{node}")).then(|| process.parse().ok())?
    };
    locks.lines().find_map(holder)
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_folder_lies_on_what_was_mounted_last_on_the_longest_path_above_it() {
        let mounts = "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
                      30 21 0:30 / /srv rw - tmpfs tmpfs rw\n\
                      31 30 0:31 / /srv/hub\\040data rw shared:1 - nfs4 nas:/x rw\n\
                      32 21 0:32 / /srv rw - xfs /dev/sdb rw\n";
        let kind = |folder: &str| kind_at(mounts, Path::new(folder)).unwrap();
        assert_eq!(kind("/var/lib"), "ext4");
        assert_eq!(kind("/srv/hub"), "xfs");
        assert_eq!(kind("/srv/hub data/log"), "nfs4");
    }

    #[test]
    fn limits_are_read_as_the_kernel_writes_them() {
        let told = "Limit                     Soft Limit           Hard Limit           Units     \n\
                    Max address space         unlimited            unlimited            bytes     \n\
                    Max open files            1024                 524288               files     \n";
        assert_eq!(limits_in(told), Limits { open_files: Some(1_024), addresses: None });
        assert!(limits(None).unwrap().open_files.is_some());
    }

    #[test]
    fn who_holds_a_lock_is_told_and_who_waits_for_it_is_not() {
        let locks = "1: POSIX  ADVISORY  WRITE 99 fe:00:77 0 EOF\n\
                     2: FLOCK  ADVISORY  WRITE 12 fe:00:77 0 EOF\n\
                     2: -> FLOCK  ADVISORY  WRITE 13 fe:00:78 0 EOF\n";
        assert_eq!((holder_of(locks, 77), holder_of(locks, 7), holder_of(locks, 78)), (Some(12), None, None));
    }

    #[test]
    fn our_own_lock_and_our_own_room_are_seen() {
        let folder = std::env::temp_dir();
        assert!(room(&folder).unwrap().bytes > 0 && file_system(&folder).unwrap().is_some());
        let path = folder.join(format!("seinhuis-lock-{}", std::process::id()));
        let file = std::fs::File::create(&path).unwrap();
        assert_eq!(lock_holder(&path).unwrap(), None);
        file.lock().unwrap();
        assert_eq!(lock_holder(&path).unwrap(), Some(std::process::id()));
        std::fs::remove_file(path).unwrap();
    }
}
