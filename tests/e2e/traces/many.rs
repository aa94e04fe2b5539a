//! Of many cases each mail leads back to the call that its case began with.

use std::collections::BTreeMap;

use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::Common;
use seinhuis_domain::kind::Kind;
use seinhuis_testkit::{MailSink, OtlpSink, Topology};

use super::{PATIENCE, Partner, connected, reported, traced};
use crate::left_lying::{common, fast, mailing};

const CASES: u64 = 200;
/// Team, regisseur, college: three rungs above the workfloor, one person each.
const MAILS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_of_two_hundred_cases_leads_back_to_the_call_of_its_own() {
    let (sink, mails) = (OtlpSink::start().unwrap(), MailSink::start().unwrap());
    let hub = traced(fast(mailing(Topology::Embedded.hub("oude-ijsselstreek").unwrap(), &mails)), &sink);
    let wonion = hub.partner("wonion").unwrap();
    let served = Topology::Embedded.serve(&hub).unwrap();
    let channel = connected(served.ingest()).await;
    for number in 1..=CASES {
        reported(&channel, &wonion, signal(number), &Partner::number(number).traceparent()).await;
    }
    let all = MAILS * CASES as usize;
    let mails = tokio::task::spawn_blocking(move || mails.wait_for(all, PATIENCE)).await.unwrap();
    assert_eq!((served.stop().unwrap(), mails.len()), (0, all), "{}", hub.log());
    let spans = sink.spans(PATIENCE, |spans| spans.named("send notice").count() >= all).unwrap();

    let mut by_call: BTreeMap<String, usize> = BTreeMap::new();
    for mail in spans.named("send notice") {
        let origins = spans.origins(mail);
        assert_eq!(origins.unknown.len(), 1, "{:?} from {origins:#?}", mail);
        *by_call.entry(origins.unknown.into_iter().next().unwrap()).or_default() += 1;
    }
    let expected = (1..=CASES).map(|number| (Partner::number(number).span, MAILS)).collect();
    assert_eq!(by_call, expected);
}

/// About nobody, so that each is a case of its own.
fn signal(number: u64) -> SectorSignal {
    let common = Common { reference: format!("left-lying-{number}"), ..common() };
    SectorSignal::new(Kind::from_code("housing.fin.hua").unwrap(), common)
}
