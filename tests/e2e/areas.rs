//! An imported map places points: a signal lands in its neighbourhood, and one from elsewhere is refused.

use std::time::{Duration, Instant};

use futures::StreamExt;
use seinhuis::client::authed;
use seinhuis::door;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{Common, GeoPoint, receipt::Outcome};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::Sector;
use seinhuis_testkit::{Topology, shared};

fn at(reference: &str, lon: f64, lat: f64) -> SectorSignal {
    let occurred = "2026-03-02T06:00:00Z".parse().unwrap();
    let common = Common {
        reference: reference.into(),
        occurred_at: Some(seinhuis_contract::time::to_wire(occurred)),
        point: Some(GeoPoint { lon, lat }),
        urgency: 1,
        ..Default::default()
    };
    SectorSignal::new(Kind::from_code("municipal.waste").unwrap(), common)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_is_placed_in_its_neighbourhood_and_one_outside_the_municipality_is_refused() {
    points_are_placed(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_is_placed_in_its_neighbourhood_and_one_outside_is_refused_when_split() {
    points_are_placed(Topology::Split).await;
}

async fn points_are_placed(topology: Topology) {
    let Some(map) = shared("areas/lelystad.geojson") else { return };
    let hub = topology.hub("lelystad").unwrap();
    let imported = hub.run(&["areas", "import", map.to_str().unwrap(), "--vintage", "cbs-2017"]).unwrap();
    assert_eq!(imported.code, 0, "{}", imported.err);
    let token = hub.partner("gemeente").unwrap();
    let served = topology.serve(&hub).unwrap();
    let endpoint = tonic::transport::Endpoint::from_shared(served.ingest().to_owned());
    let channel = endpoint.unwrap().connect().await.unwrap();
    // A point in the Zuiderzeewijk, and the Dam in Amsterdam.
    let signals = futures::stream::iter([at("inside", 5.493, 52.52895), at("outside", 4.8932, 52.3731)]);
    let receipts = door::report(authed(channel, &token).unwrap(), Sector::Municipal, signals).await.unwrap();
    let outcomes: Vec<_> = receipts.map(|receipt| receipt.unwrap().outcome.unwrap()).collect().await;
    assert!(matches!(outcomes[0], Outcome::Accepted(_)), "{outcomes:?}");
    let Outcome::Refused(refused) = &outcomes[1] else { panic!("{outcomes:?}") };
    assert_eq!(refused.violations.len(), 1, "{refused:?}");
    assert!(refused.violations[0].field.ends_with("point"), "{refused:?}");

    // The list follows the log: it has the signal soon after the receipt, not at once.
    let until = Instant::now() + Duration::from_secs(20);
    let line = loop {
        let own = hub.ask(served.monitor(), &token, &["signals", "--json"]).unwrap();
        if let Some(line) = own.out.lines().next() {
            break line.to_owned();
        }
        assert!(Instant::now() < until, "the signal never came to the list");
    };
    let signal: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(signal["areaCode"].as_str().unwrap().starts_with("BU099511"), "{signal}");
}
