//! What an administrator meets: clear refusals, one hub per folder, and a log that verifies.

use seinhuis_testkit::{Hub, Topology};

use crate::scene::until;

#[test]
fn an_address_beyond_this_machine_needs_tls_or_a_word_that_it_is_meant() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let said = hub.run(&["serve", "--listen", "192.0.2.1:4850"]).unwrap();
    assert_eq!(said.code, 2);
    assert!(said.err.contains("listen.address") && said.err.contains("insecure"), "{}", said.err);
}

#[test]
fn a_second_hub_on_the_same_folder_is_refused() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let first = hub.serve().unwrap();
    let second = hub.run(&["serve", "--listen", "127.0.0.1:0"]).unwrap();
    assert_eq!(second.code, 1);
    assert!(second.err.contains("another hub serves"), "{}", second.err);
    assert_eq!(first.stop().unwrap(), 0);
}

#[test]
fn an_unknown_setting_is_an_error_that_names_it() {
    let hub = Hub::new("oude-ijsselstreek").unwrap().with("SEINHUIS_NOTIFY__PIGEONS", "2");
    let said = hub.run(&["config"]).unwrap();
    assert_eq!(said.code, 2);
    assert!(said.err.to_lowercase().contains("pigeons"), "{}", said.err);
}

fn a_token_is_shown_once(topology: Topology) {
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    drop(topology.serve(&hub).unwrap());
    let token = hub.partner("wonion").unwrap();
    let list = hub.run(&["partner", "list", "--json"]).unwrap().json().unwrap();
    assert_eq!(list[0]["partner"], "wonion", "{list}");
    assert_ne!(hub.found(&["wonion"]).unwrap(), Vec::<String>::new(), "it is looked for where things stand");
    assert_eq!(hub.found(&[&token]).unwrap(), Vec::<String>::new());
}

#[test]
fn a_token_is_shown_once_and_kept_as_a_hash() {
    a_token_is_shown_once(Topology::Embedded);
}

#[test]
fn a_token_is_shown_once_and_kept_as_a_hash_when_split() {
    a_token_is_shown_once(Topology::Split);
}

fn a_token_is_revoked(topology: Topology) {
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    let (revoked, kept) = (hub.partner("wonion").unwrap(), hub.partner("politie").unwrap());
    assert_eq!(hub.run(&["partner", "revoke", "wonion"]).unwrap().code, 0);
    let served = topology.serve(&hub).unwrap();
    let refused = hub.ask(served.monitor(), &revoked, &["signals"]).unwrap();
    assert!(refused.code == 1 && refused.err.contains("Unauthenticated"), "{refused:?}");
    until(|| hub.ask(served.monitor(), &kept, &["signals"]).unwrap(), |said| said.code == 0);
}

#[test]
fn a_revoked_token_opens_nothing_any_more() {
    a_token_is_revoked(Topology::Embedded);
}

#[test]
fn a_revoked_token_opens_nothing_any_more_when_split() {
    a_token_is_revoked(Topology::Split);
}

fn operations_look(topology: Topology) {
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    let admitted =
        hub.run(&["person", "add", "beheer", "--role", "operator", "--area", "GM1509", "--json"]).unwrap();
    let token = admitted.json().unwrap()["token"].as_str().unwrap().to_owned();
    let served = topology.serve(&hub).unwrap();
    assert_eq!(hub.ask(served.monitor(), "shs_wrong", &["signals"]).unwrap().code, 1);
    let ask = || hub.ask(served.monitor(), &token, &["pipeline", "--json"]).unwrap();
    let pipeline = until(ask, |said| said.code == 0).json().unwrap();
    let followers = pipeline["followers"].as_array().unwrap();
    for name in ["views", "casework", "escalation", "notify", "proof"] {
        assert!(followers.iter().any(|follower| follower["name"] == name), "{name} isn't in {pipeline}");
    }
    let denied = |tally: &serde_json::Value| tally["name"].as_str().unwrap().starts_with("denied.");
    assert!(pipeline["tallies"].as_array().unwrap().iter().any(denied), "{pipeline}");
}

#[test]
fn operations_see_how_far_every_follower_is_and_what_was_denied() {
    operations_look(Topology::Embedded);
}

#[test]
fn operations_see_how_far_every_follower_is_and_what_was_denied_when_split() {
    operations_look(Topology::Split);
}

#[test]
fn a_folder_is_not_served_under_another_profile() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    assert_eq!(hub.serve().unwrap().stop().unwrap(), 0);
    let other = hub.run(&["serve", "--listen", "127.0.0.1:0", "--profile", "lelystad"]).unwrap();
    assert_eq!(other.code, 1);
    assert!(other.err.contains("oude-ijsselstreek"), "{}", other.err);
}

#[test]
fn a_process_tells_anybody_how_it_is_and_fails_the_command_where_it_is_not_well() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let process = hub.serve().unwrap();
    let ask = |arguments: &[&str]| hub.ask(&process.url, "", arguments).unwrap();
    let service = "seinhuis.ingest.v1.PoliceIngestService";
    let well = ask(&["health", "", service, "--json"]).json().unwrap();
    assert_eq!(well, serde_json::json!({ "": "serving", service: "serving" }));
    let said = ask(&["health", "", "role/pigeons"]);
    assert_eq!((said.code, said.out.lines().count()), (1, 3), "{said:?}");
    assert!(said.out.ends_with("role/pigeons  not here\n"), "{said:?}");
    process.stop().unwrap();
    let gone = hub.run(&["health", "--address", "http://127.0.0.1:1"]).unwrap();
    assert!(gone.code == 1 && gone.err.contains("no hub answers"), "{gone:?}");
}
