//! A log is decided again: as it is, and with an event in it that nobody decided.

use cqrs_es::Aggregate;
use jiff::Timestamp;
use seinhuis_domain::case::{Act, Case, CaseCommand, CaseEvent, RungReached};
use seinhuis_domain::example;
use seinhuis_domain::ids::PersonId;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::profile::Profile;
use seinhuis_domain::what_if::{Change, Draft, Of, Pair};
use seinhuis_escalation::{Answer, Question, what_if};
use seinhuis_eventstore::Position;

use crate::scene::{OPENED, Scene, at, reminding};

impl Scene {
    async fn answer(&self, draft: Option<Profile>) -> Answer {
        let draft = draft.map(|profile| Draft { profile: Box::new(profile), from: Timestamp::MIN });
        let question = Question { draft, from: Timestamp::MIN, until: None };
        what_if(&self.log, question, |_, _| {}).await.unwrap()
    }

    /// How many climbs differ of those from `from` and before `until`, when a workfloor has only a day, and how many events were
    /// gone through.
    async fn differ_between(&self, from: &str, until: &str) -> (usize, u64) {
        let draft = Draft { profile: Box::new(hasty()), from: Timestamp::MIN };
        let question = Question { draft: Some(draft), from: at(from), until: Some(at(until)) };
        let answer = what_if(&self.log, question, |_, _| {}).await.unwrap();
        assert_eq!(answer.until, at(until));
        (answer.comparison.differences().len(), answer.events)
    }
}

/// A profile under which a workfloor has only a day.
fn hasty() -> Profile {
    let mut profile = example::profile();
    profile.policy.ladder.workfloor.pick_up = "1d".parse().unwrap();
    profile
}

#[tokio::test]
async fn only_climbs_of_the_time_that_is_asked_about_are_compared() {
    let scene = Scene::climbed().await;
    // It climbed on the 17th, and would have at midnight after the 10th.
    let (sooner, then) = ("2026-03-10T23:00:00Z", "2026-03-10T23:00:00.000001Z");
    assert_eq!(scene.differ_between(sooner, then).await, (1, 3));
    assert_eq!(scene.differ_between(then, "2026-03-17T05:00:00Z").await, (0, 3));
    assert_eq!(scene.differ_between(OPENED, sooner).await, (0, 3));
    assert_eq!(scene.differ_between(then, "2026-03-17T05:00:00.000001Z").await, (1, 4));
}

#[tokio::test]
async fn what_people_could_not_have_done_is_counted() {
    let scene = Scene::climbed().await;
    let act = Act { by: "person:coordinator-ulft".into(), at: at("2026-03-18T09:00:00Z"), note: None };
    scene.give(CaseCommand::LowerRung { to: Rung::Workfloor, act }, "2026-03-18T09:00:00Z").await;
    let mut patient = example::profile();
    patient.policy.ladder.workfloor.pick_up = "20wd".parse().unwrap();
    assert_eq!(scene.answer(Some(patient)).await.refused, 1);
}

#[tokio::test]
async fn an_act_that_would_have_been_refused_is_not_what_was() {
    let scene = Scene::climbed().await;
    let by_nobody = "2026-03-18T09:00:00Z";
    let act = Act { by: "person:coordinator-ulft".into(), at: at(by_nobody), note: None };
    let lowered = CaseEvent::RungLowered {
        area: seinhuis_domain::area::AreaCode::new("WK150900").unwrap(),
        rung: Rung::Team,
        cycle: 1,
        act,
    };
    scene.plant(&lowered, by_nobody).await;
    let identity = scene.answer(None).await.identity.unwrap();
    assert!(!identity.holds());
    assert_eq!((identity.same, identity.first_other), (3, Some(Position(5))));
}

#[tokio::test]
async fn reminders_that_would_have_come_are_compared_too() {
    let scene = Scene::climbed().await;
    let comparison = scene.answer(Some(reminding())).await.comparison;
    assert_eq!(comparison.reminders, Pair { happened: 0, would: 1 });
    assert_eq!(comparison.differences()[0].of, Of::Reminder(Rung::Workfloor, 1));
}

#[tokio::test]
async fn how_far_it_is_is_told_after_each_page() {
    let scene = Scene::climbed().await;
    let question = Question { draft: None, from: Timestamp::MIN, until: None };
    let mut told = Vec::new();
    what_if(&scene.log, question, |seen, head| told.push((seen, head))).await.unwrap();
    assert_eq!(told, [(Position(4), Position(4))]);
}

#[tokio::test]
async fn what_was_decided_is_decided_again_byte_for_byte() {
    let scene = Scene::climbed().await;
    let act = Act { by: "person:coordinator-ulft".into(), at: at("2026-03-18T09:00:00Z"), note: None };
    scene.give(CaseCommand::Acknowledge { act }, "2026-03-18T09:00:00Z").await;
    let answer = scene.answer(None).await;
    let identity = answer.identity.as_ref().unwrap();
    assert!(identity.holds(), "{identity:?}");
    assert_eq!((identity.same, answer.comparison.same, answer.refused), (5, 1, 0));
    assert_eq!((answer.events, answer.position), (6, Position(6)));
    assert_eq!(answer.until, at("2026-03-18T09:00:00Z"));
}

#[tokio::test]
async fn what_was_caught_up_with_after_a_silence_is_decided_again_byte_for_byte() {
    let scene = Scene::climbed().await;
    let (step, awake) = (scene.planned().await, "2026-06-01T09:00:00Z");
    scene.give(CaseCommand::CatchUp { step, at: at(awake) }, awake).await;
    let identity = scene.answer(None).await.identity.unwrap();
    assert!(identity.holds(), "{identity:?}");
    assert_eq!(identity.same, 5);
}

#[tokio::test]
async fn a_climb_that_nobody_decided_is_found_where_it_stands() {
    let scene = Scene::climbed().await;
    let Some(CaseEvent::RungReached(climb)) = scene.stored().await.last().cloned() else {
        panic!("no climb")
    };
    let (rung, when) = (Rung::Regisseur, "2026-03-20T09:00:00Z");
    let early =
        RungReached { rung, planned_at: climb.next.as_ref().map(|step| step.due_at), at: at(when), ..*climb };
    scene.plant(&CaseEvent::RungReached(Box::new(early)), when).await;
    let identity = scene.answer(None).await.identity.unwrap();
    assert!(!identity.holds());
    assert_eq!(identity.first_other, Some(Position(5)));
}

#[tokio::test]
async fn a_climb_of_which_somebody_else_was_told_is_found() {
    let scene = Scene::climbed().await;
    let step = scene.planned().await;
    let who = PersonId::new("regisseur-oost").unwrap();
    let mut misdirected = Case::default();
    scene.stored().await.into_iter().for_each(|event| misdirected.apply(event));
    let state = misdirected.state().unwrap();
    let climb = RungReached {
        area: state.area.clone(),
        rung: step.to,
        cycle: 0,
        policy_version: 1,
        cause: step.cause,
        planned_at: Some(step.due_at),
        at: step.due_at,
        passed: false,
        tell: vec![who],
        told_because: vec![],
        next: None,
        act: None,
    };
    scene.plant(&CaseEvent::RungReached(Box::new(climb)), &step.due_at.to_string()).await;
    let identity = scene.answer(None).await.identity.unwrap();
    assert!(!identity.holds());
    assert_eq!(identity.first_other, Some(Position(5)));
}

#[tokio::test]
async fn a_draft_says_which_climbs_would_have_come_sooner() {
    let scene = Scene::climbed().await;
    let answer = scene.answer(Some(hasty())).await;
    assert!(answer.identity.is_none());
    let differences = answer.comparison.differences();
    assert_eq!(differences.len(), 1, "{differences:?}");
    assert_eq!((differences[0].of, differences[0].change), (Of::Climb(Rung::Team), Change::OtherTime));
    let would = differences[0].would.as_ref().unwrap();
    assert_eq!(would.at, at("2026-03-10T23:00:00Z"));
}
