//! Read models seen from a process that doesn't follow the log into them.

use std::time::Duration;

use seinhuis_eventstore::Position;
use seinhuis_projections::{Fault, Follower, Model, Views};
use tokio_util::sync::CancellationToken;

use crate::scene::{Scene, on_each_backend, signal};

const LONG: Duration = Duration::from_secs(60);

on_each_backend! {
    who_looks_before_anything_is_made_is_told_so_and_makes_nothing
    who_looks_sees_how_far_others_take_the_log_in
    a_hint_alone_moves_nothing
    who_looks_at_another_version_leaves_it_alone
}

behind_a_pooler! { who_looks_sees_how_far_others_take_the_log_in }

async fn who_looks_before_anything_is_made_is_told_so_and_makes_nothing(scene: Scene) {
    let url = scene.url("views");
    for _ in 0..2 {
        let views = Views::look_in(&url, Model::ASKED).await.unwrap();
        assert_eq!((views.position(), views.are_made().await.unwrap()), (Position::START, false));
        let fault = views.tally().await.unwrap_err();
        assert!(matches!(fault, Fault::NotMade { .. }) && fault.is_passing(), "{fault:?}");
    }
    let views = Views::look_in(&url, Model::ASKED).await.unwrap();
    Views::open(&url, &Model::ASKED[1..]).await.unwrap();
    assert!(!views.are_made().await.unwrap());
    Views::open(&url, Model::ASKED).await.unwrap();
    assert!(views.are_made().await.unwrap());
    assert_eq!(views.tally().await.unwrap(), []);
}

async fn who_looks_sees_how_far_others_take_the_log_in(scene: Scene) {
    let url = scene.url("views");
    let seen = Views::look_in(&url, Model::ASKED).await.unwrap();
    let drain = CancellationToken::new();
    let looking = tokio::spawn(seen.clone().follow_progress(drain.clone()));
    let made = Views::open(&url, Model::ASKED).await.unwrap();
    let mut follower = Follower::new(scene.log.clone(), made.clone());
    for reference in 0..10 {
        let case = scene.opened(&signal("wonion", &reference.to_string(), "housing.fin.hua")).await;
        follower.catch_up().await.unwrap();
        if reference % 2 == 0 {
            seen.hint(made.position());
        }
        seen.reached(scene.head(), LONG).await.unwrap();
        assert_eq!(seen.case_head(case).await.unwrap().unwrap().position, scene.head());
    }
    // Models that begin again are seen to.
    scene.around("views", "UPDATE checkpoint SET position = 1 WHERE model = 'tally'").await;
    seen.progress().wait_for(|at| *at == Position(1)).await.unwrap();
    drain.cancel();
    looking.await.unwrap().unwrap();
}

async fn a_hint_alone_moves_nothing(scene: Scene) {
    let made = Views::open(&scene.url("views"), Model::ASKED).await.unwrap();
    let seen = Views::look_in(&scene.url("views"), Model::ASKED).await.unwrap();
    let drain = CancellationToken::new();
    let looking = tokio::spawn(seen.clone().follow_progress(drain.clone()));
    seen.hint(Position(1_000));
    Follower::new(scene.log.clone(), made).catch_up().await.unwrap();
    seen.reached(scene.head(), LONG).await.unwrap();
    assert_eq!(seen.position(), scene.head());
    drain.cancel();
    looking.await.unwrap().unwrap();
}

async fn who_looks_at_another_version_leaves_it_alone(scene: Scene) {
    let made = Views::open(&scene.url("views"), Model::ASKED).await.unwrap();
    Follower::new(scene.log.clone(), made.clone()).catch_up().await.unwrap();
    let before = made.tally().await.unwrap();
    scene.around("views", "UPDATE checkpoint SET version = 0 WHERE model = 'tally'").await;
    let seen = Views::look_in(&scene.url("views"), Model::ASKED).await.unwrap();
    assert_eq!(seen.position(), scene.head());
    assert_eq!(seen.tally().await.unwrap(), before);
}
