//! The master key is rotated by the real command beside a serving hub, and killed on the way.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use seinhuis_eventstore::keyring::{Identifier, IdentifierKind, Keyring};
use seinhuis_runtime::Entropy;
use seinhuis_testkit::Hub;

const PERSONS: usize = 3_000;

/// Puts persons into the hub's key store, beside whoever serves it, and tells their pseudonyms.
async fn persons(hub: &Hub) -> Vec<String> {
    let folder = hub.data();
    let keys = folder.join("keys.sqlite");
    let keyring = Keyring::open(&keys, &folder.join("master.key"), Entropy::os()).await.unwrap();
    let asked: Vec<_> =
        (0..PERSONS).map(|n| Identifier::new(IdentifierKind::Person, format!("person {n}"))).collect();
    let told = keyring.pseudonyms(&asked).await.unwrap();
    keyring.close().await;
    told.iter().map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_killed_at_any_page_is_ended_by_running_it_again_beside_a_serving_hub() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    hub.partner("wonion").unwrap();
    let process = hub.serve().unwrap();
    let before = persons(&hub).await;
    let first = hub.run(&["keys", "check", "--json"]).unwrap().json().unwrap();
    for killed_after in 0..5 {
        let new = hub.data().join(format!("new-{killed_after}.key"));
        let arguments = ["keys", "rotate", "--new", new.to_str().unwrap()];
        let mut rotation = hub.command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(rotation.stdout.take().unwrap()).lines();
        for line in lines.take(killed_after) {
            assert!(line.unwrap().ends_with("keys wrapped anew"));
        }
        rotation.kill().unwrap();
        rotation.wait().unwrap();

        let halfway = hub.run(&["keys", "check", "--json"]).unwrap().json().unwrap();
        assert_eq!(halfway["sound"], true, "killed after {killed_after}: {halfway}");
        assert_eq!(persons(&hub).await, before, "killed after {killed_after}");
        let ended = hub.run(&arguments).unwrap();
        assert_eq!(ended.code, 0, "{ended:?}");
        let found = hub.run(&["keys", "check", "--json"]).unwrap().json().unwrap();
        let masters = found["masters"].as_array().unwrap();
        assert_eq!((found["sound"].as_bool(), masters.len()), (Some(true), 1), "{found}");
        assert!(masters[0]["keys"].as_u64().unwrap() >= PERSONS as u64);
        assert_ne!(masters[0]["master"], first["masters"][0]["master"]);
    }
    assert_eq!(persons(&hub).await, before);
    assert_eq!(process.stop().unwrap(), 0);
}

#[test]
fn a_wrong_master_key_is_refused_and_both_are_named() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    hub.partner("wonion").unwrap();
    let right = hub.run(&["keys", "check", "--json"]).unwrap().json().unwrap();
    let wrong = hub.data().join("master.key");
    std::fs::write(&wrong, "0".repeat(64)).unwrap();
    let refused = hub.run(&["keys", "check"]).unwrap();
    let id = right["masters"][0]["master"].as_str().unwrap();
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains(&format!("and the key store is under {id}")), "{}", refused.err);
}
