//! One trace, followed through a process for each role.

use std::collections::BTreeSet;

use seinhuis_testkit::{MailSink, OtlpSink, Span, Spans, Topology};

use super::{PATIENCE, Partner, connected, reported, traced};
use crate::left_lying::{fast, mailing, signal};

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_days_later_is_followed_back_to_the_partners_call_through_every_process() {
    let (sink, mails) = (OtlpSink::start().unwrap(), MailSink::start().unwrap());
    let hub = traced(fast(mailing(Topology::Split.hub("oude-ijsselstreek").unwrap(), &mails)), &sink);
    let (wonion, partner) = (hub.partner("wonion").unwrap(), Partner::number(1));
    let served = Topology::Split.serve(&hub).unwrap();
    let channel = connected(served.ingest()).await;
    reported(&channel, &wonion, signal(), &partner.traceparent()).await;
    let mails = tokio::task::spawn_blocking(move || mails.wait_for(3, PATIENCE)).await.unwrap();
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
    let spans = sink.spans(PATIENCE, |spans| spans.named("send notice").count() >= 3).unwrap();

    let sent: Vec<&Span> = spans.named("send notice").collect();
    assert_eq!((sent.len(), mails.len()), (3, 3), "{spans:#?}\n{}", hub.log());
    for mail in &sent {
        let origins = spans.origins(mail);
        assert_eq!(origins.unknown, BTreeSet::from([partner.span.clone()]), "{spans:#?}");
        let call = "seinhuis.ingest.v1.HousingIngestService/Report";
        let way = BTreeSet::from([call, "report signal", "place signal", "fire timer", "send notice"]);
        assert_eq!(origins.names(), way);
        let roles: BTreeSet<&str> = origins.found.iter().map(|span| role(span)).collect();
        assert_eq!(roles, BTreeSet::from(["ingest", "casework", "escalation", "notify"]));
    }
    the_call_and_what_was_done_in_it_are_one_trace(&spans, &partner);
    what_goes_over_the_bus_is_part_of_it(&spans);
    let climbed: BTreeSet<&str> = spans.named("fire timer").map(|span| span.trace.as_str()).collect();
    for mail in &mails {
        let named = mail.lines().find_map(|line| line.strip_prefix("X-Seinhuis-Trace: "));
        assert!(named.is_some_and(|trace| climbed.contains(trace)), "{climbed:?}\n{mail}");
    }
    let instances: BTreeSet<_> = spans.0.iter().map(|span| &span.resource["service.instance.id"]).collect();
    assert!(instances.len() >= 5, "{instances:?}");
    assert!(spans.0.iter().all(|span| span.resource["service.name"] == "seinhuis" && !span.failed));
}

fn the_call_and_what_was_done_in_it_are_one_trace(spans: &Spans, partner: &Partner) {
    let [call] = spans.named("seinhuis.ingest.v1.HousingIngestService/Report").collect::<Vec<_>>()[..] else {
        panic!("{spans:#?}")
    };
    assert_eq!((&call.trace, &call.parent), (&partner.trace, &partner.span));
    assert_eq!((call.kind, call.says("rpc.system.name")), (2, "grpc"));
    assert_eq!(call.says("rpc.response.status_code"), "OK");
    let within = |name: &str, parent: &Span| {
        let found = spans.named(name).find(|span| span.parent == parent.id).unwrap();
        assert_eq!(found.trace, partner.trace, "{name}");
        found.clone()
    };
    let report = within("report signal", call);
    assert_eq!((report.says("seinhuis.sector"), report.says("seinhuis.outcome")), ("housing", "NEW"));
    assert_eq!(report.says("seinhuis.area"), "WK150900");
    let append = within("append", &report);
    assert_eq!((append.kind, append.says("db.system.name")), (3, "postgresql"));
    assert_eq!(append.says("seinhuis.position"), report.says("seinhuis.position"));
    let place = spans.named("place signal").next().unwrap();
    assert_eq!(place.says("seinhuis.signal.position"), report.says("seinhuis.position"));
}

fn what_goes_over_the_bus_is_part_of_it(spans: &Spans) {
    let published: BTreeSet<&str> = spans.named("publish event").map(role).collect();
    assert_eq!(published, BTreeSet::from(["relay"]));
    let said: BTreeSet<&str> = spans.named("send wake-up").map(|span| span.id.as_str()).collect();
    let heard = spans.named("process wake-up").collect::<Vec<_>>();
    assert!(!heard.is_empty(), "{spans:#?}");
    assert!(heard.iter().all(|span| said.contains(span.parent.as_str())), "{spans:#?}");
}

fn role(span: &Span) -> &str {
    &span.resource["seinhuis.role"]
}
