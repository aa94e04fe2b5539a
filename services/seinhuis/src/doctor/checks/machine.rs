//! The machine under the hub.

use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "machine", id: "room", looks_at: "there is room on the disks", needs: &[Need::Machine], judge: room },
    Check { group: "machine", id: "inodes", looks_at: "files can be made there", needs: &[Need::Machine], judge: inodes },
    Check { group: "machine", id: "file-system", looks_at: "the data folder lies on a disk that keeps what it is given", needs: &[Need::Machine], judge: file_system },
    Check { group: "machine", id: "open-files", looks_at: "the hub may open as many connections as it takes", needs: &[Need::Machine], judge: open_files },
    Check { group: "machine", id: "memory", looks_at: "the hub may take the memory it needs", needs: &[Need::Machine], judge: memory },
    Check { group: "machine", id: "clock", looks_at: "the clock does not stand before the last event", needs: &[Need::Directory], judge: clock },
];

/// With less room the hub will stop taking in within days; with less than the second within hours.
const ROOM: (u64, u64) = (2 << 30, 256 << 20);
/// Files that may still be made.
const FILES: (u64, u64) = (10_000, 200);
/// Connections that a hub takes and the files beside them; and what does for a small one.
const OPEN: (u64, u64) = (1_024 + 500, 512);
/// Addresses that the allocator and the databases take for files that they map.
const ADDRESSES: u64 = 4 << 30;

fn room(facts: &Facts) -> Judgement {
    let rooms = facts.machine.get()?.room.iter();
    let Some((folder, least)) = rooms.min_by_key(|(_, room)| room.bytes) else {
        return Skipped::because("no folder");
    };
    let said = format!("{} MiB are free in {}", least.bytes >> 20, folder.display());
    let remedy = "make room: a full disk takes no more signals, and loses none";
    match least.bytes {
        bytes if bytes < ROOM.1 => Judged::failure(said, remedy),
        bytes if bytes < ROOM.0 => Judged::warning(said, remedy),
        _ => Judged::ok(said),
    }
}

fn inodes(facts: &Facts) -> Judgement {
    let rooms = facts.machine.get()?.room.iter();
    let bounded = rooms.filter_map(|(folder, room)| Some((folder, room.files?)));
    let Some((folder, files)) = bounded.min_by_key(|(_, files)| *files) else {
        return Judged::ok("as many as there is room for");
    };
    let said = format!("{files} files can be made in {}", folder.display());
    let remedy = "take files away there, or make the file system anew with more inodes";
    match files {
        files if files < FILES.1 => Judged::failure(said, remedy),
        files if files < FILES.0 => Judged::warning(said, remedy),
        _ => Judged::ok(said),
    }
}

fn file_system(facts: &Facts) -> Judgement {
    let Some(kind) = &facts.machine.get()?.file_system else {
        return Skipped::because("the kernel doesn't say");
    };
    let config = &facts.around.get()?.config;
    let truth = config.data.log_url.is_none() || config.keys.url.is_none();
    let over_a_network =
        ["nfs", "cifs", "smb", "9p", "fuse", "ceph", "afs"].iter().any(|start| kind.starts_with(start));
    let in_memory = ["tmpfs", "ramfs"].contains(&kind.as_str());
    match () {
        () if truth && over_a_network => Judged::failure(
            format!("{kind} goes over a network, and its locks don't hold for SQLite"),
            "move the folder to a disk of this machine, or the log and the keys to PostgreSQL",
        ),
        () if truth && in_memory => Judged::failure(
            format!("{kind} is memory: everything is gone when the machine starts again"),
            "move the folder to a disk",
        ),
        () if truth && kind == "overlay" => Judged::warning(
            "overlay belongs to a container, and goes with it",
            "mount a volume at the data folder",
        ),
        () => Judged::ok(format!("it is {kind}")),
    }
}

fn open_files(facts: &Facts) -> Judgement {
    let machine = facts.machine.get()?;
    let whose = machine
        .hub
        .map_or("a process started from here".to_owned(), |hub| format!("the hub (process {hub})"));
    let remedy = "raise it: `LimitNOFILE=` of the unit, `ulimit -n` in a shell";
    match machine.limits.open_files {
        Some(most) if most < OPEN.1 => Judged::warning(format!("{whose} may open {most} files"), remedy),
        Some(most) if most < OPEN.0 => {
            Judged::advice(format!("{whose} may open {most} files, and take 1024 connections"), remedy)
        }
        Some(most) => Judged::ok(format!("{whose} may open {most} files")),
        None => Judged::ok(format!("{whose} may open as many as there are")),
    }
}

fn memory(facts: &Facts) -> Judgement {
    match facts.machine.get()?.limits.addresses {
        Some(most) if most < ADDRESSES => Judged::warning(
            format!("a process may take {} MiB of addresses", most >> 20),
            "bound memory with a cgroup (`MemoryMax=`), not addresses (`ulimit -v`): a hub maps more than it uses",
        ),
        _ => Judged::ok("addresses are not bounded below what it needs"),
    }
}

fn clock(facts: &Facts) -> Judgement {
    let Some(last) = facts.directory.get()?.last else { return Skipped::because("the log is empty") };
    if last.duration_since(facts.now).as_secs() > 2 {
        return Judged::warning(
            format!("it is {}, and the last event is of {last}", facts.now),
            "set the machine's clock; terms of that event count from a time that is yet to come",
        );
    }
    Judged::ok("the last event lies in the past")
}
