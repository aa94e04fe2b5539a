//! Reading what is sealed, before and after an erasure.

use seinhuis_contract::proto::case::v1::act_request::Action;
use seinhuis_contract::proto::case::v1::content_part::Content;
use seinhuis_contract::proto::case::v1::{
    Acknowledge, ActRequest, ContentPart, GetCaseRequest, ReadContentRequest, ReadContentResponse, WhyRequest,
};
use seinhuis_domain::example;
use seinhuis_domain::ids::{CaseId, SignalId, SubjectId};
use seinhuis_domain::signal::SignalFacts;
use seinhuis_eventstore::keyring::{Identifier, IdentifierKind, Part, Place};

use crate::scene::Scene;

const CANARY: &str = "Jansje Kanarie";
const NOTE: &str = "bel haar buurvrouw, zegt Kanarie zelf";

struct Told {
    case: CaseId,
    person: SubjectId,
    household: SubjectId,
}

/// A signal about a person in a household, sealed as the door seals it, and a note at its case.
async fn told(scene: &Scene) -> Told {
    let identifiers = [
        Identifier::new(IdentifierKind::Person, "bsn:999999990"),
        Identifier::new(IdentifierKind::Household, "dossier 7"),
    ];
    let [person, household] = scene.keyring.pseudonyms(&identifiers).await.unwrap()[..] else {
        panic!("two")
    };
    let facts = example::signal("wonion", "1", "housing.soc.gel");
    let stream = format!("signal-{}", SignalId::of(&facts.partner, &facts.reference));
    let place = Place { event: "signal.reported", stream: &stream, version: 1 };
    let part = |label, keys, text: String| Part { label, keys, plaintext: text.into_bytes().into() };
    let parts = [
        part("subject", vec![person], format!(r#"{{"name":"{CANARY}"}}"#)),
        part("household", vec![household], r#"{"key":"dossier 7"}"#.into()),
        part("text", vec![person, household], format!("{CANARY} roept 's nachts")),
    ];
    let sealed = Some(scene.keyring.seal(&place, &parts).await.unwrap());
    let facts = SignalFacts { subjects: vec![person], household: Some(household), sealed, ..facts };
    let case = scene.open(facts).await;
    scene.settled().await;
    let action = Some(Action::Acknowledge(Acknowledge {}));
    let act = ActRequest { case: case.to_string(), note: NOTE.into(), action, seen_position: 0 };
    scene.cases("teamlid-ulft").act(act).await.unwrap();
    Told { case, person, household }
}

async fn read(scene: &Scene, case: CaseId) -> ReadContentResponse {
    let request = ReadContentRequest { case: case.to_string() };
    scene.cases("regisseur-ulft").read_content(request).await.unwrap().into_inner()
}

fn shown(part: &ContentPart) -> (&str, String) {
    let content = match part.content.as_ref().unwrap() {
        Content::Text(text) => text.clone(),
        Content::Erased(erased) => format!("erased {}", erased.subject),
    };
    (&part.label, content)
}

#[tokio::test]
async fn those_who_work_on_a_case_read_its_signals_and_notes() {
    let scene = Scene::begin().await;
    let told = told(&scene).await;
    let content = read(&scene, told.case).await;
    let parts: Vec<_> = content.signals[0].parts.iter().map(shown).collect();
    assert_eq!(
        parts,
        [
            ("subject", format!(r#"{{"name":"{CANARY}"}}"#)),
            ("household", r#"{"key":"dossier 7"}"#.to_owned()),
            ("text", format!("{CANARY} roept 's nachts")),
        ]
    );
    let [note] = content.notes.as_slice() else { panic!("one note: {:?}", content.notes) };
    assert_eq!(note.by, "person:teamlid-ulft");
    assert_eq!(shown(note.note.as_ref().unwrap()), ("note", NOTE.to_owned()));
}

#[tokio::test]
async fn after_an_erasure_what_was_of_the_person_is_gone_and_the_rest_still_opens() {
    let scene = Scene::begin().await;
    let told = told(&scene).await;
    scene.keyring.erase(told.person).await.unwrap();
    let content = read(&scene, told.case).await;
    let gone = format!("erased {}", told.person);
    let parts: Vec<_> = content.signals[0].parts.iter().map(shown).collect();
    assert_eq!(
        parts,
        [
            ("subject", gone.clone()),
            ("household", r#"{"key":"dossier 7"}"#.to_owned()),
            ("text", gone.clone())
        ]
    );
    assert_eq!(shown(content.notes[0].note.as_ref().unwrap()), ("note", gone));
    assert!(!format!("{content:?}").contains("Kanarie"));
    assert_eq!(
        scene.keyring.known(told.household).await.unwrap(),
        seinhuis_eventstore::keyring::Known::Active
    );
}

#[tokio::test]
async fn a_note_left_after_an_erasure_is_kept_for_those_who_are_still_known() {
    let scene = Scene::begin().await;
    let told = told(&scene).await;
    scene.keyring.erase(told.person).await.unwrap();
    let action = Some(Action::Resolve(Default::default()));
    let act = ActRequest { case: told.case.to_string(), note: "afgerond".into(), action, seen_position: 0 };
    scene.cases("teamlid-ulft").act(act).await.unwrap();
    let content = read(&scene, told.case).await;
    assert_eq!(shown(content.notes[1].note.as_ref().unwrap()), ("note", "afgerond".to_owned()));
}

/// INV-9: personal data shows nowhere but in its envelope.
#[tokio::test]
async fn nothing_sealed_shows_where_no_sealed_content_is_asked_for() {
    let scene = Scene::begin().await;
    let told = told(&scene).await;
    let case = told.case.to_string();
    let shown = scene.cases("college").get_case(GetCaseRequest { case: case.clone() }).await.unwrap();
    let why = scene.cases("college").why(WhyRequest { case }).await.unwrap();
    let all = format!("{shown:?}{why:?}");
    assert!(!all.contains("Kanarie") && !all.contains("dossier 7") && !all.contains("999999990"));
    for row in scene.log.read(Default::default(), 1_000).await.unwrap().events {
        let stored =
            [row.payload.as_slice(), row.sealed.as_ref().map_or(&[][..], |sealed| &sealed.bytes)].concat();
        assert!(!stored.windows(7).any(|bytes| bytes == b"Kanarie"), "{}", row.name);
    }
}
