//! Bad input: one clear error each, counted, nothing stored, nothing else disturbed.

use prost::Message;
use seinhuis_contract::proto::ingest::v1::subject::Identifier;
use seinhuis_contract::proto::ingest::v1::{
    Common, GeoPoint, PoliceIngestServiceReportRequest, PoliceIngestServiceReportResponse, PoliceSignal,
    Subject,
};
use seinhuis_contract::time;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::hub::{EXPIRED, HOUSING, Hub, NOBODY, POLICE, REGISSEUR, bearer, common, now, one, police};
use crate::raw::{RawCodec, broken_text};

/// The fields that a refusal names.
fn fields(status: &Status) -> Vec<String> {
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let details = status.get_details_bad_request().unwrap();
    details.field_violations.into_iter().map(|violation| violation.field).collect()
}

#[tokio::test]
async fn each_bad_field_is_refused_by_its_name_and_nothing_is_stored() {
    let hub = Hub::start().await;
    let mut client = hub.police(POLICE).await;
    let good = || common("2026-17");
    let future = now().checked_add(jiff::SignedDuration::from_mins(6)).unwrap();
    let subject = Subject { identifier: Some(Identifier::Bsn("123456789".into())), ..Default::default() };
    let bad = [
        (police(Common { reference: String::new(), ..good() }), "signal.common.reference"),
        (police(Common { occurred_at: Some(time::to_wire(future)), ..good() }), "signal.common.occurred_at"),
        (police(Common { area_code: "WK999999".into(), ..good() }), "signal.common.area_code"),
        (police(Common { area_code: String::new(), ..good() }), "signal.common.area_code"),
        (
            police(Common { area_code: String::new(), area_name: "Amsterdam".into(), ..good() }),
            "signal.common.area_name",
        ),
        (police(Common { point: Some(GeoPoint { lon: 4.9, lat: 52.37 }), ..good() }), "signal.common.point"),
        (police(Common { free_text: "x".repeat(8193), ..good() }), "signal.common.free_text"),
        (police(Common { subjects: vec![subject], ..good() }), "signal.common.subjects[0].bsn"),
        (PoliceSignal { kind: 99, ..police(good()) }, "signal.kind"),
        (PoliceSignal { kind: 0, ..police(good()) }, "signal.kind"),
    ];
    let many = bad.len();
    for (signal, field) in bad {
        let request = PoliceIngestServiceReportRequest { signal: Some(signal) };
        let status = client.report(request).await.unwrap_err();
        assert_eq!(fields(&status), [field]);
        assert_eq!(status.get_details_error_info().unwrap().reason, "INVALID");
    }
    let nothing = client.report(PoliceIngestServiceReportRequest { signal: None }).await.unwrap_err();
    assert_eq!(fields(&nothing), ["signal"]);
    assert_eq!((hub.counted("INVALID"), hub.stored().await.len()), (many + 1, 0));
    client.report(one(good())).await.unwrap();
}

#[tokio::test]
async fn everything_wrong_is_told_at_once_and_nothing_personal_is_repeated() {
    let hub = Hub::start().await;
    let subject = Subject { identifier: Some(Identifier::Bsn("CANARY".into())), ..Default::default() };
    let wrong = Common { subjects: vec![subject], free_text: "CANARY".repeat(2000), ..Common::default() };
    let status = hub.police(POLICE).await.report(one(wrong)).await.unwrap_err();
    assert_eq!(fields(&status).len(), 5, "{status:?}");
    assert!(!format!("{status:?}").contains("CANARY"));
    assert!(!status.details().windows(6).any(|window| window == b"CANARY"));
}

#[tokio::test]
async fn only_a_token_that_counts_opens_a_door_and_only_its_own() {
    let hub = Hub::start().await;
    let asked = async |n: u8| {
        let status = hub.police(n).await.report(one(common("2026-17"))).await.unwrap_err();
        (status.code(), status.get_details_error_info().unwrap().reason)
    };
    assert_eq!(asked(HOUSING).await, (Code::PermissionDenied, "NOT_ALLOWED".into()));
    assert_eq!(asked(REGISSEUR).await, (Code::PermissionDenied, "NOT_ALLOWED".into()));
    assert_eq!(asked(EXPIRED).await, (Code::Unauthenticated, "EXPIRED_TOKEN".into()));
    assert_eq!(asked(NOBODY).await, (Code::Unauthenticated, "UNKNOWN_TOKEN".into()));
    let mut without = hub.police_without_token().await;
    assert_eq!(without.report(one(common("2026-17"))).await.unwrap_err().code(), Code::Unauthenticated);
    assert_eq!(hub.counted("NO_TOKEN") + hub.counted("UNKNOWN_TOKEN") + hub.counted("EXPIRED_TOKEN"), 3);
    assert_eq!((hub.counted("NOT_ALLOWED"), hub.stored().await.len()), (2, 0));
}

#[tokio::test]
async fn a_message_above_the_limit_is_refused_and_says_the_limit() {
    let hub = Hub::start().await;
    let huge = Common { free_text: "x".repeat(70_000), ..common("2026-17") };
    let status = hub.police(POLICE).await.report(one(huge)).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange);
    assert!(status.message().contains("65536"), "{}", status.message());
    assert_eq!(hub.stored().await.len(), 0);
}

async fn report_raw(hub: &Hub, bytes: Vec<u8>) -> Status {
    let mut grpc = tonic::client::Grpc::new(hub.channel().await);
    grpc.ready().await.unwrap();
    let mut request = tonic::Request::new(bytes);
    request.metadata_mut().insert("authorization", bearer(POLICE));
    let path = PathAndQuery::from_static("/seinhuis.ingest.v1.PoliceIngestService/Report");
    let codec = RawCodec::<PoliceIngestServiceReportResponse>::default();
    grpc.unary(request, path, codec).await.unwrap_err()
}

#[tokio::test]
async fn a_text_that_is_no_utf8_is_refused_with_the_field_it_stands_in() {
    let hub = Hub::start().await;
    let request = one(Common { free_text: "MARKED".into(), ..common("2026-17") });
    let status = report_raw(&hub, broken_text(&request, "MARKED")).await;
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("free_text"), "{}", status.message());
    assert_eq!(status.get_details_error_info().unwrap().reason, "UNDECODABLE");
    let cut = request.encode_to_vec();
    assert_eq!(report_raw(&hub, cut[..cut.len() - 3].to_vec()).await.code(), Code::InvalidArgument);
    assert_eq!((hub.counted("UNDECODABLE"), hub.stored().await.len()), (2, 0));
}
