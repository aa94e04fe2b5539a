//! Receipts, retries and reused references.

use jiff::SignedDuration;
use seinhuis_contract::proto::ingest::v1::{Common, Disposition};
use seinhuis_contract::time;
use seinhuis_domain::ids::{PartnerId, SignalId};
use tonic::Code;
use tonic_types::StatusExt;

use crate::hub::{Hub, POLICE, accepted, common, now, one};

#[tokio::test]
async fn a_receipt_names_the_place_in_the_log_where_the_signal_stands() {
    let hub = Hub::start().await;
    let mut client = hub.police(POLICE).await;
    let receipt = client.report(one(common("2026-17"))).await.unwrap().into_inner().receipt.unwrap();
    assert_eq!((receipt.ordinal, receipt.reference.as_str()), (1, "2026-17"));
    let accepted = accepted(Some(receipt));
    let id = SignalId::of(&PartnerId::new("politie").unwrap(), "2026-17");
    assert_eq!((accepted.position, accepted.signal_id.clone()), (1, id.to_string()));
    assert_eq!(accepted.disposition(), Disposition::New);
    let stored = &hub.stored().await[0];
    assert_eq!((stored.position.0, stored.stream.as_str()), (1, format!("signal-{id}").as_str()));
    assert_eq!((stored.actor.as_str(), stored.recorded_at), ("partner:politie", now()));
    assert_eq!(stored.area.as_ref().unwrap().as_str(), "WK150900");
    let facts = hub.facts(1).await;
    assert_eq!((facts.kind.code(), facts.occurred_at), ("police.e33", now()));
}

#[tokio::test]
async fn a_retry_gets_the_first_receipt_again_and_adds_nothing() {
    let hub = Hub::start().await;
    let mut client = hub.police(POLICE).await;
    let full =
        Common { free_text: "onrust op de hoek".into(), household_key: "D-17".into(), ..common("2026-17") };
    let first = accepted(client.report(one(full.clone())).await.unwrap().into_inner().receipt);
    hub.clock.advance(SignedDuration::from_hours(1));
    let again = accepted(client.report(one(full)).await.unwrap().into_inner().receipt);
    assert_eq!(again.disposition(), Disposition::Duplicate);
    let same = |a: &seinhuis_contract::proto::ingest::v1::Accepted| {
        (a.position, a.signal_id.clone(), time::from_wire(a.recorded_at.as_ref().unwrap()))
    };
    assert_eq!(same(&again), same(&first));
    assert_eq!((hub.stored().await.len(), hub.counted("DUPLICATE")), (1, 1));
}

#[tokio::test]
async fn of_many_who_send_the_same_at_once_one_is_new() {
    let hub = Hub::start().await;
    let client = hub.police(POLICE).await;
    let same = Common { free_text: "tekst".into(), ..common("2026-17") };
    let sent = (0..32).map(|_| {
        let (mut client, same) = (client.clone(), same.clone());
        tokio::spawn(async move { accepted(client.report(one(same)).await.unwrap().into_inner().receipt) })
    });
    let receipts: Vec<_> = futures::future::join_all(sent).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(receipts.iter().filter(|r| r.disposition() == Disposition::New).count(), 1);
    assert!(receipts.iter().all(|r| r.position == 1));
    assert_eq!(hub.stored().await.len(), 1);
}

#[tokio::test]
async fn a_reference_used_for_other_content_is_refused_and_says_so() {
    let hub = Hub::start().await;
    let mut client = hub.police(POLICE).await;
    let full = || Common { free_text: "een tekst".into(), ..common("2026-17") };
    client.report(one(full())).await.unwrap();
    let others = [
        Common { area_code: "WK150901".into(), ..full() },
        // Differs in what is sealed only.
        Common { free_text: "een andere tekst".into(), ..full() },
        Common { free_text: String::new(), ..full() },
    ];
    for other in others {
        let status = client.report(one(other)).await.unwrap_err();
        assert_eq!(status.code(), Code::AlreadyExists);
        assert!(status.message().contains("2026-17"), "{}", status.message());
        assert_eq!(status.get_details_error_info().unwrap().reason, "REFERENCE_REUSED");
    }
    assert_eq!((hub.stored().await.len(), hub.counted("REFERENCE_REUSED")), (1, 3));
}

#[tokio::test]
async fn the_trace_of_a_call_goes_into_the_log() {
    let hub = Hub::start().await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let mut request = tonic::Request::new(one(common("2026-17")));
    request.metadata_mut().insert("traceparent", trace.parse().unwrap());
    hub.police(POLICE).await.report(request).await.unwrap();
    assert_eq!(hub.stored().await[0].trace.as_deref(), Some(trace));
}
