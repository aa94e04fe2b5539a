//! Streams: one receipt per signal, in order, whatever comes.

use std::num::{NonZeroU32, NonZeroUsize};

use futures::StreamExt;
use jiff::SignedDuration;
use prost::Message;
use seinhuis_contract::proto::ingest::v1::receipt::Outcome;
use seinhuis_contract::proto::ingest::v1::{
    Common, PoliceIngestServiceReportStreamResponse as Answer, Receipt, RefusalReason, Refused,
};
use seinhuis_contract::time;
use seinhuis_ingest::Limits;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::hub::{Hub, POLICE, bearer, common, next};
use crate::raw::{RawCodec, broken_text};

/// Sends all of it, and hands back the receipts and how the stream ended.
async fn streamed(hub: &Hub, sent: Vec<Common>) -> (Vec<Receipt>, Option<Status>) {
    let signals = futures::stream::iter(sent.into_iter().map(next));
    let receipts = hub.police(POLICE).await.report_stream(signals).await.unwrap().into_inner();
    collected(receipts).await
}

pub(crate) async fn collected(mut receipts: tonic::Streaming<Answer>) -> (Vec<Receipt>, Option<Status>) {
    let mut got = Vec::new();
    loop {
        match receipts.next().await {
            Some(Ok(answer)) => got.push(answer.receipt.unwrap()),
            Some(Err(status)) => return (got, Some(status)),
            None => return (got, None),
        }
    }
}

fn refused(receipt: &Receipt) -> Option<&Refused> {
    match receipt.outcome.as_ref().unwrap() {
        Outcome::Refused(refused) => Some(refused),
        Outcome::Accepted(_) => None,
    }
}

fn position(receipt: &Receipt) -> Option<u64> {
    match receipt.outcome.as_ref().unwrap() {
        Outcome::Accepted(accepted) => Some(accepted.position),
        Outcome::Refused(_) => None,
    }
}

#[tokio::test]
async fn a_thousand_signals_in_flight_get_a_thousand_receipts_in_order() {
    let hub = Hub::with(Limits { in_flight: NonZeroUsize::new(1000).unwrap(), ..Limits::default() }).await;
    let (receipts, end) = streamed(&hub, (0..1000).map(|n| common(&format!("r-{n}"))).collect()).await;
    assert!(end.is_none(), "{end:?}");
    let expected: Vec<_> = (0..1000).map(|n| (n + 1, format!("r-{n}"))).collect();
    let got: Vec<_> = receipts.iter().map(|r| (r.ordinal, r.reference.clone())).collect();
    assert_eq!(got, expected);
    let mut positions: Vec<_> = receipts.iter().map(|r| position(r).unwrap()).collect();
    positions.sort_unstable();
    assert_eq!(positions, (1..=1000).collect::<Vec<u64>>());
    assert_eq!((hub.stored().await.len(), hub.counted("NEW")), (1000, 1000));
}

#[tokio::test]
async fn a_bad_signal_is_refused_and_the_stream_goes_on() {
    let hub = Hub::start().await;
    let bad = |n: usize| n % 7 == 3;
    let sent = (0..100).map(|n| {
        let good = common(&format!("r-{n}"));
        if bad(n) { Common { area_code: "WK999999".into(), ..good } } else { good }
    });
    let (receipts, end) = streamed(&hub, sent.collect()).await;
    assert!(end.is_none(), "{end:?}");
    assert_eq!(receipts.len(), 100);
    for (n, receipt) in receipts.iter().enumerate() {
        assert_eq!((receipt.ordinal, receipt.reference.clone()), (n as u64 + 1, format!("r-{n}")));
        assert_eq!(refused(receipt).is_some(), bad(n), "{receipt:?}");
    }
    let violation = &refused(&receipts[3]).unwrap().violations[0];
    assert_eq!((violation.field.as_str(), violation.value.as_str()), ("signal.common.area_code", "WK999999"));
    assert_eq!(hub.stored().await.len(), receipts.iter().filter_map(position).count());
}

#[tokio::test]
async fn a_reused_reference_and_a_retry_have_their_receipts_in_the_stream() {
    let hub = Hub::start().await;
    let (first, _) = streamed(&hub, vec![common("r-1")]).await;
    let other = Common { area_code: "WK150901".into(), ..common("r-1") };
    let (receipts, _) = streamed(&hub, vec![common("r-1"), other, common("r-2")]).await;
    assert_eq!(position(&receipts[0]), position(&first[0]));
    assert_eq!(refused(&receipts[1]).unwrap().reason(), RefusalReason::ReferenceReused);
    assert_eq!(position(&receipts[2]), Some(2));
}

#[tokio::test]
async fn a_message_that_is_none_is_refused_and_the_stream_goes_on() {
    let hub = Hub::start().await;
    let marked = next(Common { free_text: "MARKED".into(), ..common("r-2") });
    let sent = vec![
        next(common("r-1")).encode_to_vec(),
        broken_text(&marked, "MARKED"),
        vec![0xff; 40],
        next(common("r-3")).encode_to_vec(),
        vec![],
        next(common("r-4")).encode_to_vec(),
    ];
    let mut grpc = tonic::client::Grpc::new(hub.channel().await);
    grpc.ready().await.unwrap();
    let mut request = tonic::Request::new(futures::stream::iter(sent));
    request.metadata_mut().insert("authorization", bearer(POLICE));
    let path = PathAndQuery::from_static("/seinhuis.ingest.v1.PoliceIngestService/ReportStream");
    let receipts = grpc.streaming(request, path, RawCodec::<Answer>::default()).await.unwrap().into_inner();
    let (receipts, end) = collected(receipts).await;
    assert!(end.is_none(), "{end:?}");
    let reasons: Vec<_> = receipts.iter().map(|r| refused(r).map(|refused| refused.reason())).collect();
    let (undecodable, invalid) = (Some(RefusalReason::Undecodable), Some(RefusalReason::Invalid));
    assert_eq!(reasons, [None, undecodable, undecodable, None, invalid, None]);
    assert!(refused(&receipts[1]).unwrap().message.contains("free_text"));
    assert_eq!(receipts.iter().map(|r| r.ordinal).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(hub.stored().await.len(), 3);
}

#[tokio::test]
async fn a_message_above_the_limit_ends_the_stream_after_the_receipts_before_it() {
    let hub = Hub::start().await;
    let huge = Common { free_text: "x".repeat(70_000), ..common("r-2") };
    let (receipts, end) = streamed(&hub, vec![common("r-1"), huge, common("r-3")]).await;
    assert_eq!(receipts.len(), 1);
    let end = end.unwrap();
    assert_eq!(end.code(), Code::OutOfRange);
    assert_eq!(end.get_details_error_info().unwrap().reason, "TOO_LARGE");
}

#[tokio::test]
async fn above_the_agreed_rate_signals_are_refused_with_the_time_to_wait() {
    let (rate, burst) = (NonZeroU32::new(10).unwrap(), NonZeroU32::new(5).unwrap());
    let hub = Hub::with(Limits { rate_per_second: rate, burst, ..Limits::default() }).await;
    let all = || (0..8).map(|n| common(&format!("r-{n}"))).collect::<Vec<_>>();
    let (receipts, end) = streamed(&hub, all()).await;
    assert!(end.is_none(), "{end:?}");
    assert_eq!(receipts.iter().filter_map(position).count(), 5);
    let waits = receipts[5..].iter().map(|r| refused(r).unwrap());
    for wait in waits {
        assert_eq!((wait.reason(), wait.retryable), (RefusalReason::RateLimited, true));
        let span = time::span_from_wire(&wait.retry_after.unwrap());
        assert_eq!(span, SignedDuration::from_millis(100));
    }
    let status = hub.police(POLICE).await.report(crate::hub::one(common("r-9"))).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.get_details_retry_info().unwrap().retry_delay.is_some());
    hub.clock.advance(SignedDuration::from_secs(1));
    let (receipts, _) = streamed(&hub, all()[5..].to_vec()).await;
    assert_eq!(receipts.iter().filter_map(position).count(), 3);
}

#[tokio::test]
async fn a_stream_ends_when_its_token_is_taken_away() {
    let hub = Hub::start().await;
    let (signals, outbox) = futures::channel::mpsc::unbounded();
    signals.unbounded_send(next(common("r-1"))).unwrap();
    let mut receipts = hub.police(POLICE).await.report_stream(outbox).await.unwrap().into_inner();
    assert!(receipts.next().await.unwrap().is_ok());
    hub.revoke("politie", POLICE);
    signals.unbounded_send(next(common("r-2"))).unwrap();
    assert_eq!(receipts.next().await.unwrap().unwrap_err().code(), Code::Unauthenticated);
    assert_eq!(hub.stored().await.len(), 1);
}
