//! A person can be forgotten: never in plain sight before, nowhere at all afterwards, and the log still verifies.

use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{Common, Subject, receipt::Outcome, subject::Identifier};
use seinhuis_domain::kind::Kind;
use seinhuis_testkit::{Hub, Served, Topology};

use crate::scene::report;

const NAME: &str = "Canarina Zanger-Vogelaar";
const BSN: &str = "999990032";

async fn reported(url: &str, token: &str, reference: &str) -> String {
    let subject =
        Subject { identifier: Some(Identifier::Bsn(BSN.into())), name: NAME.into(), ..Default::default() };
    let now = jiff::Timestamp::from_second(1_767_225_600).unwrap();
    let common = Common {
        reference: reference.into(),
        occurred_at: Some(seinhuis_contract::time::to_wire(now)),
        area_code: "WK150900".into(),
        subjects: vec![subject],
        free_text: format!("Mevrouw {NAME} ({BSN}) betaalt niet."),
        urgency: 1,
        ..Default::default()
    };
    let signal = SectorSignal::new(Kind::from_code("housing.fin.hua").unwrap(), common);
    match report(url, token, signal).await.outcome {
        Some(Outcome::Accepted(accepted)) => accepted.signal_id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_erasure_the_person_is_found_nowhere_and_the_log_still_verifies() {
    found_nowhere(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_erasure_the_person_is_found_nowhere_and_the_log_still_verifies_when_split() {
    found_nowhere(Topology::Split).await;
}

async fn found_nowhere(topology: Topology) {
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    let wonion = hub.partner("wonion").unwrap();
    let regisseur = hub.person("gebiedsregisseur-ulft").unwrap();
    let served = topology.serve(&hub).unwrap();
    let signal = reported(served.ingest(), &wonion, "canary-1").await;
    let case = seinhuis_domain::ids::CaseId::opened_by(signal.parse().unwrap()).to_string();

    // Those who work on the case can read it: the content is there, and sealed.
    let ask = |arguments: &[&str]| hub.ask(served.monitor(), &regisseur, arguments).unwrap();
    let mut read = ask(&["case", &case, "--content", "--json"]);
    for _ in 0..200 {
        if read.code == 0 {
            break;
        }
        read = ask(&["case", &case, "--content", "--json"]);
    }
    assert!(read.out.contains(NAME) && read.out.contains(BSN), "{read:?}");
    assert_eq!(hub.found(&[NAME, BSN]).unwrap(), Vec::<String>::new(), "in plain sight before the erasure");

    let subject = read.json().unwrap()["signals"][0]["subjects"][0].as_str().unwrap().to_owned();
    assert_eq!(hub.run(&["subject", "erase", &subject, "--reason", "request"]).unwrap().code, 0);
    let mut after = ask(&["case", &case, "--content", "--json"]);
    for _ in 0..200 {
        if !after.out.contains(NAME) {
            break;
        }
        after = ask(&["case", &case, "--content", "--json"]);
    }
    assert_eq!(after.code, 0, "the case remains: {after:?}");
    assert!(!after.out.contains(NAME) && !after.out.contains(BSN), "{}", after.out);
    assert!(after.out.contains("erased"), "{}", after.out);

    assert_eq!(served.stop().unwrap(), 0);
    assert_eq!(hub.found(&[NAME, BSN]).unwrap(), Vec::<String>::new());
    assert!(!hub.log().contains(NAME) && !hub.log().contains(BSN), "in what operators read");
    let verdict = hub.run(&["verify", "--json"]).unwrap().json().unwrap();
    assert_eq!(verdict["sound"], true, "{verdict}");
}

/// A hub with one signal about one person: his pseudonym, his case, and the token of who may see it.
async fn subject_of(topology: Topology, hub: &Hub) -> (Served, [String; 3]) {
    let wonion = hub.partner("wonion").unwrap();
    let regisseur = hub.person("gebiedsregisseur-ulft").unwrap();
    let served = topology.serve(hub).unwrap();
    let signal = reported(served.ingest(), &wonion, "canary-1").await;
    let case = seinhuis_domain::ids::CaseId::opened_by(signal.parse().unwrap()).to_string();
    loop {
        let read = hub.ask(served.monitor(), &regisseur, &["case", &case, "--content", "--json"]).unwrap();
        if read.code == 0 {
            let subject = read.json().unwrap()["signals"][0]["subjects"][0].as_str().unwrap().to_owned();
            return (served, [subject, case, regisseur]);
        }
    }
}

fn show(hub: &Hub, subject: &str) -> serde_json::Value {
    hub.run(&["subject", "show", subject, "--json"]).unwrap().json().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_is_held_is_not_erased_until_he_is_released_and_all_of_it_is_recorded() {
    held_and_released(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_is_held_is_not_erased_until_he_is_released_when_split() {
    held_and_released(Topology::Split).await;
}

async fn held_and_released(topology: Topology) {
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    let (served, [subject, case, regisseur]) = subject_of(topology, &hub).await;
    let held = hub.run(&["subject", "hold", &subject, "--reason", "proceedings"]).unwrap();
    assert_eq!(held.code, 0, "{held:?}");
    let erase = ["subject", "erase", &subject, "--reason", "request"];
    let refused = hub.run(&erase).unwrap();
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("it is held: proceedings, until it is lifted"), "{}", refused.err);
    assert_eq!(show(&hub, &subject)["key"], "active");
    let no_reason = hub.run(&["subject", "erase", &subject]).unwrap();
    assert!(no_reason.code != 0 && no_reason.err.contains("--reason"), "{no_reason:?}");

    assert_eq!(hub.run(&["subject", "release", &subject]).unwrap().code, 0);
    assert_eq!(hub.run(&erase).unwrap().code, 0);
    let late = hub.run(&["subject", "hold", &subject, "--reason", "claim"]).unwrap();
    assert!(late.code == 1 && late.err.contains("it is erased"), "{late:?}");
    let shown = show(&hub, &subject);
    assert_eq!((&shown["key"], &shown["erased"]), (&"erased".into(), &true.into()), "{shown}");
    let events = shown["events"].as_array().unwrap();
    let told: Vec<_> = events.iter().map(|event| event["said"].as_str().unwrap()).collect();
    let wanted =
        ["held: proceedings", "released: proceedings", "erasure ordered: request", "erased: request"];
    assert_eq!(told, wanted);
    // Who comes first, the command or the serving hub, ends what was ordered.
    assert!(events[..3].iter().all(|event| event["actor"] == "admin:terminal"), "{shown}");

    let why = hub.ask(served.monitor(), &regisseur, &["why", &case]).unwrap();
    assert!(why.out.contains("iemand in deze zaak is gewist: verzoek van de betrokkene"), "{why:?}");
    assert_eq!(served.stop().unwrap(), 0);
    let verdict = hub.run(&["verify", "--json"]).unwrap().json().unwrap();
    assert_eq!(verdict["sound"], true, "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_was_ordered_and_left_lying_is_done_by_the_hub() {
    ordered_and_left_lying(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_was_ordered_and_left_lying_is_done_by_the_hub_when_split() {
    ordered_and_left_lying(Topology::Split).await;
}

/// As after a crash between the order and the destruction of the keys.
async fn ordered_and_left_lying(topology: Topology) {
    use seinhuis_domain::subject::{ErasureReason, Subject as Aggregate, SubjectCommand};
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    let (served, [subject, ..]) = subject_of(topology, &hub).await;
    served.kill().unwrap();
    let log = seinhuis_eventstore::Log::open(&hub.log_url()).await.unwrap();
    let at = jiff::Timestamp::from_second(1_767_225_600).unwrap();
    let context = seinhuis_eventstore::Context { actor: "admin:terminal".into(), at, trace: None };
    let today = jiff::civil::date(2026, 1, 1);
    let id = subject.parse().unwrap();
    let order = SubjectCommand::OrderErasure { subject: id, reason: ErasureReason::Retention, today };
    log.execute::<Aggregate>(&(), &subject, order, &context).await.unwrap();
    log.close().await;
    assert_eq!(show(&hub, &subject)["key"], "active");

    let served = topology.serve(&hub).unwrap();
    let mut shown = show(&hub, &subject);
    while shown["erased"] != true {
        shown = show(&hub, &subject);
    }
    assert_eq!(shown["key"], "erased");
    let last = shown["events"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["said"], &last["actor"]), (&"erased: retention".into(), &"role:erasure".into()));
    assert_eq!(served.stop().unwrap(), 0);
}
