//! Thirty times the process is killed (SIGKILL) while partners report and timers fire. Nothing acknowledged is lost, nothing is doubled
//! (INV-1, INV-2, INV-3, INV-6, INV-7, INV-8).

use std::time::Duration;

use futures::StreamExt;
use seinhuis::client::authed;
use seinhuis::door;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{Common, receipt::Outcome};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::Sector;
use seinhuis_eventstore::Log;
use seinhuis_testkit::Hub;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;

use crate::ledger::Ledger;

const ROUNDS: usize = 30;
/// Signals a partner may have under way.
const IN_FLIGHT: usize = 64;
/// Receipts before the kill, at the most.
const MOST_A_ROUND: usize = 500;

/// A signal of a housing corporation, about the household that its number says.
pub(crate) fn signal(reference: &str, number: usize) -> SectorSignal {
    let occurred = "2026-03-02T06:00:00Z".parse().unwrap();
    let common = Common {
        reference: reference.to_owned(),
        occurred_at: Some(seinhuis_contract::time::to_wire(occurred)),
        area_code: "WK150900".into(),
        urgency: 1,
        // Every fifth signal is about a household seen before, so that cases are joined as well as opened.
        household_key: format!("7071AB {}", number - number % 5),
        free_text: format!("signaal {number}"),
        ..Default::default()
    };
    SectorSignal::new(Kind::from_code("housing.soc.gel").unwrap(), common)
}

/// Reports without pause, from `from` on, until the connection breaks; tells as it goes how many were acknowledged.
/// Answers what was, in order.
async fn report_until_it_breaks(
    url: String,
    token: String,
    from: usize,
    told: watch::Sender<usize>,
) -> Vec<(String, String, u64)> {
    let Ok(channel) = tonic::transport::Endpoint::from_shared(url).unwrap().connect().await else {
        return vec![];
    };
    let (outgoing, signals) = mpsc::channel(IN_FLIGHT);
    let sender = tokio::spawn(async move {
        for number in from.. {
            if outgoing.send(signal(&format!("kill-{number}"), number)).await.is_err() {
                return;
            }
        }
    });
    let mut acknowledged = Vec::new();
    let hub = authed(channel, &token).unwrap();
    if let Ok(mut receipts) = door::report(hub, Sector::Housing, ReceiverStream::new(signals)).await {
        while let Some(Ok(receipt)) = receipts.next().await {
            if let Some(Outcome::Accepted(accepted)) = receipt.outcome {
                acknowledged.push((receipt.reference, accepted.signal_id, accepted.position));
                told.send_replace(acknowledged.len());
            }
        }
    }
    sender.abort();
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn inv1_thirty_kills_under_load_lose_nothing_and_double_nothing() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let hub = Hub::new("oude-ijsselstreek")
        .unwrap()
        .with("SEINHUIS_CLOCK__START", "2026-03-02T07:00:00Z")
        .with("SEINHUIS_CLOCK__SPEED", "200000")
        .with("SEINHUIS_INGEST__RATE_PER_SECOND", "1000000")
        .with("SEINHUIS_INGEST__BURST", "1000000");
    let token = hub.partner("wonion").unwrap();
    let mut ledger = Ledger::default();
    for round in 0..ROUNDS {
        let process = hub.serve().unwrap();
        // What was under way when the process died is sent again: the partner can't know what became of it.
        let from = ledger.len().saturating_sub(IN_FLIGHT);
        let (told, mut acknowledged) = watch::channel(0);
        let reporting = tokio::spawn(report_until_it_breaks(process.url.clone(), token.clone(), from, told));
        // Sometimes before the first receipt, mostly in the middle of many.
        let enough = rng.usize(..MOST_A_ROUND).saturating_sub(MOST_A_ROUND / 10);
        acknowledged.wait_for(|count| *count >= enough).await.unwrap();
        process.kill().unwrap();
        for (reference, signal, position) in reporting.await.unwrap() {
            ledger.acknowledged(&reference, signal.parse().unwrap(), position);
        }
        println!("round {round}: {} acknowledged", ledger.len());
    }
    assert!(ledger.len() > ROUNDS, "the rounds were too short to say anything: {}", ledger.len());

    // One last start, to finish what was left, and an ordinary stop.
    let process = hub.serve().unwrap();
    let last = report_some(&process.url, &token, ledger.len()).await;
    ledger.acknowledged(&last.0, last.1.parse().unwrap(), last.2);
    settle(&hub).await;
    assert_eq!(process.stop().unwrap(), 0, "{}", hub.log());

    let verdict = hub.run(&["verify", "--json"]).unwrap();
    assert_eq!(verdict.json().unwrap()["sound"], true, "{}", verdict.out);
    let log = Log::open(&format!("sqlite:{}", hub.data().join("log.sqlite").display())).await.unwrap();
    let audit = ledger.audit(&log).await;
    log.close().await;
    assert_eq!(audit.placed, audit.signals, "every signal found its case");
    let files = std::fs::read_dir(hub.data().join("notices")).map_or(0, |entries| {
        entries
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "eml"))
            .count()
    });
    assert_eq!(files, audit.notices.len(), "as many mails as notices delivered");
    println!(
        "{} events, {} signals, {} acknowledged, {} rungs, {} notices",
        audit.events,
        audit.signals,
        ledger.len(),
        audit.rungs.len(),
        audit.notices.len()
    );
}

async fn report_some(url: &str, token: &str, number: usize) -> (String, String, u64) {
    let channel = tonic::transport::Endpoint::from_shared(url.to_owned()).unwrap().connect().await.unwrap();
    let signals = futures::stream::iter([signal(&format!("kill-{number}"), number)]);
    let hub = authed(channel, token).unwrap();
    let mut receipts = door::report(hub, Sector::Housing, signals).await.unwrap();
    let receipt = receipts.next().await.unwrap().unwrap();
    match receipt.outcome {
        Some(Outcome::Accepted(accepted)) => (receipt.reference, accepted.signal_id, accepted.position),
        other => panic!("{other:?}"),
    }
}

/// Waits until casework has no signal left.
async fn settle(hub: &Hub) {
    let deadline = std::time::Instant::now() + Duration::from_secs(60);
    while std::time::Instant::now() < deadline {
        let log = Log::open(&format!("sqlite:{}", hub.data().join("log.sqlite").display())).await.unwrap();
        let open = Ledger::default().audit(&log).await;
        log.close().await;
        if open.placed == open.signals {
            return;
        }
    }
    panic!("casework did not finish");
}
