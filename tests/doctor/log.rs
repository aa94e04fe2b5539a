//! The log itself.

use crate::ward::{Fault, done_to, each_turns, look};
use crate::well::{fresh, hub, sql};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a file that is no log any more",
        turns: &[("log/readable", "failure"), ("sqlite/damage", "failure")],
        plant: || {
            done_to(&hub(), |hub| {
                for end in ["-wal", "-shm"] {
                    let _ = std::fs::remove_file(hub.data().join(format!("log.sqlite{end}")));
                }
                std::fs::write(hub.data().join("log.sqlite"), "written over").unwrap();
            })
        },
    },
    Fault {
        what: "a log that was never begun",
        turns: &[("log/readable", "advice")],
        plant: || Some((look(&hub()), look(&fresh()))),
    },
    Fault {
        what: "a log of a later version",
        turns: &[("log/schema", "failure")],
        plant: || done_to(&hub(), |hub| sql(hub, "log.sqlite", "PRAGMA user_version = 99")),
    },
    Fault {
        what: "a guard that is gone",
        turns: &[("log/guards", "failure")],
        plant: || done_to(&hub(), |hub| sql(hub, "log.sqlite", "DROP TRIGGER event_never_changes")),
    },
    Fault {
        what: "a head that was put elsewhere",
        turns: &[("log/head", "failure")],
        plant: || done_to(&hub(), |hub| sql(hub, "log.sqlite", "UPDATE head SET position = position + 1")),
    },
];

#[test]
fn faults_of_the_log() {
    each_turns(FAULTS);
}
