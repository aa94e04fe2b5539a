//! The machine under the hub.

use std::path::Path;
use std::process::Command;

use seinhuis_testkit::SmallDisk;

use crate::ward::{Fault, Looked, done_to, each_turns, look, look_under, look_with};
use crate::well::{append_one, copy, hours_ago, hub};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a disk without room",
        turns: &[("machine/room", "failure"), ("machine/file-system", "failure")],
        plant: || {
            let disk = SmallDisk::mount(100).unwrap()?;
            Some((look(&hub()), on(disk.path())))
        },
    },
    Fault {
        what: "a disk on which hardly any file can be made",
        turns: &[("machine/inodes", "failure"), ("machine/file-system", "failure")],
        plant: || {
            let disk = SmallDisk::mount(4_000).unwrap()?;
            let mounted =
                Command::new("mount").args(["-o", "remount,nr_inodes=150"]).arg(disk.path()).status();
            assert!(mounted.unwrap().success());
            Some((look(&hub()), on(disk.path())))
        },
    },
    Fault {
        what: "a data folder in memory",
        turns: &[("machine/file-system", "failure")],
        plant: || {
            let disk = SmallDisk::mount(4_000).unwrap()?;
            Some((look(&hub()), on(disk.path())))
        },
    },
    Fault {
        what: "few files that may be open",
        turns: &[("machine/open-files", "warning")],
        plant: || Some((limited("--nofile=8192"), limited("--nofile=256"))),
    },
    Fault {
        what: "few addresses that may be taken",
        turns: &[("machine/memory", "warning")],
        plant: || Some((look(&hub()), limited("--as=3221225472"))),
    },
    Fault {
        what: "an event of tomorrow",
        turns: &[("machine/clock", "warning")],
        plant: || done_to(&hub(), |hub| append_one(hub, hours_ago(-24))),
    },
];

/// A hub whose folder lies there.
fn on(disk: &Path) -> Looked {
    let hub = hub();
    let data = disk.join("data");
    copy(&hub.data(), &data);
    look_with(&hub, &["--data", data.to_str().unwrap()])
}

fn limited(how: &str) -> Looked {
    look_under(&hub(), "prlimit", &[how], &[])
}

#[test]
fn faults_of_the_machine() {
    each_turns(FAULTS);
}
