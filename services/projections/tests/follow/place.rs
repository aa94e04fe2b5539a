//! How far read models are, and waiting for them to get somewhere.

use std::time::Duration;

use seinhuis_eventstore::Position;
use seinhuis_projections::{Follower, Model, NotYet, Views, rebuild_into};
use tokio_util::sync::CancellationToken;

use crate::scene::{Scene, on_each_backend, signal};

on_each_backend! {
    who_writes_can_wait_until_he_reads_what_he_wrote
    who_waits_in_vain_is_told_how_far_it_is
    a_follower_stops_when_the_hub_drains_even_in_the_middle_of_a_long_log
    models_can_be_had_as_they_stood_at_a_position
    what_another_process_appends_is_followed_too
}

const LONG: Duration = Duration::from_secs(60);

async fn who_writes_can_wait_until_he_reads_what_he_wrote(scene: Scene) {
    let views = Views::open(&scene.url("views"), Model::ASKED).await.unwrap();
    let drain = CancellationToken::new();
    let running = tokio::spawn(Follower::new(scene.log.clone(), views.clone()).run(drain.clone()));
    for reference in 0..20 {
        let case = scene.opened(&signal("wonion", &reference.to_string(), "housing.fin.hua")).await;
        views.reached(scene.head(), LONG).await.unwrap();
        assert_eq!(views.case_head(case).await.unwrap().unwrap().position, scene.head());
    }
    drain.cancel();
    running.await.unwrap().unwrap();
}

async fn who_waits_in_vain_is_told_how_far_it_is(scene: Scene) {
    let views = Views::open(&scene.url("views"), Model::ASKED).await.unwrap();
    Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap();
    let (at, wanted) = (scene.head(), Position(scene.head().0 + 1));
    assert_eq!(views.reached(at, Duration::ZERO).await, Ok(()));
    assert_eq!(views.reached(wanted, Duration::from_millis(1)).await, Err(NotYet { wanted, at }));
}

async fn a_follower_stops_when_the_hub_drains_even_in_the_middle_of_a_long_log(scene: Scene) {
    for reference in 0..30 {
        scene.report(&signal("wonion", &reference.to_string(), "housing.fin.hua")).await;
    }
    let views = Views::open(&scene.url("views"), Model::ASKED).await.unwrap();
    let drain = CancellationToken::new();
    drain.cancel();
    Follower::new(scene.log.clone(), views.clone()).with_page(10).run(drain).await.unwrap();
    // The page in hand was finished, and no other begun.
    assert_eq!(views.position(), Position(10));
}

async fn models_can_be_had_as_they_stood_at_a_position(mut scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let then = scene.head();
    let (past, now) = (scene.path("past"), scene.path("now"));
    let fresh = rebuild_into(&scene.log, &past, Model::ASKED, None).await.unwrap();
    scene.climb(case).await;
    let asked = rebuild_into(&scene.log, &now, Model::ASKED, Some(then)).await.unwrap();
    assert_eq!(asked, fresh);
    assert_eq!(asked[0].position, then);
}

async fn what_another_process_appends_is_followed_too(scene: Scene) {
    let views = Views::open(&scene.url("views"), Model::ASKED).await.unwrap();
    let drain = CancellationToken::new();
    let running = tokio::spawn(Follower::new(scene.log.clone(), views.clone()).run(drain.clone()));
    // A log of its own over the same file: nobody here is woken by it.
    let elsewhere = Scene { log: seinhuis_eventstore::Log::open(&scene.log_url()).await.unwrap(), ..scene };
    let case = elsewhere.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    views.reached(elsewhere.head(), LONG).await.unwrap();
    assert!(views.case_head(case).await.unwrap().is_some());
    drain.cancel();
    running.await.unwrap().unwrap();
}
