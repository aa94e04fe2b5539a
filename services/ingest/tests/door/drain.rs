//! Going down: what is under way is finished, the rest is told to come back.

use futures::StreamExt;
use seinhuis_contract::proto::ingest::v1::receipt::Outcome;
use tonic::Code;
use tonic_types::StatusExt;

use crate::hub::{Hub, POLICE, common, next, one};
use crate::stream::collected;

#[tokio::test]
async fn an_idle_stream_is_ended_and_a_new_call_turned_away() {
    let hub = Hub::start().await;
    let (signals, outbox) = futures::channel::mpsc::unbounded();
    signals.unbounded_send(next(common("r-1"))).unwrap();
    let mut client = hub.police(POLICE).await;
    let mut receipts = client.report_stream(outbox).await.unwrap().into_inner();
    assert!(receipts.next().await.unwrap().is_ok());
    hub.draining.cancel();
    let end = receipts.next().await.unwrap().unwrap_err();
    assert_eq!(
        (end.code(), end.get_details_error_info().unwrap().reason.as_str()),
        (Code::Unavailable, "DRAINING")
    );
    let status = client.report(one(common("r-2"))).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.get_details_retry_info().is_some());
    assert_eq!(hub.stored().await.len(), 1);
}

#[tokio::test]
async fn signals_under_way_are_finished_and_every_receipt_is_kept() {
    let hub = Hub::start().await;
    let (signals, outbox) = futures::channel::mpsc::unbounded();
    for n in 0..2000 {
        signals.unbounded_send(next(common(&format!("r-{n}")))).unwrap();
    }
    let mut receipts = hub.police(POLICE).await.report_stream(outbox).await.unwrap().into_inner();
    let first = receipts.next().await.unwrap().unwrap().receipt.unwrap();
    hub.draining.cancel();
    let (rest, end) = collected(receipts).await;
    assert_eq!(end.unwrap().code(), Code::Unavailable);
    let all: Vec<_> = std::iter::once(first).chain(rest).collect();
    let ordinals: Vec<_> = all.iter().map(|receipt| receipt.ordinal).collect();
    assert_eq!(ordinals, (1..=all.len() as u64).collect::<Vec<_>>());
    assert!(all.iter().all(|receipt| matches!(receipt.outcome, Some(Outcome::Accepted(_)))));
    // Whatever was begun has been finished and told: nothing is in the log without a receipt.
    assert_eq!(hub.stored().await.len(), all.len());
}
