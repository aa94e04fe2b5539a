//! The data folder and its files.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use seinhuis_testkit::Hub;

use crate::ward::{Fault, done_to, each_turns};
use crate::well::{hub, overwrite, sql};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a data folder that others can look into",
        turns: &[("files/folder", "warning")],
        plant: || done_to(&hub(), |hub| chmod(&hub.data(), 0o755)),
    },
    Fault {
        what: "a log that others can read",
        turns: &[("files/rights", "warning")],
        plant: || done_to(&hub(), |hub| chmod(&hub.data().join("log.sqlite"), 0o644)),
    },
    Fault {
        what: "a file of another user",
        turns: &[("files/owner", "warning")],
        plant: || {
            let hub = hub();
            let given = |hub: &Hub| std::os::unix::fs::chown(hub.data().join("keys.sqlite"), Some(1), None);
            given(&hub).ok()?;
            std::os::unix::fs::chown(hub.data().join("keys.sqlite"), Some(0), None).ok()?;
            done_to(&hub, |hub| given(hub).unwrap())
        },
    },
    Fault {
        what: "a secret that others can read",
        turns: &[("files/secrets", "warning")],
        plant: || {
            let (hub, sign) = signing();
            done_to(&hub, |_| chmod(sign.path(), 0o644))
        },
    },
    Fault {
        what: "a master key that others can read",
        turns: &[("files/secrets", "failure"), ("keys/master", "failure")],
        plant: || done_to(&hub(), |hub| chmod(&hub.data().join("master.key"), 0o644)),
    },
    Fault {
        what: "a file with another journal",
        turns: &[("sqlite/journal", "warning")],
        plant: || done_to(&hub(), |hub| sql(hub, "timers.sqlite", "PRAGMA journal_mode = DELETE")),
    },
    Fault {
        what: "a page of the proof book that was written over",
        turns: &[("sqlite/damage", "failure")],
        plant: || done_to(&hub(), |hub| overwrite(hub, "proof.sqlite", "tile")),
    },
    Fault {
        what: "a page of a read model that was written over",
        turns: &[("sqlite/views-damage", "failure")],
        plant: || done_to(&hub(), |hub| overwrite(hub, "versions.sqlite", "flow_spell")),
    },
    Fault {
        what: "a write-ahead log that has grown",
        turns: &[("sqlite/wal", "warning")],
        plant: || {
            done_to(&hub(), |hub| {
                let wal = hub.data().join("versions.sqlite-wal");
                let open = std::fs::OpenOptions::new().create(true).append(true).open(wal).unwrap();
                open.set_len(300 << 20).unwrap();
            })
        },
    },
];

/// A hub that gives signs of life to somebody who listens, and the file with his address.
pub(crate) fn signing() -> (Hub, tempfile::NamedTempFile) {
    let outside = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let sign = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(sign.path(), format!("http://{}/alive\n", outside.local_addr().unwrap())).unwrap();
    // He listens to the end of the test, and need not answer.
    std::mem::forget(outside);
    let hub = hub().with("SEINHUIS_AUDIT__SIGN_OF_LIFE_FILE", sign.path().to_str().unwrap());
    (hub, sign)
}

fn chmod(path: &Path, rights: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(rights)).unwrap();
}

#[test]
fn faults_of_the_data_folder() {
    each_turns(FAULTS);
}
