//! The database takes a signal in and the connection breaks before it says so. The partner is asked to come back, and gets
//! the first receipt (INV-3).

use futures::StreamExt;
use seinhuis::client::authed;
use seinhuis::door;
use seinhuis_contract::proto::ingest::v1::{Disposition, receipt::Outcome};
use seinhuis_domain::sector::Sector;
use seinhuis_testkit::{Hub, Postgres, Proxy};

use crate::kill::signal;

/// What became of one signal that was sent.
async fn sent(url: &str, token: &str, reference: &str) -> Outcome {
    let channel = tonic::transport::Endpoint::from_shared(url.to_owned()).unwrap().connect().await.unwrap();
    let signals = futures::stream::iter([signal(reference, 1)]);
    let hub = authed(channel, token).unwrap();
    let mut receipts = door::report(hub, Sector::Housing, signals).await.unwrap();
    receipts.next().await.unwrap().unwrap().outcome.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn inv3_a_partner_whose_receipt_was_lost_below_gets_the_first_one_by_sending_again() {
    let server = Postgres::start_private(&[]).unwrap();
    let proxy = Proxy::start(server.port().unwrap()).unwrap();
    let log = proxy.address(&server.database().unwrap()).unwrap();
    let hub = Hub::new("oude-ijsselstreek")
        .unwrap()
        .with("SEINHUIS_DATA__LOG_URL", &log)
        .with("SEINHUIS_CLOCK__START", "2026-03-02T07:00:00Z");
    let token = hub.partner("wonion").unwrap();
    let process = hub.serve().unwrap();
    proxy.lose_answer(b"zaak-lost");
    let lost = sent(&process.url, &token, "zaak-lost").await;
    proxy.until_lost().unwrap();
    let Outcome::Refused(refused) = lost else { panic!("{lost:?}") };
    assert!(refused.retryable && refused.retry_after.is_some(), "{refused:?}");

    let Outcome::Accepted(first) = sent(&process.url, &token, "zaak-lost").await else { panic!() };
    assert_eq!(first.disposition(), Disposition::Duplicate, "it was in the log all the time");
    assert_eq!(process.stop().unwrap(), 0, "{}", hub.log());
    assert!(hub.log().contains("it is out of reach"), "operators are told: {}", hub.log());
    let process = hub.serve().unwrap();
    let again = sent(&process.url, &token, "zaak-lost").await;
    assert_eq!(again, Outcome::Accepted(first), "also after a restart");
    assert_eq!(process.stop().unwrap(), 0, "{}", hub.log());
    assert_eq!(hub.run(&["verify", "--json"]).unwrap().json().unwrap()["sound"], true);
}
