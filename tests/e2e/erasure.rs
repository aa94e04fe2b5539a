//! A person can be forgotten: never in plain sight before, nowhere at all afterwards, and the log still verifies.

use std::path::Path;

use futures::StreamExt;
use seinhuis::client::authed;
use seinhuis::door;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{Common, Subject, receipt::Outcome, subject::Identifier};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::Sector;
use seinhuis_testkit::Hub;

const NAME: &str = "Canarina Zanger-Vogelaar";
const BSN: &str = "999990032";

/// The files below a folder in which one of the texts stands.
fn found(folder: &Path, texts: &[&str]) -> Vec<String> {
    let mut places = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            places.extend(found(&path, texts));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            let holds = |text: &&str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
            places.extend(
                texts.iter().filter(|t| holds(t)).map(|text| format!("{text} in {}", path.display())),
            );
        }
    }
    places
}

async fn report(url: &str, token: &str, reference: &str) -> String {
    let channel = tonic::transport::Endpoint::from_shared(url.to_owned()).unwrap().connect().await.unwrap();
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
    let hub = authed(channel, token).unwrap();
    let mut receipts = door::report(hub, Sector::Housing, futures::stream::iter([signal])).await.unwrap();
    match receipts.next().await.unwrap().unwrap().outcome {
        Some(Outcome::Accepted(accepted)) => accepted.signal_id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_erasure_the_person_is_found_nowhere_and_the_log_still_verifies() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let wonion = hub.partner("wonion").unwrap();
    let regisseur = hub.person("gebiedsregisseur-ulft").unwrap();
    let process = hub.serve().unwrap();
    let signal = report(&process.url, &wonion, "canary-1").await;
    let case = seinhuis_domain::ids::CaseId::opened_by(signal.parse().unwrap()).to_string();

    // Those who work on the case can read it: the content is there, and sealed.
    let ask = |arguments: &[&str]| hub.ask(&process.url, &regisseur, arguments).unwrap();
    let mut read = ask(&["case", &case, "--content", "--json"]);
    for _ in 0..200 {
        if read.code == 0 {
            break;
        }
        read = ask(&["case", &case, "--content", "--json"]);
    }
    assert!(read.out.contains(NAME) && read.out.contains(BSN), "{read:?}");
    assert_eq!(found(&hub.data(), &[NAME, BSN]), Vec::<String>::new(), "in plain sight before the erasure");

    let subject = read.json().unwrap()["signals"][0]["subjects"][0].as_str().unwrap().to_owned();
    assert_eq!(hub.run(&["subject", "erase", &subject]).unwrap().code, 0);
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

    assert_eq!(process.stop().unwrap(), 0);
    assert_eq!(found(&hub.data(), &[NAME, BSN]), Vec::<String>::new());
    assert!(!hub.log().contains(NAME) && !hub.log().contains(BSN), "in what operators read");
    let verdict = hub.run(&["verify", "--json"]).unwrap().json().unwrap();
    assert_eq!(verdict["sound"], true, "{verdict}");
}
