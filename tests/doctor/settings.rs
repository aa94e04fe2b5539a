//! Settings and profile.

use crate::ward::{Fault, done_to, each_turns, look, look_under, look_with};
use crate::well::hub;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a key that isn't known",
        turns: &[("settings/valid", "failure")],
        plant: || {
            done_to(&hub(), |hub| {
                std::fs::write(hub.data().join("seinhuis.toml"), "[data]\nfoldr = 1\n").unwrap()
            })
        },
    },
    Fault {
        what: "settings that come from the environment",
        turns: &[("settings/environment", "advice")],
        plant: || {
            let hub = hub();
            let data = hub.data();
            let port = seinhuis_testkit::free_port().unwrap();
            std::fs::write(data.join("seinhuis.toml"), format!("[listen]\naddress = \"127.0.0.1:{port}\"\n"))
                .unwrap();
            let keys = ["TOKENS__VALID_DAYS", "LISTEN__ADDRESS", "PROFILE__NAME", "DATA__FOLDER"];
            let unset: Vec<String> = keys.iter().map(|key| format!("--unset=SEINHUIS_{key}")).collect();
            let unset: Vec<&str> = unset.iter().map(String::as_str).collect();
            let without = look_under(&hub, "env", &unset, &["--data", data.to_str().unwrap()]);
            Some((without, look(&hub)))
        },
    },
    Fault {
        what: "time that runs faster",
        turns: &[("settings/rehearsal", "warning")],
        plant: || {
            let before = look(&hub());
            Some((before, look(&hub().with("SEINHUIS_CLOCK__SPEED", "2.0"))))
        },
    },
    Fault {
        what: "a profile that isn't there",
        turns: &[("settings/profile", "failure")],
        plant: || {
            let hub = hub();
            Some((look(&hub), look_with(&hub, &["--profile", "/nowhere"])))
        },
    },
];

#[test]
fn faults_of_the_settings() {
    each_turns(FAULTS);
}
