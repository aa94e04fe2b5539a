//! Telling the partners that reported what became of it, and what each of them reads.

use seinhuis_contract::proto::case::v1::act_request::Action;
use seinhuis_contract::proto::case::v1::{
    ActRequest, ActResponse, GetCaseRequest, GiveFeedback, ReadContentRequest, Reopen, Resolve, WhyRequest,
    content_part::Content,
};
use seinhuis_contract::proto::common::v1::FeedbackOutcome;
use seinhuis_contract::proto::monitor::v1::{
    Feedback, GetBoardRequest, ListOwnSignalsRequest, OwnSignal, ReadFeedbackRequest,
};
use seinhuis_domain::example;
use seinhuis_domain::ids::{CaseId, SubjectId};
use seinhuis_domain::matching::Match;
use seinhuis_domain::signal::SignalFacts;
use seinhuis_eventstore::keyring::{Identifier, IdentifierKind};
use tonic::{Code, Status};

use crate::scene::Scene;

const TEXT: &str = "De wijkverpleegkundige komt nu elke week bij mevrouw Kanarie.";
const NOTE: &str = "niet aan Wonion: de dochter van Kanarie belde zelf";

async fn act(
    scene: &Scene,
    who: &str,
    case: CaseId,
    note: &str,
    action: Action,
) -> Result<ActResponse, Status> {
    let case = case.to_string();
    let request = ActRequest { case, note: note.into(), action: Some(action), seen_position: 0 };
    scene.cases(who).act(request).await.map(tonic::Response::into_inner)
}

fn tell(outcome: FeedbackOutcome, text: &str) -> Action {
    Action::GiveFeedback(GiveFeedback { outcome: outcome.into(), text: text.into() })
}

/// A case of a signal about somebody, reported by Wonion.
async fn about_somebody(scene: &Scene) -> (CaseId, SubjectId) {
    let person = Identifier::new(IdentifierKind::Person, "bsn:999999990");
    let person = scene.keyring.pseudonyms(&[person]).await.unwrap()[0];
    let facts = example::signal("wonion", "w-1", "housing.soc.gel");
    let case = scene.open(SignalFacts { subjects: vec![person], ..facts }).await;
    scene.settled().await;
    (case, person)
}

async fn own(scene: &Scene, partner: &str, reference: &str) -> OwnSignal {
    let request = ListOwnSignalsRequest { reference: reference.into(), ..Default::default() };
    let answer = scene.own_signals(partner).list_own_signals(request).await.unwrap();
    answer.into_inner().signals.remove(0)
}

async fn read(scene: &Scene, partner: &str, reference: &str) -> Result<Vec<Feedback>, Status> {
    let request = ReadFeedbackRequest { reference: reference.into() };
    scene.own_signals(partner).read_feedback(request).await.map(|answer| answer.into_inner().feedback)
}

#[tokio::test]
async fn a_partner_that_reported_reads_what_it_is_told_and_no_note_beside_it() {
    let scene = Scene::begin().await;
    let (case, _) = about_somebody(&scene).await;
    assert_eq!(read(&scene, "wonion", "w-1").await.unwrap(), []);
    let told = act(&scene, "teamlid-ulft", case, NOTE, tell(FeedbackOutcome::PickedUp, TEXT)).await.unwrap();
    let seen = own(&scene, "wonion", "w-1").await;
    assert_eq!((seen.feedback(), seen.feedback_at), (FeedbackOutcome::PickedUp, told.recorded_at));
    assert_eq!(seen.changed_at_position, told.position);
    let heard = read(&scene, "wonion", "w-1").await.unwrap();
    let [heard] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((heard.outcome(), heard.text.as_str()), (FeedbackOutcome::PickedUp, TEXT));
    assert_eq!((heard.position, heard.erased), (told.position, false));

    // Those who work on the case read both.
    let request = ReadContentRequest { case: case.to_string() };
    let content = scene.cases("regisseur-ulft").read_content(request).await.unwrap().into_inner();
    let notes: Vec<_> = content.notes.into_iter().filter_map(|note| note.note).collect();
    let texts: Vec<_> = notes.iter().map(|part| (part.label.as_str(), part.content.clone())).collect();
    let text = |text: &str| Some(Content::Text(text.to_owned()));
    assert_eq!(texts, [("note", text(NOTE)), ("feedback", text(TEXT))]);
}

#[tokio::test]
async fn who_did_not_report_or_reported_later_is_told_nothing() {
    let scene = Scene::begin().await;
    let (case, person) = about_somebody(&scene).await;
    act(&scene, "teamlid-ulft", case, "", tell(FeedbackOutcome::PickedUp, TEXT)).await.unwrap();
    let theirs = SignalFacts { subjects: vec![person], ..example::signal("politie", "p-1", "police.e33") };
    scene.attach(case, theirs, Match::SameSubject { subject: person }).await;
    scene.settled().await;
    assert_eq!(own(&scene, "politie", "p-1").await.feedback(), FeedbackOutcome::Unspecified);
    assert_eq!(read(&scene, "politie", "p-1").await.unwrap(), []);
    // Neither a reference of another nor an official opens it.
    assert_eq!(read(&scene, "politie", "w-1").await.unwrap_err().code(), Code::NotFound);
    assert_eq!(read(&scene, "regisseur-ulft", "w-1").await.unwrap_err().code(), Code::PermissionDenied);
    act(&scene, "teamlid-ulft", case, "", tell(FeedbackOutcome::PassedOn, "")).await.unwrap();
    for (partner, reference, heard) in [("wonion", "w-1", 2), ("politie", "p-1", 1)] {
        assert_eq!(read(&scene, partner, reference).await.unwrap().len(), heard, "{partner}");
        assert_eq!(own(&scene, partner, reference).await.feedback(), FeedbackOutcome::PassedOn);
    }
}

#[tokio::test]
async fn the_text_goes_with_the_person_it_is_about_and_the_outcome_stays() {
    let scene = Scene::begin().await;
    let (case, person) = about_somebody(&scene).await;
    act(&scene, "teamlid-ulft", case, "", tell(FeedbackOutcome::NoGround, TEXT)).await.unwrap();
    for row in scene.log.read(Default::default(), 1_000).await.unwrap().events {
        let sealed = row.sealed.as_ref().map_or(&[][..], |sealed| &sealed.bytes);
        let stored = [row.payload.as_slice(), sealed].concat();
        assert!(!stored.windows(7).any(|bytes| bytes == b"Kanarie"), "{}", row.name);
    }
    let why = scene.cases("college").why(WhyRequest { case: case.to_string() }).await.unwrap();
    let why = format!("{why:?}");
    assert!(why.contains("teamlid-ulft koppelt terug aan wie meldde: geen aanleiding"), "{why}");
    assert!(!why.contains("Kanarie"), "{why}");

    scene.keyring.erase(person).await.unwrap();
    let heard = read(&scene, "wonion", "w-1").await.unwrap().remove(0);
    assert_eq!((heard.outcome(), heard.text.as_str()), (FeedbackOutcome::NoGround, ""));
    assert!(heard.erased);
}

#[tokio::test]
async fn a_closed_case_is_owed_feedback_until_it_is_given_and_so_say_board_case_and_partner() {
    let scene = Scene::begin().await;
    let (case, _) = about_somebody(&scene).await;
    let close = || Action::Resolve(Resolve {});
    act(&scene, "teamlid-ulft", case, "", close()).await.unwrap();
    // Five working days from Monday the 9th, to the end of the day.
    let due = seinhuis_contract::time::to_wire("2026-03-16T23:00:00Z".parse().unwrap());
    let owed = async || {
        let board = scene.boards("regisseur-ulft").get_board(GetBoardRequest::default()).await;
        let board = board.unwrap().into_inner().feedback_owed;
        let shown = scene.cases("regisseur-ulft").get_case(GetCaseRequest { case: case.to_string() }).await;
        let dues = [
            board.first().and_then(|row| row.due_at),
            shown.unwrap().into_inner().case.unwrap().feedback_due_at,
            own(&scene, "wonion", "w-1").await.feedback_due_at,
        ];
        assert!(dues.iter().all(|due| *due == dues[0]), "{dues:?}");
        board.first().map(|row| (row.number.clone(), row.due_at.unwrap(), row.overdue))
    };
    assert_eq!(owed().await, Some((case.number(), due, false)));
    scene.at("2026-03-16T23:00:00Z");
    assert_eq!(owed().await, Some((case.number(), due, true)));
    act(&scene, "teamlid-ulft", case, "", tell(FeedbackOutcome::Resolved, TEXT)).await.unwrap();
    assert_eq!(owed().await, None);
    act(&scene, "teamlid-ulft", case, "", Action::Reopen(Reopen {})).await.unwrap();
    act(&scene, "teamlid-ulft", case, "", close()).await.unwrap();
    assert!(owed().await.is_some(), "how it ended this time they don't know");
}

#[tokio::test]
async fn an_analyst_sees_no_case_that_is_owed_feedback() {
    let scene = Scene::begin().await;
    let (case, _) = about_somebody(&scene).await;
    act(&scene, "teamlid-ulft", case, "", Action::Resolve(Resolve {})).await.unwrap();
    let board = scene.boards("analist").get_board(GetBoardRequest::default()).await.unwrap();
    assert_eq!(board.into_inner().feedback_owed, []);
}
