//! A partner reports, a case is closed, and the partner hears what became of it: that, and nothing else of the case.

use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{Common, Subject, receipt::Outcome, subject::Identifier};
use seinhuis_domain::kind::Kind;
use seinhuis_testkit::{Said, Topology};
use serde_json::Value;

use crate::scene::{report, until};

const AREA: &str = "WK150900";
const NAME: &str = "Canarina Zanger-Vogelaar";
const BSN: &str = "999990032";
const TEXT: &str = "Mevrouw Zanger-Vogelaar heeft een betalingsregeling en wekelijks bezoek.";
const NOTE: &str = "kanarie: alleen voor het wijkteam";

#[tokio::test(flavor = "multi_thread")]
async fn who_reported_hears_what_became_of_it_until_the_person_is_erased() {
    hears_what_became_of_it(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reported_hears_what_became_of_it_until_the_person_is_erased_when_split() {
    hears_what_became_of_it(Topology::Split).await;
}

async fn hears_what_became_of_it(topology: Topology) {
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    let (wonion, politie) = (hub.partner("wonion").unwrap(), hub.partner("politie").unwrap());
    let regisseur = hub.person("gebiedsregisseur-ulft").unwrap();
    let served = topology.serve(&hub).unwrap();
    reported(served.ingest(), &wonion, "wonion-1").await;

    let ask = |token: &str, arguments: &[&str]| hub.ask(served.monitor(), token, arguments).unwrap();
    let number = |said: &Said| Some(said.json().ok()?["rows"][0]["number"].as_str()?.to_owned());
    let board = || ask(&regisseur, &["board", AREA, "--json"]);
    let case = number(&until(board, |said| number(said).is_some())).unwrap();
    let own = |token: &str| ask(token, &["signals", "--reference", "wonion-1", "--json"]);

    // Closed, it is owed to who reported: so say the board and the partner's own signals.
    assert_eq!(ask(&regisseur, &["act", &case, "resolve"]).code, 0);
    let owed =
        |said: &Said| said.json().is_ok_and(|board| board["feedbackOwed"][0]["number"] == case.as_str());
    until(board, owed);
    let due = |said: &Said| one(said).is_some_and(|signal| signal["feedbackDueAt"].is_string());
    until(|| own(&wonion), due);

    let seen = ask(&regisseur, &["case", &case, "--json"]).json().unwrap()["asOfPosition"].clone();
    let seen = seen.as_str().unwrap();
    let feedback = ["feedback", "--outcome", "resolved", "--text", TEXT, "--note", NOTE, "--seen", seen];
    let tell = || ask(&regisseur, &[&["act", &case], &feedback[..]].concat());
    let told = tell();
    assert_eq!(told.code, 0, "{told:?}");
    // Whoever sends it a second time from what he saw before is told what changed.
    let again = tell();
    assert!(again.code == 1 && again.err.contains("feedback given: resolved"), "{again:?}");

    let heard = |said: &Said| one(said).is_some_and(|signal| signal["told"][0]["text"] == TEXT);
    let signal = one(&until(|| own(&wonion), heard)).unwrap();
    assert_eq!(signal["feedback"], "FEEDBACK_OUTCOME_RESOLVED", "{signal:#}");
    assert!(signal["feedbackDueAt"].is_null() && !signal.to_string().contains(NOTE), "{signal:#}");
    let read = ask(&wonion, &["signals", "--reference", "wonion-1"]);
    assert!(read.out.contains("afgehandeld (resolved)") && read.out.contains(TEXT), "{read:?}");
    assert_eq!(one(&own(&politie)), None, "what another reported");
    let why = ask(&regisseur, &["why", &case]);
    assert!(why.out.contains("koppelt terug aan wie meldde: afgehandeld"), "{why:?}");
    until(board, |said| {
        said.json().is_ok_and(|board| board["feedbackOwed"].as_array().is_none_or(Vec::is_empty))
    });
    assert_eq!(hub.found(&["betalingsregeling", "kanarie: alleen"]).unwrap(), Vec::<String>::new());

    // The text goes with the person; that it was resolved remains.
    let shown = ask(&regisseur, &["case", &case, "--json"]).json().unwrap();
    let subject = shown["signals"][0]["subjects"][0].as_str().unwrap();
    assert_eq!(hub.run(&["subject", "erase", subject, "--reason", "request"]).unwrap().code, 0);
    let gone = |said: &Said| one(said).is_some_and(|signal| signal["told"][0]["erased"] == true);
    let erased = until(|| own(&wonion), gone);
    assert!(!erased.out.contains(TEXT), "{erased:?}");
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
    assert!(!hub.log().contains("betalingsregeling"), "in what operators read");
    assert_eq!(hub.run(&["verify", "--json"]).unwrap().json().unwrap()["sound"], true);
}

/// The one signal that was printed, if it is known yet.
fn one(said: &Said) -> Option<Value> {
    assert_eq!(said.code, 0, "{said:?}");
    said.out.lines().next().map(|line| serde_json::from_str(line).unwrap())
}

async fn reported(url: &str, token: &str, reference: &str) {
    let identifier = Some(Identifier::Bsn(BSN.into()));
    let subject = Subject { identifier, name: NAME.into(), ..Default::default() };
    let occurred = jiff::Timestamp::from_second(1_767_225_600).unwrap();
    let common = Common {
        reference: reference.into(),
        occurred_at: Some(seinhuis_contract::time::to_wire(occurred)),
        area_code: AREA.into(),
        subjects: vec![subject],
        urgency: 1,
        ..Default::default()
    };
    let signal = SectorSignal::new(Kind::from_code("housing.fin.hua").unwrap(), common);
    let receipt = report(url, token, signal).await;
    assert!(matches!(receipt.outcome, Some(Outcome::Accepted(_))), "{receipt:?}");
}
