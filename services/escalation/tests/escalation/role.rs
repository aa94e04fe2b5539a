//! The role with a clock that is moved by hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::example;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::ladder::Rung;
use seinhuis_escalation::{Escalation, Fired};
use seinhuis_projections::{DirectoryView, Follower, Model, Views, work};
use seinhuis_runtime::Clock;
use seinhuis_testkit::Place;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::scene::{OPENED, Scene, at, reminding};

/// When the case climbs: to the team, to the regisseur, and by then to the college.
const TEAM: &str = "2026-03-16T23:00:00Z";
const REGISSEUR: &str = "2026-03-30T22:00:00Z";
const COLLEGE: &str = "2026-05-01T09:00:00Z";
/// How long anything may take, on a machine that compiles beside it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The role at work until it is told to end.
struct Working {
    drain: CancellationToken,
    role: JoinHandle<()>,
    directory: DirectoryView,
    /// What it told of what fired.
    fired: Arc<Mutex<Vec<Fired>>>,
}

impl Working {
    async fn begin(scene: &Scene, clock: &Clock, machine: &Clock) -> Self {
        let views = Views::open(&scene.address("timers.sqlite"), &[Model::Timers]).await.unwrap();
        let follower = Follower::new(scene.log.clone(), views.clone());
        let directory = DirectoryView::load(scene.log.clone()).await.unwrap();
        let drain = CancellationToken::new();
        tokio::spawn(directory.clone().run(drain.clone()));
        let (clock, machine) = (clock.clone(), machine.clone());
        let role = Escalation::new(scene.log.clone(), follower, views, directory.clone(), clock, machine);
        assert!(format!("{role:?}").contains("silence: None"), "what it holds can be looked at");
        let fired = Arc::new(Mutex::new(vec![]));
        let heard = Arc::clone(&fired);
        let role = role.telling(Arc::new(move |fired| heard.lock().unwrap().push(fired)));
        let working = work(role, drain.clone());
        Self { drain, role: tokio::spawn(async move { working.await.unwrap() }), directory, fired }
    }

    /// Ends it. Gives what it told of what fired.
    async fn end(self) -> Vec<Fired> {
        self.drain.cancel();
        self.role.await.unwrap();
        std::mem::take(&mut *self.fired.lock().unwrap())
    }
}

/// The climbs of a case so far: where to, and whether it was gone past.
async fn climbs_of(scene: &Scene, case: CaseId) -> Vec<(Rung, bool)> {
    let climb = |event| match event {
        CaseEvent::RungReached(climb) => Some((climb.rung, climb.passed)),
        _ => None,
    };
    scene.stored_of(case).await.into_iter().filter_map(climb).collect()
}

/// The same of the first case.
async fn climbs(scene: &Scene) -> Vec<(Rung, bool)> {
    climbs_of(scene, scene.case).await
}

/// The same once there are so many.
async fn climbed(scene: &Scene, count: usize) -> Vec<(Rung, bool)> {
    let enough = async || Some(climbs(scene).await).filter(|climbs| climbs.len() >= count);
    until(enough).await
}

/// Asks until there is an answer.
async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let waiting = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap()
}

#[tokio::test]
async fn a_case_climbs_when_its_time_comes_and_is_told_of_on_each_rung() {
    let scene = Scene::opened(Place::sqlite(None).unwrap()).await;
    let clock = Clock::manual(at(OPENED));
    let working = Working::begin(&scene, &clock, &Clock::system()).await;
    clock.set(at(TEAM));
    assert_eq!(climbed(&scene, 1).await, [(Rung::Team, false)]);
    // How late it was is told by the clock that stands when the log has it.
    until(async || (!working.fired.lock().unwrap().is_empty()).then_some(())).await;
    clock.set(at(REGISSEUR) + SignedDuration::from_secs(1));
    assert_eq!(climbed(&scene, 2).await, [(Rung::Team, false), (Rung::Regisseur, false)]);
    let climb = |late| Fired { what: "climb", late: SignedDuration::from_secs(late) };
    assert_eq!(working.end().await, [climb(0), climb(1)]);
}

#[tokio::test]
async fn a_climb_is_reminded_of_when_its_time_comes() {
    let scene = Scene::opened_under(Place::sqlite(None).unwrap(), reminding()).await;
    let clock = Clock::manual(at(OPENED));
    let working = Working::begin(&scene, &clock, &Clock::system()).await;
    // Four of five working days.
    clock.set(at("2026-03-13T23:00:00Z"));
    until(async || {
        let reminded = |event: &CaseEvent| matches!(event, CaseEvent::CaseReminded(_));
        scene.stored().await.iter().any(reminded).then_some(())
    })
    .await;
    assert_eq!(climbs(&scene).await, []);
    assert_eq!(working.end().await, [Fired { what: "reminder", late: SignedDuration::ZERO }]);
}

#[tokio::test]
async fn what_is_refused_is_set_aside_for_a_minute_and_holds_up_nobody() {
    let scene = Scene::opened(Place::sqlite(None).unwrap()).await;
    // Nobody has adopted the second version.
    let refused = scene.opens_like_it("2", 2).await;
    let clock = Clock::manual(at(OPENED));
    let working = Working::begin(&scene, &clock, &Clock::system()).await;
    clock.set(at(TEAM));
    climbed(&scene, 1).await;
    let mut second = example::profile();
    second.title = "Voorbeeldgemeente in een nieuw jaar".into();
    scene.adopts(second).await;
    until(async || working.directory.current().adopted(2).map(drop)).await;
    // Another one is due before the minute is over, and the first is not tried with it.
    clock.advance(SignedDuration::from_secs(59));
    let due = scene.opens_like_it("3", 1).await;
    let climbs = async |case| Some(climbs_of(&scene, case).await).filter(|climbs| !climbs.is_empty());
    until(async || climbs(due).await).await;
    assert_eq!(climbs(refused).await, None);
    let climbed = until(async || {
        clock.advance(SignedDuration::from_secs(60));
        climbs(refused).await
    });
    assert_eq!(climbed.await, [(Rung::Team, false)]);
    working.end().await;
}

#[tokio::test]
async fn after_a_silence_a_case_goes_past_the_rungs_whose_terms_have_ended() {
    let scene = Scene::opened(Place::sqlite(None).unwrap()).await;
    let clock = Clock::manual(at(REGISSEUR));
    let working = Working::begin(&scene, &clock, &Clock::system()).await;
    assert_eq!(climbed(&scene, 2).await, [(Rung::Team, true), (Rung::Regisseur, false)]);
    working.end().await;
}

#[tokio::test]
async fn a_silence_lasts_until_all_that_was_overdue_is_caught_up_with_however_much_it_is() {
    let scene = Scene::opened(Place::sqlite(None).unwrap()).await;
    // More than are looked at at a time.
    const CASES: usize = 1_100;
    for nth in 1..CASES {
        scene.opens_like_it(&format!("more-{nth}"), 1).await;
    }
    let opened = scene.log.look().await.unwrap();
    let working = Working::begin(&scene, &Clock::manual(at(REGISSEUR)), &Clock::system()).await;
    until(async || (working.fired.lock().unwrap().len() >= CASES).then_some(())).await;
    working.end().await;
    let events = scene.stored_of_all(opened).await;
    let climbs = events.into_iter().filter_map(|(_, event)| match event {
        CaseEvent::RungReached(climb) => Some((climb.rung, climb.passed)),
        _ => None,
    });
    let climbs: Vec<_> = climbs.collect();
    let told = climbs.iter().filter(|climb| **climb == (Rung::Regisseur, false)).count();
    let passed = climbs.iter().filter(|climb| **climb == (Rung::Team, true)).count();
    assert_eq!((passed, told), (CASES, CASES));
}

#[tokio::test]
async fn a_machine_that_slept_was_silent() {
    let scene = Scene::opened(Place::sqlite(None).unwrap()).await;
    let clock = Clock::manual(at(OPENED));
    let working = Working::begin(&scene, &clock, &Clock::system()).await;
    clock.set(at(TEAM));
    climbed(&scene, 1).await;
    clock.set(at(COLLEGE));
    let climbs = [(Rung::Team, false), (Rung::Regisseur, true), (Rung::College, false)];
    assert_eq!(climbed(&scene, 3).await, climbs);
    working.end().await;
}

#[tokio::test]
async fn with_a_clock_that_the_database_contradicts_nothing_fires_and_then_it_is_a_silence() {
    let scene = Scene::opened(Place::postgres(None).unwrap()).await;
    let clock = Clock::manual(at(OPENED));
    let ahead = Clock::manual(Clock::system().now() + SignedDuration::from_secs(6));
    let working = Working::begin(&scene, &clock, &ahead).await;
    clock.set(at(REGISSEUR));
    // The database's comes to the same in a few seconds: until then the role looks, and fires nothing.
    let machine = Clock::system();
    let agreed = ahead.now() - SignedDuration::from_secs(3);
    while machine.now() < agreed {
        assert_eq!(climbs(&scene).await, [], "{agreed}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(climbed(&scene, 2).await, [(Rung::Team, true), (Rung::Regisseur, false)]);
    working.end().await;
}
