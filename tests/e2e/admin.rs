//! What an administrator meets: clear refusals, one hub per folder, and a log that verifies.

use seinhuis_testkit::Hub;

#[test]
fn an_address_beyond_this_machine_needs_tls_or_a_word_that_it_is_meant() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let said = hub.run(&["serve", "--listen", "192.0.2.1:4850"]).unwrap();
    assert_eq!(said.code, 1);
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
    assert_eq!(said.code, 1);
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
