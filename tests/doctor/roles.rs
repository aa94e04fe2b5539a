//! Leases that nobody has, or everybody in turn.

use std::time::{Duration, Instant};

use seinhuis_eventstore::{Leases, Log};
use seinhuis_testkit::Hub;

use crate::postgres::{on, well};
use crate::ward::{Fault, Looks, each_turns, look};
use crate::well::block_on;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a role that nobody has while another is at work",
        turns: &[("roles/held", "failure")],
        plant: || {
            under_leases(async |hub, leases| {
                let held = leases.try_to_take("casework").await.unwrap().unwrap();
                let before = seen(&hub).await;
                leases.try_to_take("notify").await.unwrap().unwrap().release().await;
                let after = seen(&hub).await;
                assert!(held.is_held());
                Some((before, after))
            })
        },
    },
    Fault {
        what: "a lease that goes from hand to hand",
        turns: &[("roles/steady", "warning")],
        plant: || {
            under_leases(async |hub, leases| {
                let held = leases.try_to_take("proof").await.unwrap().unwrap();
                let before = seen(&hub).await;
                held.release().await;
                let from_hand_to_hand = tokio::spawn(async move {
                    let began = Instant::now();
                    while began.elapsed() < Duration::from_secs(120) {
                        let held = leases.try_to_take("proof").await.unwrap().unwrap();
                        assert!(held.is_held());
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        held.release().await;
                    }
                });
                let after = seen(&hub).await;
                from_hand_to_hand.abort();
                Some((before, after))
            })
        },
    },
];

/// A hub with a log in a database, and the leases of it as another process takes them.
fn under_leases(work: impl AsyncFnOnce(Hub, Leases) -> Looks) -> Looks {
    let database = well().database().unwrap();
    let hub = on(&database);
    block_on(async {
        let log = Log::open(&database).await.unwrap();
        let looks = work(hub, Leases::of(&log, "test".into())).await;
        log.close().await;
        looks
    })
}

async fn seen(hub: &Hub) -> crate::ward::Looked {
    // Leases are renewed meanwhile.
    tokio::task::block_in_place(|| look(hub))
}

#[test]
fn faults_of_roles() {
    each_turns(FAULTS);
}
