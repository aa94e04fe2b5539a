//! What an administrator meets: clear refusals, one hub per folder, and a log that verifies.

use seinhuis_testkit::Hub;

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

#[test]
fn a_token_is_shown_once_and_kept_as_a_hash() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    drop(hub.serve().unwrap());
    let token = hub.partner("wonion").unwrap();
    let list = hub.run(&["partner", "list", "--json"]).unwrap().json().unwrap();
    assert_eq!(list[0]["partner"], "wonion", "{list}");
    for entry in std::fs::read_dir(hub.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(
                !bytes.windows(token.len()).any(|w| w == token.as_bytes()),
                "the token stands in {path:?}"
            );
        }
    }
}

#[test]
fn a_revoked_token_opens_nothing_any_more() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let (revoked, kept) = (hub.partner("wonion").unwrap(), hub.partner("politie").unwrap());
    assert_eq!(hub.run(&["partner", "revoke", "wonion"]).unwrap().code, 0);
    let process = hub.serve().unwrap();
    let refused = hub.ask(&process.url, &revoked, &["signals"]).unwrap();
    assert!(refused.code == 1 && refused.err.contains("Unauthenticated"), "{refused:?}");
    assert_eq!(hub.ask(&process.url, &kept, &["signals"]).unwrap().code, 0);
}

#[test]
fn operations_see_how_far_every_follower_is_and_what_was_denied() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let admitted =
        hub.run(&["person", "add", "beheer", "--role", "operator", "--area", "GM1509", "--json"]).unwrap();
    let token = admitted.json().unwrap()["token"].as_str().unwrap().to_owned();
    let process = hub.serve().unwrap();
    assert_eq!(hub.ask(&process.url, "shs_wrong", &["signals"]).unwrap().code, 1);
    let pipeline = hub.ask(&process.url, &token, &["pipeline", "--json"]).unwrap().json().unwrap();
    assert_eq!(pipeline["followers"].as_array().unwrap().len(), 5, "{pipeline}");
    let denied = |tally: &serde_json::Value| tally["name"].as_str().unwrap().starts_with("denied.");
    assert!(pipeline["tallies"].as_array().unwrap().iter().any(denied), "{pipeline}");
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
