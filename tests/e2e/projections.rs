//! Read models are rebuilt by the real command beside a serving hub and by the hub itself, and it is told how they stand.

use seinhuis_testkit::{Hub, Said, Topology};
use serde_json::Value;

use crate::scene::until;

/// How many have tables.
const MODELS: usize = 9;

fn models(said: &Said) -> Vec<Value> {
    said.json().unwrap()["models"].as_array().unwrap().clone()
}

async fn rebuilt_beside_a_serving_hub(topology: Topology) {
    let hub: Hub = topology.hub("oude-ijsselstreek").unwrap();
    for partner in ["wonion", "politie", "sensire"] {
        hub.partner(partner).unwrap();
    }
    let served = topology.serve(&hub).unwrap();
    let list = || hub.run(&["projections", "--json"]).unwrap();
    let caught_up = |said: &Said| {
        let at_head =
            |model: &Value| model["lag"] == 0 && model["stopped"].is_null() && model["beside"].is_null();
        said.code == 0 && models(said).len() == MODELS && models(said).iter().all(at_head)
    };
    let head = until(list, caught_up).json().unwrap()["head"].as_u64().unwrap();

    let some = hub.run(&["projections", "rebuild", "board", "timers", "--json"]).unwrap();
    assert_eq!(some.code, 0, "{some:?}");
    let names = |said: &Said| {
        models(said).iter().map(|model| model["model"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&some), ["board", "timers"]);
    let all = hub.run(&["projections", "rebuild", "--json"]).unwrap();
    assert_eq!((all.code, names(&all).len()), (0, MODELS), "{all:?}");
    assert!(models(&all).iter().all(|model| model["position"].as_u64().unwrap() >= head), "{all:?}");
    assert!(all.err.contains("100 %:"), "{all:?}");

    // The hub goes on following into what took the place of its own.
    hub.partner("gemeente").unwrap();
    let after = until(list, |said| caught_up(said) && said.json().unwrap()["head"].as_u64() > Some(head));
    assert!(caught_up(&after));
    assert!(hub.run(&["projections"]).unwrap().out.contains("follows"));
    let verified = hub.run(&["verify"]).unwrap();
    assert_eq!(verified.code, 0, "{verified:?}");
    served.stop().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn read_models_are_rebuilt_beside_a_serving_hub() {
    rebuilt_beside_a_serving_hub(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn read_models_are_rebuilt_beside_a_serving_hub_when_split() {
    rebuilt_beside_a_serving_hub(Topology::Split).await;
}

async fn rebuilt_by_the_hub(topology: Topology) {
    let hub: Hub = topology.hub("oude-ijsselstreek").unwrap();
    let operator = hub.person("beheerder").unwrap();
    let college = hub.person("college").unwrap();
    let served = topology.serve(&hub).unwrap();
    let rebuild = |token: &str, models: &[&str]| {
        let command = [&["history", "rebuild", "--json"], models].concat();
        hub.ask(served.monitor(), token, &command).unwrap()
    };
    let head = until(|| hub.run(&["projections", "--json"]).unwrap(), |said| models(said).len() == MODELS);
    let head = head.json().unwrap()["head"].as_u64().unwrap();
    let some = until(|| rebuild(&operator, &["board", "matching"]), |said| said.code == 0);
    let named = |said: &Said| models(said).iter().map(|model| model["model"].clone()).collect::<Vec<_>>();
    assert_eq!(named(&some), ["board", "matching"], "{some:?}");
    let all = rebuild(&operator, &[]);
    assert_eq!((all.code, named(&all).len()), (0, MODELS), "{all:?}");
    assert!(models(&all).iter().all(|model| model["position"].as_u64().unwrap() >= head), "{all:?}");
    assert!(all.err.contains("100 %:"), "{all:?}");

    for (token, models, words) in [
        (
            &operator,
            "bord",
            "board, case_file, own_signals, tally, matching, timers, notices, versions, flow",
        ),
        (&college, "board", "may not rebuild read models"),
    ] {
        let refused = rebuild(token, &[models]);
        assert!(refused.code == 1 && refused.err.contains(words), "{refused:?}");
    }
    let verified = hub.run(&["verify"]).unwrap();
    assert_eq!(verified.code, 0, "{verified:?}");
    served.stop().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn read_models_are_rebuilt_by_the_hub_for_an_operator() {
    rebuilt_by_the_hub(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn read_models_are_rebuilt_by_the_hub_for_an_operator_when_split() {
    rebuilt_by_the_hub(Topology::Split).await;
}

#[test]
fn a_read_model_that_there_is_not_is_refused_and_the_others_are_named() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let refused = hub.run(&["projections", "rebuild", "bord"]).unwrap();
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("\"bord\" is no read model: there is board, case_file"), "{refused:?}");
    let nothing = hub.run(&["projections", "rebuild"]).unwrap();
    assert!(nothing.code == 0 && nothing.out.contains("the log is empty"), "{nothing:?}");
    let none = hub.run(&["projections"]).unwrap();
    assert!(none.code == 0 && none.out.contains("board"), "{none:?}");
}
