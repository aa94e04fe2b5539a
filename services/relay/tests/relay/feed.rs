//! What subscribers get.

use seinhuis_testkit::Nats;
use serde_json::json;

use crate::scene::{Scene, TRACE, heard};

#[tokio::test]
async fn the_public_events_of_the_log_stand_in_the_feed_in_its_order() {
    let nats = Nats::start().unwrap();
    let scene = Scene::new(&nats).await;
    let mut listener = scene.listener(&nats).await;
    let case = scene.case("1").await;
    let relay = scene.working().await;
    let messages = heard(&mut listener, 4).await;
    let subject = |kind: &str| format!("{}.feed.WK150900.{kind}.v1", scene.settings.prefix);
    let subjects: Vec<_> = messages.iter().map(|message| message.subject.to_string()).collect();
    let kinds = ["signal.reported", "case.opened", "case.step-planned", "case.resolved"];
    assert_eq!(subjects, kinds.map(subject));
    let header = |name: &str| messages[1].headers.as_ref().unwrap().get(name).unwrap().as_str();
    // The first event is the profile, which is nobody else's business.
    assert_eq!(header("Nats-Msg-Id"), "00000000000000000003");
    assert_eq!(header("Content-Type"), "application/cloudevents+json; charset=UTF-8");
    assert_eq!(header("traceparent"), TRACE);
    relay.reached(scene.head()).await;
    let kept = scene.kept(&nats).await;
    assert_eq!(
        kept[3],
        json!({
            "specversion": "1.0",
            "id": "00000000000000000005",
            "source": "urn:nld:oin:00000001823288444000:systeem:seinhuis",
            "type": "nl.seinhuis.case.resolved.v1",
            "subject": case.to_string(),
            "time": "2026-03-09T10:00:00Z",
            "datacontenttype": "application/json",
            "sequence": "00000000000000000005",
            "traceparent": TRACE,
            "data": { "case": case.to_string(), "number": case.number(), "area": "WK150900" },
        })
    );
    relay.drained().await.unwrap();
}

#[tokio::test]
async fn what_comes_later_follows_page_by_page_and_a_restart_repeats_nothing() {
    let nats = Nats::start().unwrap();
    let scene = Scene::new(&nats).await;
    scene.report_all(1, 700).await;
    let relay = scene.working().await;
    relay.reached(scene.head()).await;
    scene.report_all(701, 750).await;
    relay.reached(scene.head()).await;
    relay.drained().await.unwrap();
    let mut listener = scene.listener(&nats).await;
    scene.report("751").await;
    let relay = scene.working().await;
    relay.reached(scene.head()).await;
    relay.drained().await.unwrap();
    assert_eq!(
        &heard(&mut listener, 1).await[0].payload[..40],
        br#"{"specversion":"1.0","id":"0000000000000"#
    );
    assert_eq!(scene.positions(&nats).await, (2..=752).collect::<Vec<_>>());
}
