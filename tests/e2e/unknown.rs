//! An event that this program doesn't know stops those who must understand it, and not the hub, wherever the log is.

use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{Common, receipt::Outcome};
use seinhuis_domain::kind::Kind;
use seinhuis_eventstore::{Append, Log, NewEvent, Position, StreamId};
use seinhuis_testkit::{Hub, Postgres, Said, Topology};

use crate::scene::{report, until};

async fn accepted(url: &str, token: &str, reference: &str) -> bool {
    let at = jiff::Timestamp::from_second(1_767_225_600).unwrap();
    let common = Common {
        reference: reference.into(),
        occurred_at: Some(seinhuis_contract::time::to_wire(at)),
        area_code: "WK150900".into(),
        urgency: 1,
        ..Default::default()
    };
    let signal = SectorSignal::new(Kind::from_code("housing.fin.hua").unwrap(), common);
    matches!(report(url, token, signal).await.outcome, Some(Outcome::Accepted(_)))
}

/// Appends what this version doesn't know, and gives its position.
async fn appended(hub: &Hub, kind: &str, name: &str) -> Position {
    let log = Log::open(&hub.log_url()).await.unwrap();
    let event = NewEvent {
        name: name.into(),
        schema: 3,
        recorded_at: jiff::Timestamp::from_second(1_767_225_600).unwrap(),
        area: None,
        actor: "role:casework".into(),
        trace: None,
        payload: b"{}".to_vec(),
        sealed: None,
    };
    let stream = StreamId::new(kind, "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001");
    let at = log.append(Append { stream, expected_version: 0, events: vec![event] }).await.unwrap().first;
    log.close().await;
    at
}

async fn a_newer_event_stops_its_readers_and_not_the_hub(topology: Topology, hub: &Hub) {
    let wonion = hub.partner("wonion").unwrap();
    let served = topology.serve(hub).unwrap();
    assert!(accepted(served.ingest(), &wonion, "before").await);
    let at = appended(hub, "case", "case.teleported").await;
    // Each follower that reads cases says so by itself: views, casework, escalation, notify.
    let told = format!("can't take in event {at}, case.teleported schema 3");
    while hub.log().matches(&told).count() < 4 {
        tokio::task::yield_now().await;
    }
    assert!(accepted(served.ingest(), &wonion, "after").await, "the hub goes on");
    assert_eq!(served.stop().unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_event_in_the_file_stops_its_readers_and_not_the_hub() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    a_newer_event_stops_its_readers_and_not_the_hub(Topology::Embedded, &hub).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_event_stops_its_readers_and_not_the_hub_when_split() {
    let hub = Topology::Split.hub("oude-ijsselstreek").unwrap();
    a_newer_event_stops_its_readers_and_not_the_hub(Topology::Split, &hub).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_event_in_postgresql_stops_its_readers_and_not_the_hub() {
    let server = Postgres::start().unwrap();
    let (log, keys) = (server.database().unwrap(), server.database().unwrap());
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let hub = hub.with("SEINHUIS_DATA__LOG_URL", &log).with("SEINHUIS_KEYS__URL", &keys);
    a_newer_event_stops_its_readers_and_not_the_hub(Topology::Embedded, &hub).await;
    assert!(!hub.data().join("keys.sqlite").exists(), "the keys are where keys.url says");
    let database = keys.rsplit('/').next().unwrap();
    assert_eq!(server.psql(database, "SELECT count(*) FROM seinhuis_keys.master_key").unwrap(), "1");
}

async fn a_newer_event_stops_the_models_that_read_it_and_no_others(topology: Topology) {
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    let (wonion, college) = (hub.partner("wonion").unwrap(), hub.person("college").unwrap());
    let served = topology.serve(&hub).unwrap();
    let at = appended(&hub, "notice", "notice.whispered").await;
    assert!(accepted(served.ingest(), &wonion, "after").await);
    // Casework and the board read no notices.
    let ask = || hub.ask(served.monitor(), &college, &["board", "GM1509", "--json"]).unwrap();
    until(ask, |said| said.code == 0 && said.json().unwrap()["counts"]["open"] == "1");
    let told = format!("can't take in event {at}, notice.whispered schema 3");
    let stopped = |said: &Said| {
        let all = serde_json::from_str::<serde_json::Value>(&said.out).unwrap()["models"]
            .as_array()
            .unwrap()
            .clone();
        let stopped = all.into_iter().filter(|model| !model["stopped"].is_null());
        stopped
            .map(|model| (model["model"].clone(), model["stopped"].to_string(), model["position"].clone()))
            .collect::<Vec<_>>()
    };
    let list = || hub.run(&["projections", "--json"]).unwrap();
    let said = until(list, |said| said.code == 1 && stopped(said).len() == 3);
    for (n, (model, reason, position)) in stopped(&said).into_iter().enumerate() {
        assert_eq!(model, ["case_file", "tally", "notices"][n], "{said:?}");
        assert!(reason.contains(&told) && position == at.0 - 1, "{said:?}");
    }
    assert!(hub.log().contains(&format!("case_file, tally {told}")), "{}", hub.log());
    assert_eq!(served.stop().unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_event_of_a_notice_stops_who_reads_notices_and_no_others() {
    a_newer_event_stops_the_models_that_read_it_and_no_others(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_event_of_a_notice_stops_who_reads_notices_and_no_others_when_split() {
    a_newer_event_stops_the_models_that_read_it_and_no_others(Topology::Split).await;
}
