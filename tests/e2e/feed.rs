//! What a hub publishes of a case that nobody picks up, and what it keeps to itself.

use std::collections::BTreeSet;
use std::time::Duration;

use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{Common, Subject, subject::Identifier};
use seinhuis_domain::kind::Kind;
use seinhuis_testkit::{Hub, Nats};
use serde_json::Value;

use crate::scene::report;

/// How long anything may take, on a machine that compiles beside it.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_case_left_lying_is_told_to_subscribers_and_nobody_in_it_is() {
    let nats = Nats::start_private().unwrap();
    let hub = Hub::new("oude-ijsselstreek")
        .unwrap()
        .with("SEINHUIS_BUS__URL", nats.url())
        .with("SEINHUIS_FEED__OIN", "00000001823288444000")
        .with("SEINHUIS_CLOCK__START", "2026-03-02T07:00:00Z")
        .with("SEINHUIS_CLOCK__SPEED", "400000");
    let wonion = hub.partner("wonion").unwrap();
    let process = hub.serve().unwrap();
    report(&process.url, &wonion, signal()).await;
    let told = |event: &Value| is(event, "notice.delivered");
    feed(&nats, |events| events.iter().any(told)).await;
    // Killed anywhere: what was published and not remembered goes out again, and is kept once.
    process.kill().unwrap();
    let process = hub.serve().unwrap();
    // While it was down the case may have gone past a rung, of which nobody is told then: but of the top somebody is.
    let at_the_top = |event: &Value| told(event) && event["data"]["rung"] == "college";
    let events = feed(&nats, |events| events.iter().any(at_the_top)).await;
    assert_eq!(process.stop().unwrap(), 0);

    let rungs: Vec<_> = events.iter().filter(|event| is(event, "case.rung-reached")).collect();
    assert_eq!(
        rungs.iter().map(|event| event["data"]["rung"].as_str().unwrap()).collect::<Vec<_>>(),
        ["team", "regisseur", "college"]
    );
    assert!(is(&events[0], "signal.reported") && is(&events[1], "case.opened"), "{events:#?}");
    let ids: Vec<_> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted() && ids.iter().collect::<BTreeSet<_>>().len() == ids.len(), "{ids:?}");
    let all = serde_json::to_string(&events).unwrap();
    for private in ["Jansen", "900101", "gebiedsregisseur", "coordinator", "left-lying", "person:", "role:"] {
        assert!(!all.contains(private), "{private} in {all}");
    }
}

fn signal() -> SectorSignal {
    let occurred = "2026-03-02T06:00:00Z".parse().unwrap();
    let common = Common {
        reference: "left-lying".into(),
        occurred_at: Some(seinhuis_contract::time::to_wire(occurred)),
        area_code: "WK150900".into(),
        urgency: 1,
        subjects: vec![Subject {
            identifier: Some(Identifier::PartnerKey("huurder-900101".into())),
            name: "Jan Jansen".into(),
            ..Default::default()
        }],
        household_key: "huishouden-900101".into(),
        free_text: "Mevrouw Jansen belde".into(),
        ..Default::default()
    };
    SectorSignal::new(Kind::from_code("housing.fin.hua").unwrap(), common)
}

/// Whether an event is of a type.
fn is(event: &Value, name: &str) -> bool {
    event["type"] == format!("nl.seinhuis.{name}.v1")
}

/// The feed, once it is as it should be.
async fn feed(nats: &Nats, fits: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let client = async_nats::connect(nats.url()).await.unwrap();
    let waiting = async {
        loop {
            let events = kept(&client).await.unwrap_or_default();
            if fits(&events) {
                return events;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap()
}

/// What stands in it, oldest first; nothing before there is a stream.
async fn kept(client: &async_nats::Client) -> Option<Vec<Value>> {
    let stream = async_nats::jetstream::new(client.clone()).get_stream("SEINHUIS_FEED").await.ok()?;
    let state = stream.cached_info().state.clone();
    let mut kept = Vec::new();
    // A stream that holds nothing yet says that it begins at 0, which no message has.
    for sequence in state.first_sequence.max(1)..=state.last_sequence {
        let message = stream.get_raw_message(sequence).await.unwrap();
        kept.push(serde_json::from_slice(&message.payload).unwrap());
    }
    Some(kept)
}
