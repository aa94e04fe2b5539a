//! The role with a clock that is moved by hand.

use std::time::Duration;

use jiff::SignedDuration;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::ladder::Rung;
use seinhuis_escalation::Escalation;
use seinhuis_projections::{DirectoryView, Follower, Model, Views, work};
use seinhuis_runtime::Clock;
use seinhuis_testkit::Place;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::scene::{OPENED, Scene, at};

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
}

impl Working {
    async fn begin(scene: &Scene, clock: &Clock, machine: &Clock) -> Self {
        let views = Views::open(&scene.address("timers.sqlite"), &[Model::Timers]).await.unwrap();
        let follower = Follower::new(scene.log.clone(), views.clone());
        let directory = DirectoryView::load(scene.log.clone()).await.unwrap();
        let (clock, machine) = (clock.clone(), machine.clone());
        let role = Escalation::new(scene.log.clone(), follower, views, directory, clock, machine);
        let drain = CancellationToken::new();
        let working = work(role, drain.clone());
        Self { drain, role: tokio::spawn(async move { working.await.unwrap() }) }
    }

    async fn end(self) {
        self.drain.cancel();
        self.role.await.unwrap();
    }
}

/// The climbs so far: where to, and whether it was gone past.
async fn climbs(scene: &Scene) -> Vec<(Rung, bool)> {
    let climb = |event| match event {
        CaseEvent::RungReached(climb) => Some((climb.rung, climb.passed)),
        _ => None,
    };
    scene.stored().await.into_iter().filter_map(climb).collect()
}

/// Once there are so many.
async fn climbed(scene: &Scene, count: usize) -> Vec<(Rung, bool)> {
    let waiting = async {
        loop {
            let climbs = climbs(scene).await;
            if climbs.len() >= count {
                return climbs;
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
    clock.set(at(REGISSEUR));
    assert_eq!(climbed(&scene, 2).await, [(Rung::Team, false), (Rung::Regisseur, false)]);
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
