//! A log is decided again: as it is, and with an event in it that nobody decided.

#![allow(clippy::unwrap_used, reason = "a test that meets what it did not expect must fail")]

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::{Act, Case, CaseCommand, CaseEvent, RungReached, SignalToFollow};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::ids::{CaseId, PartnerId, PersonId, SignalId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::{PlannedStep, Rung};
use seinhuis_domain::profile::{AdoptProfile, AdoptedProfile, Profile};
use seinhuis_domain::sector::Urgency;
use seinhuis_domain::what_if::{Change, Draft, Of};
use seinhuis_escalation::{Answer, Question, what_if};
use seinhuis_eventstore::{Append, Context, Log, NewEvent, Position, StreamId};

const OPENED: &str = "2026-03-09T09:30:00Z";
const LATE: &str = "2026-03-17T05:00:00Z";

struct Scene {
    log: Log,
    who: Directory,
    case: CaseId,
    _folder: tempfile::TempDir,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn context(when: &str) -> Context {
    Context { actor: "role:test".into(), at: at(when), trace: None }
}

impl Scene {
    /// A case that was opened and climbed to the team a few hours after its time.
    async fn climbed() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(&format!("sqlite:{}", folder.path().join("log.sqlite").display())).await.unwrap();
        let adopt = AdoptProfile(Box::new(example::profile()));
        log.execute::<AdoptedProfile>(&(), "voorbeeld", adopt, &context("2026-01-05T09:00:00Z"))
            .await
            .unwrap();
        let mut who = Directory::default();
        for event in log.read(Position::START, 10).await.unwrap().events {
            who.apply("voorbeeld", &event.event().unwrap()).unwrap();
        }
        let signal = SignalToFollow {
            id: SignalId::of(&PartnerId::new("wonion").unwrap(), "1"),
            kind: Kind::from_code("housing.fin.hua").unwrap(),
            urgency: Urgency::Normal,
            area: AreaCode::new("WK150900").unwrap(),
            subjects: vec![],
        };
        let scene = Self { log, who, case: CaseId::opened_by(signal.id), _folder: folder };
        scene.give(CaseCommand::OpenCase { id: scene.case, signal, at: at(OPENED) }, OPENED).await;
        let step = scene.planned().await;
        scene.give(CaseCommand::RaiseByTimer { step, at: at(LATE) }, LATE).await;
        scene
    }

    async fn give(&self, command: CaseCommand, when: &str) {
        self.log.execute::<Case>(&self.who, &self.case.to_string(), command, &context(when)).await.unwrap();
    }

    async fn stored(&self) -> Vec<CaseEvent> {
        let events = self.log.read(Position::START, 100).await.unwrap().events;
        let of_case = |event| match event {
            Event::Case(event) => Some(event),
            _ => None,
        };
        events.iter().filter_map(|event| of_case(event.event().unwrap())).collect()
    }

    async fn planned(&self) -> PlannedStep {
        self.stored().await.iter().rev().find_map(|event| event.plan()?.cloned()).unwrap()
    }

    /// Puts an event into the log that no rule decided.
    async fn plant(&self, event: &CaseEvent, when: &str) {
        let expected_version = self.stored().await.len() as u64;
        let batch = Append {
            stream: StreamId::new("case", &self.case.to_string()),
            expected_version,
            events: vec![NewEvent::of(event, &context(when)).unwrap()],
        };
        self.log.append(batch).await.unwrap();
    }

    async fn answer(&self, draft: Option<Profile>) -> Answer {
        let draft = draft.map(|profile| Draft { profile: Box::new(profile), from: Timestamp::MIN });
        let question = Question { draft, from: Timestamp::MIN, until: None };
        what_if(&self.log, question, |_, _| {}).await.unwrap()
    }
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
    assert_eq!((answer.events, answer.until), (6, at("2026-03-18T09:00:00Z")));
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
    scene.stored().await.into_iter().for_each(|event| cqrs_es::Aggregate::apply(&mut misdirected, event));
    let state = misdirected.state().unwrap();
    let climb = RungReached {
        area: state.area.clone(),
        rung: step.to,
        cycle: 0,
        policy_version: 1,
        cause: step.cause,
        planned_at: Some(step.due_at),
        at: step.due_at,
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
    let mut draft = example::profile();
    draft.policy.ladder.workfloor.pick_up = "1d".parse().unwrap();
    let answer = scene.answer(Some(draft)).await;
    assert!(answer.identity.is_none());
    let differences = answer.comparison.differences();
    assert_eq!(differences.len(), 1, "{differences:?}");
    assert_eq!((differences[0].of, differences[0].change), (Of::Climb(Rung::Team), Change::OtherTime));
    let would = differences[0].would.as_ref().unwrap();
    assert_eq!(would.at, at("2026-03-10T23:00:00Z"));
}
