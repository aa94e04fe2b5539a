//! Read models.

use seinhuis_eventstore::{NewEvent, StreamId};

use crate::ward::{Fault, done_to, each_turns};
use crate::well::{append, hours_ago, hub, put_back, sql};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a file that holds no read models any more",
        turns: &[("followers/readable", "failure"), ("sqlite/views-damage", "failure")],
        plant: || {
            done_to(&hub(), |hub| {
                for end in ["-wal", "-shm"] {
                    let _ = std::fs::remove_file(hub.data().join(format!("matching.sqlite{end}")));
                }
                std::fs::write(hub.data().join("matching.sqlite"), "written over").unwrap();
            })
        },
    },
    Fault {
        what: "an event that this version doesn't know",
        turns: &[("followers/stopped", "failure")],
        plant: || {
            done_to(&hub(), |hub| {
                let event = NewEvent {
                    name: "notice.whispered".into(),
                    schema: 3,
                    recorded_at: hours_ago(0),
                    area: None,
                    actor: "role:notify".into(),
                    trace: None,
                    payload: b"{}".to_vec(),
                    sealed: None,
                };
                append(hub, StreamId::new("notice", "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001"), event);
            })
        },
    },
    Fault {
        what: "a read model that hasn't followed for hours",
        turns: &[("followers/behind", "warning")],
        plant: || done_to(&hub(), |hub| put_back(hub, "versions.sqlite")),
    },
    Fault {
        what: "a read model of another version",
        turns: &[("followers/version", "advice")],
        plant: || {
            done_to(&hub(), |hub| sql(hub, "versions.sqlite", "UPDATE checkpoint SET version = version + 1"))
        },
    },
];

#[test]
fn faults_of_the_read_models() {
    each_turns(FAULTS);
}
