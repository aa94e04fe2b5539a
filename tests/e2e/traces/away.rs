//! A receiver that is away, or deaf, is nobody's trouble: signals are taken in, it is said once, and the hub stops in time.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use seinhuis_testkit::{Topology, free_port};

use super::{Partner, connected, reported};
use crate::left_lying::signal;
use crate::scene::until;

/// What operators read.
const LINE: &str = "the receiver of traces doesn't take them";
/// Less than a manager of services waits until it kills, and more than a drain and the last traces take.
const IN_TIME: Duration = Duration::from_secs(25);

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_away_holds_nobody_up_and_is_told_once() {
    told_once(&format!("http://127.0.0.1:{}", free_port().unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_takes_connections_and_never_answers_holds_nobody_up_and_is_told_once() {
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    told_once(&format!("http://{}", deaf.local_addr().unwrap())).await;
}

async fn told_once(endpoint: &str) {
    let hub = Topology::Embedded.hub("oude-ijsselstreek").unwrap();
    let hub = hub.with("SEINHUIS_TELEMETRY__OTLP", endpoint);
    let wonion = hub.partner("wonion").unwrap();
    let served = Topology::Embedded.serve(&hub).unwrap();
    let channel = connected(served.ingest()).await;
    let partner = Partner::number(1);
    // Every one of them is kept, and is one batch more that can't be sent.
    let report = async || reported(&channel, &wonion, signal(), &partner.traceparent()).await;
    report().await;
    tokio::task::block_in_place(|| until(|| hub.log(), |log| log.contains(LINE)));
    report().await;
    let stopping = Instant::now();
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
    assert!(stopping.elapsed() < IN_TIME, "{:?}", stopping.elapsed());
    assert_eq!(hub.log().matches(LINE).count(), 1, "{}", hub.log());
}
