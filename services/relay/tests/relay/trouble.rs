//! When something on the way breaks, nothing is skipped and nothing overtakes.

use seinhuis_eventstore::{Append, NewEvent, StreamId};
use seinhuis_projections::Fault;
use seinhuis_testkit::{Nats, Proxy};

use crate::scene::{PATIENCE, Scene, heard};

#[tokio::test]
async fn a_server_restarted_in_the_middle_costs_nothing_but_time() {
    let mut nats = Nats::start_private().unwrap();
    let scene = Scene::new(&nats).await;
    scene.report_all(1, 300).await;
    let relay = scene.working().await;
    for round in 1..=3 {
        nats.kill().unwrap();
        scene.report_all(300 * round + 1, 300 * (round + 1)).await;
        nats.restart().unwrap();
    }
    relay.reached(scene.head()).await;
    relay.drained().await.unwrap();
    assert_eq!(scene.positions(&nats).await, (2..=1_201).collect::<Vec<_>>());
}

#[tokio::test]
async fn without_a_server_the_relay_waits_and_drains_at_once() {
    let mut nats = Nats::start_private().unwrap();
    let scene = Scene::new(&nats).await;
    scene.report("1").await;
    nats.kill().unwrap();
    let relay = scene.working().await;
    let views = relay.views.clone();
    relay.drained().await.unwrap();
    assert_eq!(views.position().0, 0);
    let relay = scene.working().await;
    nats.restart().unwrap();
    relay.reached(scene.head()).await;
    relay.drained().await.unwrap();
    assert_eq!(scene.positions(&nats).await, [2]);
}

#[tokio::test]
async fn a_server_that_lost_its_files_gets_the_feed_from_there_on() {
    let mut nats = Nats::start_private().unwrap();
    let scene = Scene::new(&nats).await;
    scene.report_all(1, 10).await;
    let relay = scene.working().await;
    relay.reached(scene.head()).await;
    nats.wipe().unwrap();
    scene.report_all(11, 20).await;
    relay.reached(scene.head()).await;
    relay.drained().await.unwrap();
    assert_eq!(scene.positions(&nats).await, (12..=21).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_relay_killed_before_it_moved_its_checkpoint_publishes_the_same_ids_again() {
    let nats = Nats::start_private().unwrap();
    let mut scene = Scene::new(&nats).await;
    let direct = scene.settings.clone();
    let mut listener = scene.listener(&nats).await;
    let proxy = Proxy::start(nats.port().unwrap()).unwrap();
    scene.settings.urls = vec![proxy.address(nats.url()).unwrap()];
    scene.report_all(1, 5).await;
    // The server keeps the last of them, and the relay never hears that it does.
    proxy.lose_answer(b"00000000000000000006");
    let relay = scene.working().await;
    tokio::task::spawn_blocking(move || proxy.until_lost().map(|()| proxy)).await.unwrap().unwrap();
    let first: Vec<_> = heard(&mut listener, 5).await;
    assert_eq!(relay.killed().await.0, 0);
    scene.settings = direct;
    let relay = scene.working().await;
    let again = heard(&mut listener, 5).await;
    assert_eq!(
        first.iter().map(|message| &message.payload).collect::<Vec<_>>(),
        again.iter().map(|message| &message.payload).collect::<Vec<_>>()
    );
    relay.reached(scene.head()).await;
    relay.drained().await.unwrap();
    assert_eq!(scene.positions(&nats).await, [2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn relays_killed_anywhere_leave_a_feed_without_a_gap_and_without_a_double() {
    let nats = Nats::start().unwrap();
    let scene = Scene::new(&nats).await;
    scene.report_all(1, 3_000).await;
    for kill in 1..=8 {
        let relay = scene.working().await;
        let mut listener = scene.listener(&nats).await;
        heard(&mut listener, 40 * kill).await;
        relay.killed().await;
    }
    let relay = scene.working().await;
    relay.reached(scene.head()).await;
    relay.drained().await.unwrap();
    assert_eq!(scene.positions(&nats).await, (2..=3_001).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_event_that_can_not_be_understood_stops_the_relay_before_it_and_is_named() {
    let nats = Nats::start().unwrap();
    let scene = Scene::new(&nats).await;
    scene.report("1").await;
    let strange = NewEvent {
        name: "case.unheard_of".into(),
        schema: 1,
        recorded_at: "2026-03-09T10:00:00Z".parse().unwrap(),
        area: None,
        actor: "role:casework".into(),
        trace: None,
        payload: b"{}".to_vec(),
        sealed: None,
    };
    let stream = StreamId::new("case", "5b6f7f0e-41d7-5c5c-a3c4-7b8d0a1e2f03");
    scene.log.append(Append { stream, expected_version: 0, events: vec![strange] }).await.unwrap();
    scene.report("2").await;
    let relay = scene.working().await;
    let ended = tokio::time::timeout(PATIENCE, relay.ended()).await.unwrap();
    assert!(
        matches!(&ended, Err(Fault::Poisoned { models, position, .. }) if models == "relay" && position.0 == 3),
        "{ended:?}"
    );
    assert_eq!(scene.positions(&nats).await, [2]);
}
