//! NATS, JetStream and the feed.

use async_nats::jetstream::stream::Config;
use seinhuis_testkit::{Hub, Nats};

use crate::ward::{Fault, each_turns, look};
use crate::well::{block_on, hub};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a server that is away",
        turns: &[("bus/reachable", "warning")],
        plant: || {
            let mut nats = Nats::start_private().unwrap();
            let hub = on(&nats);
            let before = look(&hub);
            nats.kill().unwrap();
            Some((before, look(&hub)))
        },
    },
    Fault {
        what: "a server that takes small messages only",
        turns: &[("bus/payload", "warning")],
        plant: || beside("max_payload: 1024\n"),
    },
    Fault {
        what: "an account without JetStream",
        turns: &[("bus/jetstream", "failure")],
        plant: || {
            beside("accounts { A { users: [ { user: hub, password: secret } ] } }\nno_auth_user: hub\n")
        },
    },
    Fault {
        what: "an account with little room in JetStream",
        turns: &[("bus/storage", "failure")],
        plant: || {
            let account = "jetstream: { max_file: 1048576 }, users: [ { user: hub, password: secret } ]";
            beside(&format!("accounts {{ A {{ {account} }} }}\nno_auth_user: hub\n"))
        },
    },
    Fault {
        what: "a stream that keeps less than is set",
        turns: &[("bus/stream", "warning")],
        plant: || {
            let nats = Nats::start_private().unwrap();
            let hub = on(&nats);
            let before = look(&hub);
            block_on(async {
                let client = async_nats::connect(nats.url()).await.unwrap();
                let stream = Config {
                    name: "SEINHUIS_FEED".into(),
                    subjects: vec!["seinhuis.feed.>".into()],
                    max_age: std::time::Duration::from_secs(60),
                    max_bytes: 1 << 20,
                    ..Config::default()
                };
                async_nats::jetstream::new(client).create_stream(stream).await.unwrap();
            });
            Some((before, look(&hub)))
        },
    },
];

/// A hub on a server as it should be, and on one with these settings.
fn beside(settings: &str) -> crate::ward::Looks {
    let (well, other) = (Nats::start_private().unwrap(), Nats::start_private_with(settings).unwrap());
    Some((look(&on(&well)), look(&on(&other))))
}

/// A hub that publishes its feed there.
fn on(nats: &Nats) -> Hub {
    hub()
        .with("SEINHUIS_BUS__URL", nats.url())
        .with("SEINHUIS_FEED__OIN", "00000001823288444000")
        .with("SEINHUIS_FEED__BYTES", "16777216")
}

#[test]
fn faults_of_the_bus() {
    each_turns(FAULTS);
}
