//! A day's work: partners report, an official looks, asks why, and acts; operations see the events pass.

use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{Accepted, Common, Disposition, receipt::Outcome};
use seinhuis_domain::kind::Kind;
use seinhuis_testkit::{Hub, Said, Topology};
use serde_json::Value;

use crate::scene::{report, until};

const AREA: &str = "WK150900";

/// Reports one signal about a household and gives the receipt.
async fn accepted(url: &str, token: &str, kind: &str, reference: &str) -> Accepted {
    let at = jiff::Timestamp::from_second(1_767_225_600).unwrap();
    let common = Common {
        reference: reference.into(),
        occurred_at: Some(seinhuis_contract::time::to_wire(at)),
        area_code: AREA.into(),
        household_key: "7071AB 12".into(),
        urgency: 1,
        ..Default::default()
    };
    let signal = SectorSignal::new(Kind::from_code(kind).unwrap(), common);
    match report(url, token, signal).await.outcome {
        Some(Outcome::Accepted(accepted)) => accepted,
        other => panic!("{other:?}"),
    }
}

fn lines(said: &Said) -> Vec<Value> {
    said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn a_days_work(topology: Topology) {
    let hub: Hub = topology.hub("oude-ijsselstreek").unwrap();
    let (wonion, politie) = (hub.partner("wonion").unwrap(), hub.partner("politie").unwrap());
    let regisseur = hub.person("gebiedsregisseur-ulft").unwrap();
    let served = topology.serve(&hub).unwrap();
    let doors: Vec<_> = served.with_role("ingest").map(|process| process.url.clone()).collect();
    let (here, there) = (doors.first().unwrap(), doors.last().unwrap());

    // Wherever it comes in, a signal sent twice is one, at one place in the log.
    let first = accepted(here, &wonion, "housing.fin.hua", "werk-1").await;
    let again = accepted(there, &wonion, "housing.fin.hua", "werk-1").await;
    assert_eq!((first.disposition(), again.disposition()), (Disposition::New, Disposition::Duplicate));
    assert_eq!(first.position, again.position);
    let other = accepted(there, &politie, "police.youth_nuisance", "werk-2").await;
    assert!(other.position > first.position, "{other:?}");

    // Two partners and one household: one case.
    let ask = |arguments: &[&str]| hub.ask(served.monitor(), &regisseur, arguments).unwrap();
    let number = |said: &Said| Some(said.json().ok()?["rows"][0]["number"].as_str()?.to_owned());
    let board = until(|| ask(&["board", AREA, "--json"]), |said| number(said).is_some());
    let case = number(&board).unwrap();
    let both = |said: &Said| said.json().is_ok_and(|case| case["signals"].as_array().unwrap().len() == 2);
    until(|| ask(&["case", &case, "--json"]), both);

    let acted = ask(&["act", &case, "acknowledge"]);
    assert_eq!(acted.code, 0, "{acted:?}");
    let why = until(|| ask(&["why", &case, "--lang", "en"]), |said| said.out.contains("picks the case up"));
    assert!(why.out.contains("household"), "{why:?}");
    // When the first signal was in, no case was open; now one is, and somebody works on it.
    let stood = |said: &Said| said.json().unwrap()["rows"].as_array().map_or(0, Vec::len);
    let position = first.position.to_string();
    let then =
        until(|| ask(&["history", "as-of", AREA, "--position", &position, "--json"]), |said| said.code == 0);
    let now = until(|| ask(&["history", "as-of", AREA, "--json"]), |said| said.code == 0);
    assert_eq!((stood(&then), stood(&now)), (0, 1), "{then:?} {now:?}");
    assert_eq!(now.json().unwrap()["rows"][0]["number"], case);

    let watched = ask(&["watch", "--after", "0", "--count", "3", "--json"]);
    assert_eq!(lines(&watched).len(), 3, "{watched:?}");
    let of = [
        "watch",
        "--after",
        "0",
        "--count",
        "1",
        "--json",
        "--type",
        "signal.reported",
        "--sector",
        "police",
    ];
    let police = lines(&ask(&of));
    assert_eq!(police[0]["position"], other.position.to_string(), "{police:?}");
    assert!(ask(&["watch", "--sector", "politie"]).err.contains("no sector"));
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
    assert_eq!(hub.run(&["verify", "--json"]).unwrap().json().unwrap()["sound"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_partners_report_one_household_and_an_official_picks_the_case_up() {
    a_days_work(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_partners_report_one_household_and_an_official_picks_the_case_up_when_split() {
    a_days_work(Topology::Split).await;
}
