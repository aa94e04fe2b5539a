//! Nothing personal gets out: signals with a canary in every field that somebody fills in, and not one of them in what the
//! receiver of traces gets or operators read.

use data_encoding::{BASE64, HEXLOWER};
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::receipt::Outcome;
use seinhuis_contract::proto::ingest::v1::subject::Identifier;
use seinhuis_contract::proto::ingest::v1::{
    Address, CivilDate, Common, GeoPoint, HousingSignal, MunicipalSignal, PersonIdentity, PoliceSignal,
    Subject,
};
use seinhuis_domain::kind::Kind;
use seinhuis_testkit::{MailSink, OtlpSink, Spans, Topology};
use serde_json::Value;
use tonic::codegen::http::uri::PathAndQuery;

use super::{PATIENCE, Partner, connected, reported, traced};
use crate::left_lying::{common, fast, mailing, signal};
use crate::scene::report;

/// What is personal, or somebody wrote: names, numbers, an address, a point, free text, and what partners call things.
const CANARIES: &[&str] = &[
    "Canarina",
    "Zanger-Vogelaar",
    "999990032",
    "kanarie-sleutel",
    "huishouden-geelsnavel",
    "roept des nachts om hulp",
    "7071AB",
    "51.88123",
    "zangvogel-kenmerk",
    "zangvogel-zaak",
    "zangvogel-kanaal",
    "1953-07-21",
    "regisseur-geelsnavel",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_is_in_what_a_receiver_of_traces_gets_or_operators_read() {
    let (sink, mails) = (OtlpSink::start().unwrap(), MailSink::start().unwrap());
    let hub = traced(fast(mailing(Topology::Embedded.hub("oude-ijsselstreek").unwrap(), &mails)), &sink)
        .with("SEINHUIS_LOG__FORMAT", "json")
        .with("SEINHUIS_LOG__FILTER", "debug");
    let [wonion, politie, gemeente] =
        ["wonion", "politie", "gemeente"].map(|partner| hub.partner(partner).unwrap());
    let regisseur = hub.person("gebiedsregisseur-ulft").unwrap();
    let served = Topology::Embedded.serve(&hub).unwrap();
    let url = served.ingest();
    for (token, signal) in [(&wonion, housing()), (&politie, police()), (&gemeente, municipal())] {
        let receipt = report(url, token, signal).await;
        assert!(matches!(receipt.outcome, Some(Outcome::Accepted(_))), "{receipt:?}");
    }
    let (channel, partner) = (connected(url).await, Partner::number(1));
    reported(&channel, &wonion, signal(), &partner.traceparent()).await;
    // What no caller should send: a name for a trace, and for a call.
    reported(&channel, &wonion, housing(), "Canarina Zanger-Vogelaar").await;
    let path = PathAndQuery::from_static("/seinhuis.ingest.v1.HousingIngestService/Canarina");
    made_up(channel, path).await;
    let mails = tokio::task::spawn_blocking(move || mails.wait_for(3, PATIENCE)).await.unwrap();
    assert!(mails.len() >= 3, "{mails:#?}\n{}", hub.log());
    let case = mails[0].lines().find_map(|line| line.strip_prefix("Subject: Zaak ")).unwrap();
    let number = case.split(' ').next().unwrap();
    let note = format!("{} {}", CANARIES[0], CANARIES[5]);
    let ask = |arguments: &[&str]| hub.ask(served.monitor(), &regisseur, arguments).unwrap();
    ask(&["act", number, "decide", "--note", &note]);
    ask(&["case", number, "--content"]);
    ask(&["case", "regisseur-geelsnavel"]);
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());

    let spans = sink.spans(PATIENCE, |spans| spans.named("send notice").count() >= 3).unwrap();
    for step in ["report signal", "place signal", "fire timer", "seinhuis.case.v1.CaseService/GetCase"] {
        assert!(spans.named(step).count() > 0, "{step} is missing");
    }
    let (sent, log) = (sink.raw(), hub.log());
    assert!(holds(&sent, partner.trace_bytes().as_slice()), "what was sent is looked through");
    for canary in CANARIES {
        for form in
            [(*canary).to_owned(), HEXLOWER.encode(canary.as_bytes()), BASE64.encode(canary.as_bytes())]
        {
            assert!(!holds(&sent, form.as_bytes()), "{form} was sent");
            let line = log.lines().find(|line| line.contains(&form));
            assert_eq!(line, None, "{form} was written for operators");
        }
    }
    lines_say_where_they_were_written(&log, &spans);
}

/// Lines that were written within a step say so; each is an object as any other.
fn lines_say_where_they_were_written(log: &str, spans: &Spans) {
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect(line));
    let placed: Vec<Value> = lines.filter(|line| line["trace_id"].is_string()).collect();
    let in_step = |line: &Value| {
        spans.0.iter().any(|span| line["trace_id"] == *span.trace && line["span_id"] == *span.id)
    };
    assert!(!placed.is_empty() && placed.iter().all(in_step), "{placed:#?}");
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

impl Partner {
    fn trace_bytes(&self) -> Vec<u8> {
        HEXLOWER.decode(self.trace.as_bytes()).unwrap()
    }
}

/// A call by a name that is none.
async fn made_up(channel: tonic::transport::Channel, path: PathAndQuery) {
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<HousingSignal, HousingSignal>::default();
    let refused = client.unary(tonic::Request::new(HousingSignal::default()), path, codec).await;
    assert!(refused.is_err());
}

/// What signals of any kind say, with a canary in each field.
fn about_somebody() -> Common {
    let [name, bsn] = [format!("{} {}", CANARIES[0], CANARIES[1]), CANARIES[2].to_owned()];
    let born = Some(CivilDate { year: 1953, month: 7, day: 21 });
    let by = |identifier, name: &str| Subject {
        identifier: Some(identifier),
        name: name.into(),
        birth_date: born,
    };
    let subjects = vec![
        by(Identifier::Bsn(bsn.clone()), &name),
        by(Identifier::PartnerKey(CANARIES[3].into()), ""),
        by(Identifier::Person(PersonIdentity { name: name.clone(), birth_date: born }), ""),
    ];
    Common {
        reference: CANARIES[8].into(),
        subjects,
        household_key: CANARIES[4].into(),
        free_text: format!("{name} ({bsn}) {}", CANARIES[5]),
        address: Some(Address { postcode: CANARIES[6].into(), house_number: 12, addition: "bis".into() }),
        point: Some(GeoPoint { lon: 6.38123, lat: 51.88123 }),
        channel: CANARIES[10].into(),
        ..common()
    }
}

fn housing() -> SectorSignal {
    let SectorSignal::Housing(signal) =
        SectorSignal::new(Kind::from_code("housing.fin.hua").unwrap(), about_somebody())
    else {
        unreachable!("it is about housing")
    };
    SectorSignal::Housing(HousingSignal { case_number: CANARIES[9].into(), arrears_months: 3, ..signal })
}

fn police() -> SectorSignal {
    let SectorSignal::Police(signal) =
        SectorSignal::new(Kind::from_code("police.e33").unwrap(), about_somebody())
    else {
        unreachable!("it is about the police")
    };
    SectorSignal::Police(PoliceSignal { incident_number: CANARIES[9].into(), ..signal })
}

fn municipal() -> SectorSignal {
    let SectorSignal::Municipal(signal) =
        SectorSignal::new(Kind::from_code("municipal.nuisance").unwrap(), about_somebody())
    else {
        unreachable!("it is about the municipality")
    };
    SectorSignal::Municipal(MunicipalSignal { desk_number: CANARIES[9].into(), ..signal })
}
