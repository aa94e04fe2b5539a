//! The keys of persons, households and places.

use seinhuis_testkit::Hub;

use crate::ward::{Fault, done_to, each_turns, look};
use crate::well::{hub, sql};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a file that is no key store any more",
        turns: &[("keys/readable", "failure"), ("sqlite/damage", "failure")],
        plant: || {
            done_to(&hub(), |hub| {
                for end in ["-wal", "-shm"] {
                    let _ = std::fs::remove_file(hub.data().join(format!("keys.sqlite{end}")));
                }
                std::fs::write(hub.data().join("keys.sqlite"), "written over").unwrap();
            })
        },
    },
    Fault {
        what: "a key store of a later version",
        turns: &[("keys/schema", "failure")],
        plant: || done_to(&hub(), |hub| sql(hub, "keys.sqlite", "PRAGMA user_version = 99")),
    },
    Fault {
        what: "another master key",
        turns: &[("keys/master", "failure")],
        plant: || done_to(&hub(), |hub| std::fs::write(hub.data().join("master.key"), key('a')).unwrap()),
    },
    Fault {
        what: "a master key that is gone",
        turns: &[("keys/master", "failure")],
        plant: || done_to(&hub(), |hub| std::fs::remove_file(hub.data().join("master.key")).unwrap()),
    },
    Fault {
        what: "a rotation that was cut short",
        turns: &[("keys/rotation", "warning")],
        plant: || done_to(&hub(), |hub| beside(hub, "master.key.next")),
    },
    Fault {
        what: "a retired master key",
        turns: &[("keys/retired", "advice")],
        plant: || done_to(&hub(), |hub| beside(hub, "master.key.retired-0123456789abcdef")),
    },
    Fault {
        what: "a master key beside what it opens",
        turns: &[("keys/place", "advice")],
        plant: || {
            let (hub, elsewhere) = (hub(), tempfile::tempdir().unwrap());
            let file = elsewhere.path().join("master.key");
            std::fs::copy(hub.data().join("master.key"), &file).unwrap();
            let hub = hub.with("SEINHUIS_KEYS__MASTER_FILE", file.to_str().unwrap());
            let before = look(&hub);
            Some((before, look(&hub.without("SEINHUIS_KEYS__MASTER_FILE"))))
        },
    },
];

/// What a key file holds.
pub(crate) fn key(digit: char) -> String {
    format!("{}\n", digit.to_string().repeat(64))
}

/// A key of that name in the data folder, readable by its owner only.
fn beside(hub: &Hub, name: &str) {
    let path = hub.data().join(name);
    std::fs::copy(hub.data().join("master.key"), &path).unwrap();
    std::fs::write(path, key('b')).unwrap();
}

#[test]
fn faults_of_the_keys() {
    each_turns(FAULTS);
}
