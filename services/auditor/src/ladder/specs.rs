//! What the auditor finds, and what it lets be.

use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::{Act, Case, CaseCommand, SignalToFollow};
use seinhuis_domain::example;
use seinhuis_domain::ids::{PartnerId, SignalId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::profile::{AdoptProfile, AdoptedProfile, Profile};
use seinhuis_domain::sector::Urgency;
use seinhuis_eventstore::{Append, Context, Log, NewEvent, StreamId};

use super::*;
use crate::role::read;

const OPENED: &str = "2026-03-09T09:30:00Z";
const DUE: &str = "2026-03-16T23:00:00Z";
const SOON_AFTER: &str = "2026-03-16T23:00:02Z";
const LATER: &str = "2026-03-17T09:00:00Z";

/// A log with one case, and what the auditor makes of it.
struct Scene {
    log: Log,
    who: Directory,
    case: CaseId,
    audit: Audit,
    _folder: tempfile::TempDir,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn context(when: &str) -> Context {
    Context { actor: "role:test".into(), at: at(when), trace: None }
}

fn act(when: &str) -> Act {
    Act { by: "person:coordinator-ulft".into(), at: at(when), note: None }
}

fn partner(id: &str) -> PartnerId {
    PartnerId::new(id).unwrap()
}

impl Scene {
    async fn opened(kind: &str) -> Self {
        Self::opened_under(kind, example::profile()).await
    }

    async fn opened_under(kind: &str, profile: Profile) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(&format!("sqlite:{}", folder.path().join("log.sqlite").display())).await.unwrap();
        let adopt = AdoptProfile(Box::new(profile));
        log.execute::<AdoptedProfile>(&(), "voorbeeld", adopt, &context("2026-01-05T09:00:00Z"))
            .await
            .unwrap();
        let mut who = Directory::default();
        for event in log.read(Position::START, 10).await.unwrap().events {
            who.apply("voorbeeld", &event.event().unwrap()).unwrap();
        }
        let signal = SignalToFollow {
            id: SignalId::of(&partner("wonion"), "1"),
            kind: Kind::from_code(kind).unwrap(),
            urgency: Urgency::Normal,
            area: AreaCode::new("WK150900").unwrap(),
            subjects: vec![],
        };
        let case = CaseId::opened_by(signal.id);
        let scene = Self { log, who, case, audit: Audit::default(), _folder: folder };
        scene.give(CaseCommand::OpenCase { id: case, signal, at: at(OPENED) }, OPENED).await;
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

    /// The planned climb happens.
    async fn climbs(&self, when: &str) {
        let step = self.stored().await.iter().rev().find_map(|event| event.plan()?.cloned()).unwrap();
        self.give(CaseCommand::RaiseByTimer { step, at: at(when) }, when).await;
    }

    /// The climb that the planned one would be, changed, put into the log as no rule would.
    async fn plants(&self, when: &str, change: impl FnOnce(&mut RungReached)) {
        let step = self.stored().await.iter().rev().find_map(|event| event.plan()?.cloned()).unwrap();
        let told = if step.to == Rung::Team { "coordinator-ulft" } else { "regisseur-ulft" };
        let mut climb = RungReached {
            area: AreaCode::new("WK150900").unwrap(),
            rung: step.to,
            cycle: 0,
            policy_version: 1,
            cause: step.cause,
            planned_at: Some(step.due_at),
            at: at(when),
            passed: false,
            tell: vec![PersonId::new(told).unwrap()],
            told_because: vec![],
            next: None,
            act: None,
        };
        change(&mut climb);
        self.plant(&CaseEvent::RungReached(Box::new(climb)), when).await;
    }

    async fn plant(&self, event: &CaseEvent, when: &str) {
        let batch = Append {
            stream: StreamId::new("case", &self.case.to_string()),
            expected_version: self.stored().await.len() as u64,
            events: vec![NewEvent::of(event, &context(when)).unwrap()],
        };
        self.log.append(batch).await.unwrap();
    }

    async fn found(&mut self, now: &str) -> Vec<Wrong> {
        read(&self.log, &mut self.audit).await.unwrap();
        let findings = self.audit.findings(Timestamp::MIN, at(now));
        findings.into_iter().map(|finding| finding.wrong).collect()
    }
}

#[tokio::test]
async fn a_ladder_that_is_climbed_as_its_terms_say_is_sound_at_every_step() {
    let mut scene = Scene::opened("housing.fin.hua").await;
    assert_eq!(scene.found(DUE).await, []);
    scene.climbs(SOON_AFTER).await;
    assert_eq!(scene.found(LATER).await, []);
    scene.give(CaseCommand::Acknowledge { act: act(LATER) }, LATER).await;
    scene.give(CaseCommand::HandOver { to: partner("sensire"), act: act(LATER) }, LATER).await;
    scene.give(CaseCommand::Refuse { partner: partner("sensire"), act: act(LATER) }, LATER).await;
    assert_eq!(scene.found("2026-03-18T09:00:00Z").await, []);
    scene.climbs("2026-03-20T09:00:00Z").await;
    scene.climbs("2026-03-27T09:00:00Z").await;
    scene
        .give(
            CaseCommand::LowerRung { to: Rung::Team, act: act("2026-03-28T09:00:00Z") },
            "2026-03-28T09:00:00Z",
        )
        .await;
    assert_eq!(scene.found("2026-03-29T09:00:00Z").await, []);
    scene.give(CaseCommand::Resolve { act: act("2026-03-29T09:00:00Z") }, "2026-03-29T09:00:00Z").await;
    assert_eq!(scene.found("2027-01-01T09:00:00Z").await, []);
}

#[tokio::test]
async fn a_climb_that_is_withheld_is_found_until_it_happens() {
    let mut scene = Scene::opened("housing.fin.hua").await;
    assert_eq!(scene.found(SOON_AFTER).await, [Wrong::Withheld { due_at: at(DUE) }]);
    scene.climbs(LATER).await;
    assert_eq!(scene.found("2026-03-17T09:00:01Z").await, []);
}

#[tokio::test]
async fn a_climb_before_its_term_has_passed_is_found() {
    let mut scene = Scene::opened("housing.fin.hua").await;
    let early = "2026-03-16T22:59:59Z";
    scene.plants(early, |climb| climb.planned_at = Some(at(early))).await;
    assert_eq!(scene.found(early).await, [Wrong::Early { due_at: at(DUE), at: at(early) }]);
}

#[tokio::test]
async fn a_climb_by_a_plan_that_is_not_what_the_terms_say_is_found() {
    let mut scene = Scene::opened("housing.fin.hua").await;
    // As who counts from when the timer fired would have it.
    scene.plants(LATER, |climb| climb.planned_at = Some(at(LATER))).await;
    assert_eq!(scene.found(LATER).await, [Wrong::Misplanned { planned: Some(at(LATER)), due_at: at(DUE) }]);
}

#[tokio::test]
async fn the_same_rung_twice_in_a_cycle_is_found() {
    let mut scene = Scene::opened("housing.fin.hua").await;
    scene.climbs(SOON_AFTER).await;
    scene.plants(LATER, |climb| (climb.rung, climb.planned_at) = (Rung::Team, None)).await;
    let found = scene.found(LATER).await;
    assert!(found.contains(&Wrong::Doubled { rung: Rung::Team }), "{found:?}");
}

#[tokio::test]
async fn who_has_nothing_to_do_with_it_and_nobody_at_all_are_found() {
    let mut scene = Scene::opened("housing.fin.hua").await;
    let stranger = PersonId::new("voorman").unwrap();
    scene.plants(SOON_AFTER, |climb| climb.tell.push(stranger.clone())).await;
    let found = scene.found(SOON_AFTER).await;
    assert_eq!(found, [Wrong::Misdirected { told: stranger, rung: Rung::Team }]);

    let mut scene = Scene::opened("housing.fin.hua").await;
    scene.plants(SOON_AFTER, |climb| climb.tell.clear()).await;
    assert_eq!(scene.found(SOON_AFTER).await, [Wrong::Untold { rung: Rung::Team }]);
}

#[tokio::test]
async fn a_case_goes_past_a_rung_after_a_silence_and_never_past_one_on_which_it_should_stay() {
    let mut scene = Scene::opened("housing.fin.hua").await;
    let step = scene.stored().await.iter().rev().find_map(|event| event.plan()?.cloned()).unwrap();
    let awake = "2026-04-01T09:00:00Z";
    scene.give(CaseCommand::CatchUp { step, at: at(awake) }, awake).await;
    assert!(
        scene
            .stored()
            .await
            .iter()
            .any(|event| matches!(event, CaseEvent::RungReached(climb) if climb.passed))
    );
    assert_eq!(scene.found(awake).await, []);

    let mut scene = Scene::opened("housing.fin.hua").await;
    scene.plants(SOON_AFTER, |climb| (climb.passed, climb.tell) = (true, vec![])).await;
    assert_eq!(scene.found(SOON_AFTER).await, [Wrong::Untold { rung: Rung::Team }]);
}

#[tokio::test]
async fn a_deputy_of_a_deputy_may_be_told_and_the_regisseur_of_another_area_may_not() {
    let mut profile = example::profile();
    profile.people.iter_mut().find(|entry| entry.id.as_str() == "regisseur-oost").unwrap().deputy =
        Some(PersonId::new("college").unwrap());
    let mut scene = Scene::opened_under("police.e33", profile).await;
    scene.plants("2026-03-11T23:00:00Z", |climb| climb.tell = vec![PersonId::new("college").unwrap()]).await;
    assert_eq!(scene.found("2026-03-11T23:00:00Z").await, []);
}

#[tokio::test]
async fn a_plan_that_is_missing_or_wrong_is_found_until_it_is_right() {
    let mut scene = Scene::opened("housing.fin.hua").await;
    let step = scene.stored().await.iter().rev().find_map(|event| event.plan()?.cloned()).unwrap();
    let area = AreaCode::new("WK150900").unwrap();
    let later = seinhuis_domain::ladder::PlannedStep { due_at: at(LATER), ..step.clone() };
    scene.plant(&CaseEvent::StepPlanned { area: area.clone(), step: later }, "2026-03-10T09:00:00Z").await;
    let wrong = Wrong::Misplanned { planned: Some(at(LATER)), due_at: at(DUE) };
    assert_eq!(scene.found("2026-03-11T09:00:00Z").await, [wrong]);
    scene.plant(&CaseEvent::StepPlanned { area, step }, "2026-03-12T09:00:00Z").await;
    assert_eq!(scene.found("2026-03-13T09:00:00Z").await, []);
}

#[tokio::test]
async fn what_happened_long_ago_is_no_longer_told_when_only_the_last_day_is_asked_for() {
    let mut scene = Scene::opened("housing.fin.hua").await;
    scene.plants(SOON_AFTER, |climb| climb.tell.clear()).await;
    read(&scene.log, &mut scene.audit).await.unwrap();
    assert_eq!(scene.audit.findings(at(SOON_AFTER), at(SOON_AFTER)).len(), 1);
    assert_eq!(scene.audit.findings(at(LATER), at(SOON_AFTER)).len(), 0);
}
