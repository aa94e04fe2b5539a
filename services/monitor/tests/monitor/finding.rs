//! Cases that aren't there and cases that lie elsewhere.

use seinhuis_contract::proto::case::v1::{GetCaseRequest, GetCaseResponse};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::example;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::scene::Scene;

const NOWHERE: &str = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001";

async fn asked(scene: &Scene, who: &str, case: &str) -> Result<GetCaseResponse, Status> {
    let request = GetCaseRequest { case: case.to_owned() };
    scene.cases(who).get_case(request).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn a_case_elsewhere_and_a_case_that_is_not_there_are_told_in_the_same_words() {
    let scene = Scene::begin().await;
    let case = scene.open(example::signal("wonion", "1", "housing.soc.gel")).await;
    scene.settled().await;
    for (there, nowhere) in [(case.to_string(), NOWHERE), (case.number(), "0000-0000")] {
        let elsewhere = asked(&scene, "teamlid-gendringen", &there).await.unwrap_err();
        let unknown = asked(&scene, "teamlid-gendringen", nowhere).await.unwrap_err();
        assert_eq!(elsewhere.code(), Code::PermissionDenied);
        assert_eq!(elsewhere.code(), unknown.code());
        assert_eq!(elsewhere.message().replace(&there, nowhere), unknown.message());
        assert!(unknown.message().contains("WK150901"), "names his own areas: {}", unknown.message());
        assert!(!elsewhere.message().contains("WK150900"), "names no other area: {}", elsewhere.message());
        let reason = |status: &Status| status.get_error_details().error_info().unwrap().reason.clone();
        assert_eq!(reason(&elsewhere), reason(&unknown));
    }
}

#[tokio::test]
async fn who_may_see_every_case_is_told_which_one_is_not_there() {
    let scene = Scene::begin().await;
    let status = asked(&scene, "college", NOWHERE).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert!(status.message().contains(NOWHERE));
}

#[tokio::test]
async fn what_is_no_name_of_a_case_is_refused_by_its_field() {
    let scene = Scene::begin().await;
    let status = asked(&scene, "regisseur-ulft", "zaak zeven").await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().starts_with("case "), "{}", status.message());
}

#[tokio::test]
async fn a_case_is_found_by_id_by_number_and_in_an_inner_area() {
    let scene = Scene::begin().await;
    let mut facts = example::signal("wonion", "1", "housing.soc.gel");
    facts.area = AreaCode::new("BU15090001").unwrap();
    facts.subjects = vec![NOWHERE.parse().unwrap()];
    facts.household = Some(NOWHERE.parse().unwrap());
    let id = scene.open(facts).await;
    for name in [id.to_string(), id.number(), id.number().to_lowercase().replace('-', "")] {
        let found = asked(&scene, "regisseur-ulft", &name).await.unwrap();
        let case = found.case.unwrap();
        assert_eq!((case.id, case.number), (id.to_string(), id.number()));
        assert_eq!((case.area_code.as_str(), case.area_name.as_str()), ("BU15090001", "Ulft-Centrum"));
        let [signal] = found.signals.as_slice() else { panic!("one signal: {:?}", found.signals) };
        assert_eq!((signal.reference.as_str(), signal.subjects.as_slice()), ("1", &[NOWHERE.to_owned()][..]));
        assert_eq!((signal.household.as_str(), signal.place.as_str()), (NOWHERE, ""));
        let types: Vec<_> = found.history.iter().map(|entry| entry.r#type.as_str()).collect();
        assert_eq!(types, ["signal.reported", "case.opened", "case.step_planned"]);
        assert!(found.history[0].payload.contains(r#""reference":"1""#), "{}", found.history[0].payload);
        assert!(found.as_of_position >= found.history[2].position);
    }
}
