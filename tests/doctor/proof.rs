//! What proves the log.

use crate::keys::key;
use crate::ward::{Fault, done_to, each_turns, look};
use crate::well::{append_one, hours_ago, hub, put_back, served_until_followed, sql};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a signing key that is gone",
        turns: &[("proof/key", "failure")],
        plant: || done_to(&hub(), |hub| std::fs::remove_file(hub.data().join("proof.key")).unwrap()),
    },
    Fault {
        what: "another signing key",
        turns: &[("proof/signature", "failure")],
        plant: || done_to(&hub(), |hub| std::fs::write(hub.data().join("proof.key"), key('a')).unwrap()),
    },
    Fault {
        what: "a verifier key of somebody else",
        turns: &[("proof/verifier", "failure"), ("proof/signature", "failure")],
        plant: || {
            let (hub, other) = (hub(), hub());
            std::fs::write(other.data().join("proof.key"), key('c')).unwrap();
            let told = other.run(&["proof", "key", "--json"]).unwrap().json().unwrap();
            let before = look(&hub);
            Some((
                before,
                look(&hub.with("SEINHUIS_PROOF__VERIFIER_KEY", told["verifier_key"].as_str().unwrap())),
            ))
        },
    },
    Fault {
        what: "events that nobody has signed for hours",
        turns: &[("proof/age", "warning")],
        plant: || done_to(&hub(), |hub| put_back(hub, "proof.sqlite")),
    },
    Fault {
        what: "an old copy of the log beside its proof book",
        turns: &[("proof/ahead", "failure")],
        plant: || {
            let (hub, older) = (hub(), hub());
            append_one(&hub, hours_ago(1));
            served_until_followed(&hub);
            done_to(&hub, |hub| {
                for end in ["", "-wal", "-shm"] {
                    let name = format!("log.sqlite{end}");
                    let _ = std::fs::remove_file(hub.data().join(&name));
                    let _ = std::fs::copy(older.data().join(&name), hub.data().join(&name));
                }
            })
        },
    },
    Fault {
        what: "a proof book of a later version",
        turns: &[("proof/schema", "failure")],
        plant: || done_to(&hub(), |hub| sql(hub, "proof.sqlite", "PRAGMA user_version = 99")),
    },
];

#[test]
fn faults_of_the_proof() {
    each_turns(FAULTS);
}
