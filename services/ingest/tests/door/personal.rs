//! Personal data: sealed, matched by pseudonym, found nowhere else.

use seinhuis_contract::proto::ingest::v1::subject::Identifier;
use seinhuis_contract::proto::ingest::v1::{
    Address, CivilDate, Common, GeoPoint, HousingIngestServiceReportRequest, HousingKind, HousingSignal,
    PersonIdentity, Subject,
};
use seinhuis_domain::signal::SignalFacts;
use seinhuis_eventstore::keyring::{Content, Place};

use crate::hub::{HOUSING, Hub, POLICE, accepted, common, one};

const BSN: &str = "111222333";

fn with(identifier: Identifier, name: &str) -> Subject {
    Subject { identifier: Some(identifier), name: name.into(), birth_date: None }
}

fn bsn() -> Identifier {
    Identifier::Bsn(BSN.into())
}

fn key(key: &str) -> Identifier {
    Identifier::PartnerKey(key.into())
}

async fn reported_by_police(hub: &Hub, common: Common) -> SignalFacts {
    let receipt = hub.police(POLICE).await.report(one(common)).await.unwrap().into_inner().receipt;
    hub.facts(accepted(receipt).position).await
}

async fn reported_by_housing(hub: &Hub, common: Common) -> SignalFacts {
    let kind = HousingKind::FinHua.into();
    let signal = HousingSignal { common: Some(common), kind, arrears_months: 4, ..Default::default() };
    let request = HousingIngestServiceReportRequest { signal: Some(signal) };
    let receipt = hub.housing(HOUSING).await.report(request).await.unwrap().into_inner().receipt;
    hub.facts(accepted(receipt).position).await
}

/// What the envelope of a signal holds, by label.
async fn opened(hub: &Hub, facts: &SignalFacts) -> Vec<(String, String)> {
    let id = seinhuis_domain::ids::SignalId::of(&facts.partner, &facts.reference);
    let stream = format!("signal-{id}");
    let place = Place { event: "signal.reported", stream: &stream, version: 1 };
    let opened = hub.keyring.open_sealed(&place, facts.sealed.as_ref().unwrap()).await.unwrap();
    let text = |content| match content {
        Content::Plain(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        Content::Erased { .. } => "erased".to_owned(),
    };
    opened.into_iter().map(|part| (part.label, text(part.content))).collect()
}

fn everything(reference: &str) -> Common {
    Common {
        subjects: vec![with(bsn(), "Kanarie Geelsnavel")],
        household_key: "KANARIENEST".into(),
        address: Some(Address { postcode: "7071 AB".into(), house_number: 12, addition: "kan".into() }),
        point: Some(GeoPoint { lon: 6.3812345, lat: 51.8912345 }),
        free_text: "de kanarie zingt niet meer".into(),
        ..common(reference)
    }
}

#[tokio::test]
async fn what_is_personal_is_found_in_no_file_and_opens_with_its_key() {
    let hub = Hub::start().await;
    let facts = reported_by_housing(&hub, everything("h-1")).await;
    let parts = opened(&hub, &facts).await;
    let labels: Vec<_> = parts.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(labels, ["subject", "household", "location", "details", "text"]);
    assert_eq!(parts[0].1, format!(r#"{{"bsn":"{BSN}","name":"Kanarie Geelsnavel"}}"#));
    assert_eq!(parts[3].1, r#"{"arrears_months":"4"}"#);
    assert_eq!(parts[4].1, "de kanarie zingt niet meer");
    let mut files = 0;
    for entry in std::fs::read_dir(hub.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
        for canary in [BSN, "geelsnavel", "kanarie", "7071", "6.38123"] {
            let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "{canary} stands in {}", path.display());
        }
        files += 1;
    }
    assert!(files >= 3, "log, keys and master key were looked through");
}

#[tokio::test]
async fn once_a_person_is_erased_what_was_about_him_is_gone_and_the_rest_is_not() {
    let hub = Hub::start().await;
    let mut two = everything("h-1");
    two.subjects.push(with(key("andere"), "Mus Bruin"));
    let facts = reported_by_housing(&hub, two).await;
    assert_eq!(facts.subjects.len(), 2);
    hub.keyring.erase(facts.subjects[0]).await.unwrap();
    let parts = opened(&hub, &facts).await;
    let erased: Vec<_> =
        parts.iter().filter(|(_, text)| text == "erased").map(|(label, _)| label.as_str()).collect();
    assert_eq!(erased, ["subject", "location", "details", "text"]);
    assert!(parts[1].1.contains("Mus Bruin"));
}

#[tokio::test]
async fn partners_meet_in_the_same_person_household_and_place() {
    let hub = Hub::start().await;
    let housing = reported_by_housing(&hub, everything("h-1")).await;
    let elsewhere = Common {
        subjects: vec![with(Identifier::Bsn("1112.22.333".into()), "")],
        household_key: "kanarie-nest".into(),
        address: Some(Address { postcode: "7071ab".into(), house_number: 12, addition: String::new() }),
        ..common("p-1")
    };
    let police = reported_by_police(&hub, elsewhere).await;
    assert_eq!(police.subjects, housing.subjects);
    assert_eq!((police.household, police.place), (housing.household, housing.place));
}

#[tokio::test]
async fn a_partners_own_key_stays_its_own_and_a_name_is_shared() {
    let hub = Hub::start().await;
    let person = || {
        let birth_date = Some(CivilDate { year: 1970, month: 2, day: 28 });
        Identifier::Person(PersonIdentity { name: "Renée van 't Hof".into(), birth_date })
    };
    let subjects = || vec![with(key("K-1"), ""), with(person(), "")];
    let housing = reported_by_housing(&hub, Common { subjects: subjects(), ..common("h-1") }).await;
    let police = reported_by_police(&hub, Common { subjects: subjects(), ..common("p-1") }).await;
    assert_ne!(police.subjects[0], housing.subjects[0]);
    assert_eq!(police.subjects[1], housing.subjects[1]);
}

#[tokio::test]
async fn text_about_nobody_is_sealed_under_a_key_of_its_own() {
    let hub = Hub::start().await;
    let text = Common { free_text: "losse stoeptegel".into(), ..common("p-1") };
    let facts = reported_by_police(&hub, text).await;
    assert!(facts.subjects.is_empty() && facts.household.is_none() && facts.place.is_none());
    let own = facts.sealed.as_ref().unwrap().keys.clone();
    assert_eq!((own.len(), opened(&hub, &facts).await[0].1.as_str()), (1, "losse stoeptegel"));
    hub.keyring.erase(own[0]).await.unwrap();
    assert_eq!(opened(&hub, &facts).await[0].1, "erased");
}

#[tokio::test]
async fn a_signal_without_anything_personal_has_no_envelope() {
    let hub = Hub::start().await;
    assert_eq!(reported_by_police(&hub, common("p-1")).await.sealed, None);
}

#[tokio::test]
async fn a_person_named_twice_is_one_person() {
    let hub = Hub::start().await;
    let twice = Common { subjects: vec![with(bsn(), "Jan"), with(bsn(), "J.")], ..common("p-1") };
    let facts = reported_by_police(&hub, twice).await;
    assert_eq!((facts.subjects.len(), opened(&hub, &facts).await.len()), (1, 2));
}

#[tokio::test]
async fn a_point_alone_names_the_area_around_it() {
    let hub = Hub::start().await;
    let point = Some(GeoPoint { lon: 6.5, lat: 51.9 });
    let facts = reported_by_police(&hub, Common { area_code: String::new(), point, ..common("p-1") }).await;
    assert_eq!(facts.area.as_str(), "WK150901");
    assert!(facts.place.is_some());
}
