//! A clock that was set back is told to operators, and stops nothing.

use seinhuis_testkit::Hub;

const START: &str = "SEINHUIS_CLOCK__START";

#[test]
fn a_hub_whose_clock_stands_before_its_log_says_so_and_serves() {
    let hub = Hub::new("oude-ijsselstreek").unwrap().with(START, "2089-03-02T07:00:00Z");
    assert_eq!(hub.serve().unwrap().stop().unwrap(), 0, "asked to stop as soon as it serves");
    let warned = |hub: &Hub| hub.log().contains("the clock stands before the last event of the log");
    assert!(!warned(&hub), "{}", hub.log());
    let hub = hub.without(START);
    assert_eq!(hub.serve().unwrap().stop().unwrap(), 0);
    assert!(warned(&hub), "{}", hub.log());
    assert!(hub.run(&["verify", "--json"]).unwrap().json().unwrap()["sound"].as_bool().unwrap());
}
