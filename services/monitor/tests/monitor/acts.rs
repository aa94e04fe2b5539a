//! Doing something about a case.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use seinhuis_contract::proto::case::v1::act_request::Action;
use seinhuis_contract::proto::case::v1::content_part::Content;
use seinhuis_contract::proto::case::v1::{
    Acknowledge, ActRequest, ActResponse, AssignLead, Decide, GetCaseRequest, GiveFeedback, HandOver,
    LowerRung, Pause, RaiseRung, ReadContentRequest, Refuse, Reopen, Resolve, Resume, Snooze,
};
use seinhuis_contract::proto::common::v1::Rung as WireRung;
use seinhuis_contract::proto::monitor::v1::GetBoardRequest;
use seinhuis_domain::example;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::ladder::Rung;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::scene::Scene;

async fn act(
    scene: &Scene,
    who: &str,
    case: CaseId,
    note: &str,
    action: Action,
) -> Result<ActResponse, Status> {
    let request =
        ActRequest { case: case.to_string(), note: note.into(), action: Some(action), seen_position: 0 };
    scene.cases(who).act(request).await.map(tonic::Response::into_inner)
}

async fn with_case() -> (Scene, CaseId) {
    let scene = Scene::begin().await;
    let case = scene.open(example::signal("wonion", "1", "housing.soc.gel")).await;
    scene.settled().await;
    (scene, case)
}

fn acknowledge() -> Action {
    Action::Acknowledge(Acknowledge {})
}

fn raise(to: WireRung) -> Action {
    Action::RaiseRung(RaiseRung { to: to.into() })
}

fn reason(status: &Status) -> String {
    status.get_error_details().error_info().unwrap().reason.clone()
}

#[tokio::test]
async fn every_act_does_what_it_says() {
    let (scene, case) = with_case().await;
    let to = |partner: &str| partner.to_owned();
    let lower = Action::LowerRung(LowerRung { to: WireRung::Workfloor.into() });
    let acts = [
        ("teamlid-ulft", acknowledge()),
        ("teamlid-ulft", Action::HandOver(HandOver { to: to("politie") })),
        ("teamlid-ulft", Action::Refuse(Refuse { partner: to("politie") })),
        ("teamlid-ulft", Action::AssignLead(AssignLead { partner: to("sensire") })),
        ("teamlid-ulft", raise(WireRung::Team)),
        ("teamlid-ulft", raise(WireRung::Regisseur)),
        ("regisseur-ulft", Action::Decide(Decide { lead: to("wonion") })),
        ("regisseur-ulft", lower),
        ("teamlid-ulft", Action::Resolve(Resolve {})),
        ("teamlid-ulft", Action::GiveFeedback(GiveFeedback { outcome: 5, text: String::new() })),
        ("teamlid-ulft", Action::Reopen(Reopen {})),
    ];
    for (who, action) in acts {
        let done =
            act(&scene, who, case, "", action.clone()).await.unwrap_or_else(|s| panic!("{action:?}: {s}"));
        assert!(done.changed, "{action:?}");
        assert_eq!(done.position, scene.log.head().0);
    }
    let state = scene.state(case).await;
    assert_eq!((state.rung, state.cycle, state.resolved), (Rung::Workfloor, 2, false));
    assert_eq!(state.lead.unwrap().as_str(), "wonion");
}

#[tokio::test]
async fn doing_again_what_changes_nothing_is_no_error() {
    let (scene, case) = with_case().await;
    let first = act(&scene, "teamlid-ulft", case, "", acknowledge()).await.unwrap();
    let again = act(&scene, "teamlid-ulft", case, "", acknowledge()).await.unwrap();
    assert_eq!((first.changed, again.changed, again.position), (true, false, first.position));
}

#[tokio::test]
async fn who_acts_finds_it_on_the_board_at_once() {
    let (scene, case) = with_case().await;
    act(&scene, "teamlid-ulft", case, "", raise(WireRung::Team)).await.unwrap();
    let board =
        scene.boards("teamlid-ulft").get_board(GetBoardRequest::default()).await.unwrap().into_inner();
    assert_eq!(board.rows[0].rung(), WireRung::Team);
}

#[tokio::test]
async fn who_acts_waits_for_the_read_models_but_not_for_ever() {
    let scene = Scene::stalled().await;
    let case = scene.open(example::signal("wonion", "1", "housing.soc.gel")).await;
    let began = Instant::now();
    let done = act(&scene, "teamlid-ulft", case, "", acknowledge()).await.unwrap();
    assert!(done.changed && began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
    scene.follow();
    scene.settled().await;
    let began = Instant::now();
    act(&scene, "teamlid-ulft", case, "", raise(WireRung::Team)).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_the_case_does_not_allow_is_refused_with_its_rule() {
    let (scene, case) = with_case().await;
    let refused = async |who: &str, action| {
        let status = act(&scene, who, case, "", action).await.unwrap_err();
        assert_eq!(status.code(), Code::FailedPrecondition, "{status}");
        reason(&status)
    };
    let lead = "wonion".to_owned();
    assert_eq!(refused("regisseur-ulft", Action::Decide(Decide { lead })).await, "NOT_YET_TO_DECIDE");
    assert_eq!(refused("teamlid-ulft", raise(WireRung::College)).await, "SKIP_NEEDS_NOTE");
    let stranger = Action::HandOver(HandOver { to: "onbekend".into() });
    assert_eq!(refused("teamlid-ulft", stranger).await, "NO_SUCH_PARTNER");
    act(&scene, "teamlid-ulft", case, "", Action::Resolve(Resolve {})).await.unwrap();
    assert_eq!(refused("teamlid-ulft", acknowledge()).await, "CASE_IS_CLOSED");
}

#[tokio::test]
async fn skipping_a_rung_takes_a_note_and_a_note_of_blanks_is_none() {
    let (scene, case) = with_case().await;
    let blank = act(&scene, "teamlid-ulft", case, "  \n", raise(WireRung::Regisseur)).await.unwrap_err();
    assert_eq!(reason(&blank), "SKIP_NEEDS_NOTE");
    assert!(
        act(&scene, "teamlid-ulft", case, "het loopt mis", raise(WireRung::Regisseur)).await.unwrap().changed
    );
}

#[tokio::test]
async fn only_regisseur_and_college_bring_down_what_the_regisseur_has() {
    let (scene, case) = with_case().await;
    let lower = || Action::LowerRung(LowerRung { to: WireRung::Workfloor.into() });
    act(&scene, "teamlid-ulft", case, "", raise(WireRung::Team)).await.unwrap();
    assert!(act(&scene, "teamlid-ulft", case, "", lower()).await.unwrap().changed);
    act(&scene, "teamlid-ulft", case, "nu echt", raise(WireRung::Regisseur)).await.unwrap();
    assert_eq!(
        act(&scene, "teamlid-ulft", case, "", lower()).await.unwrap_err().code(),
        Code::PermissionDenied
    );
    assert!(act(&scene, "college", case, "", lower()).await.unwrap().changed);
}

#[tokio::test]
async fn every_field_that_breaks_a_rule_is_named_and_the_note_is_not_repeated() {
    let (scene, case) = with_case().await;
    let note = "Kanarie ".repeat(600);
    let action = Action::HandOver(HandOver { to: "Wonion BV".into() });
    let status = act(&scene, "teamlid-ulft", case, &note, action).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let details = status.get_error_details();
    let fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|v| v.field.as_str()).collect();
    assert_eq!(fields, ["note", "hand_over.to"]);
    assert!(!format!("{status:?}").contains("Kanarie"));
    let nothing = ActRequest { case: case.to_string(), note: String::new(), action: None, seen_position: 0 };
    let status = scene.cases("teamlid-ulft").act(nothing).await.unwrap_err();
    assert_eq!(status.get_error_details().bad_request().unwrap().field_violations[0].field, "action");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notes_of_people_who_act_at_the_same_moment_each_open_at_their_own_act() {
    let (scene, case) = with_case().await;
    let acting = (0..24).map(|n| {
        let to = ["politie", "wonion", "sensire", "gemeente"][n % 4].to_owned();
        let (note, scene) = (format!("overdracht {n}"), &scene);
        async move {
            // The third handover is ping-pong; from then on only those who decide may hand over.
            let done = act(scene, "regisseur-ulft", case, &note, Action::HandOver(HandOver { to })).await;
            (note, done)
        }
    });
    let mut kept = BTreeSet::new();
    for (note, done) in futures::future::join_all(acting).await {
        match done {
            Ok(done) if done.changed => assert!(kept.insert(note)),
            Ok(_) => {}
            Err(status) => {
                assert!(matches!(status.code(), Code::FailedPrecondition | Code::Aborted), "{status}");
            }
        }
    }
    assert!(kept.len() > 1, "somebody lost a race and came through after all");
    let request = ReadContentRequest { case: case.to_string() };
    let content = scene.cases("teamlid-ulft").read_content(request).await.unwrap().into_inner();
    let text = |content| match content {
        Content::Text(text) => text,
        Content::Erased(_) => panic!("nobody was erased"),
    };
    let read: BTreeSet<_> =
        content.notes.into_iter().map(|note| text(note.note.unwrap().content.unwrap())).collect();
    assert_eq!(read, kept);
}

#[tokio::test]
async fn who_acts_on_what_he_no_longer_sees_is_told_what_changed() {
    let (scene, case) = with_case().await;
    let seen = scene.cases("teamlid-ulft").get_case(GetCaseRequest { case: case.to_string() }).await;
    let seen_position = seen.unwrap().into_inner().as_of_position;
    let asked = |action| ActRequest {
        case: case.to_string(),
        note: String::new(),
        action: Some(action),
        seen_position,
    };
    let by = async |action| scene.cases("teamlid-ulft").act(asked(action)).await;
    let first = by(raise(WireRung::Team)).await.unwrap().into_inner();
    let status = by(acknowledge()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::FailedPrecondition, "CASE_MOVED"));
    assert!(status.message().contains("raised to team: an official raised the case"), "{}", status.message());
    let facts = status.get_error_details().error_info().unwrap().metadata.clone();
    assert_eq!(facts["changed"], "case.rung_reached");
    assert_eq!(facts["changed_at"], first.position.to_string());
    assert!(facts["dutch"].starts_with("opgeschaald naar team"), "{facts:?}");
    // The rule that the rung is reached already would say less.
    assert_eq!(reason(&by(raise(WireRung::Team)).await.unwrap_err()), "CASE_MOVED");
    let request = ActRequest { seen_position: first.position, ..asked(acknowledge()) };
    assert!(scene.cases("teamlid-ulft").act(request).await.unwrap().into_inner().changed);
    let lost = by(acknowledge()).await.unwrap().into_inner();
    assert!(!lost.changed, "what was done already when the answer got lost is done");
}

#[tokio::test]
async fn a_paused_case_says_so_on_the_board_until_it_is_resumed() {
    let (scene, case) = with_case().await;
    let until = seinhuis_contract::time::to_wire(scene.clock.now() + jiff::SignedDuration::from_hours(48));
    let pause = || Action::Pause(Pause { until: Some(until) });
    let refused = act(&scene, "teamlid-ulft", case, "", pause()).await.unwrap_err();
    assert_eq!(reason(&refused), "PAUSE_NEEDS_NOTE");
    act(&scene, "teamlid-ulft", case, "de bewoner is twee dagen weg", pause()).await.unwrap();
    let board = async || {
        let board = scene.boards("teamlid-ulft").get_board(GetBoardRequest::default()).await;
        board.unwrap().into_inner().rows.remove(0)
    };
    assert_eq!(board().await.paused_until, Some(until));
    let nothing = Action::Snooze(Snooze { until: Some(until) });
    assert!(
        !act(&scene, "teamlid-ulft", case, "", nothing).await.unwrap().changed,
        "nothing is reminded of here"
    );
    act(&scene, "teamlid-ulft", case, "", Action::Resume(Resume {})).await.unwrap();
    assert_eq!(board().await.paused_until, None);
    let absent =
        act(&scene, "teamlid-ulft", case, "", Action::Pause(Pause { until: None })).await.unwrap_err();
    assert_eq!(absent.code(), Code::InvalidArgument);
}
