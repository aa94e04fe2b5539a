//! What stops a follower, and what is refused.

use std::error::Error;

use seinhuis_domain::area::AreaCode;
use seinhuis_eventstore::{Append, NewEvent, Position, StreamId};
use seinhuis_projections::{Comparison, Fault, Follower, Model, Rebuild, Views, compare, rebuild_into};
use tokio_util::sync::CancellationToken;

use crate::scene::{Scene, on_each_backend, signal};

on_each_backend! {
    an_event_nobody_understands_stops_the_models_before_it_and_is_named
    an_event_that_some_models_read_stops_those_alone_and_the_others_go_on
    a_model_that_another_version_has_begun_again_is_left_to_it
}

/// Appends an event of a case that this version of the hub doesn't know.
pub(crate) async fn poison(scene: &Scene) -> Position {
    poison_of(scene, "case", "case.teleported").await
}

/// The same of another kind.
pub(crate) async fn poison_of(scene: &Scene, kind: &str, name: &str) -> Position {
    let event = NewEvent {
        name: name.into(),
        schema: 3,
        recorded_at: scene.now,
        area: None,
        actor: "test".into(),
        trace: None,
        payload: b"{}".to_vec(),
        sealed: None,
    };
    let stream = StreamId::new(kind, "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001");
    scene.log.append(Append { stream, expected_version: 0, events: vec![event] }).await.unwrap().last
}

async fn an_event_nobody_understands_stops_the_models_before_it_and_is_named(scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let before = scene.head();
    let poisoned = poison(&scene).await;
    scene.opened(&signal("wonion", "2", "housing.fin.hua")).await;
    let views = Views::open(&scene.url("views"), &[Model::Board, Model::Tally]).await.unwrap();
    let mut follower = Follower::new(scene.log.clone(), views.clone());
    let fault = follower.catch_up().await.unwrap_err();
    let told = format!("board, tally can't take in event {poisoned}, case.teleported schema 3");
    assert_eq!(fault.to_string(), told);
    assert_eq!(follower.catch_up().await.unwrap_err().to_string(), told, "when it is asked again");
    assert!(fault.source().is_some() && !fault.is_passing());
    assert_eq!(views.position(), before);
    let ulft = [AreaCode::new("WK150900").unwrap()];
    assert_eq!(views.board(&ulft, 10).await.unwrap()[0].id, case);
    let follower = Follower::new(scene.log.clone(), views.clone());
    let ended = follower.run(CancellationToken::new()).await;
    assert!(matches!(ended, Err(Fault::Poisoned { position, .. }) if position == poisoned));
}

async fn an_event_that_some_models_read_stops_those_alone_and_the_others_go_on(scene: Scene) {
    scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let before = scene.head();
    let poisoned = poison_of(&scene, "notice", "notice.whispered").await;
    scene.opened(&signal("wonion", "2", "housing.fin.hua")).await;
    let views = Views::open(&scene.url("views"), Model::ASKED).await.unwrap();
    for page in [1, 3, 1_000] {
        let mut follower = Follower::new(scene.log.clone(), views.clone()).with_page(page);
        let fault = follower.catch_up().await.unwrap_err();
        let told = format!("case_file, tally can't take in event {poisoned}, notice.whispered schema 3");
        assert_eq!(fault.to_string(), told);
        scene.opened(&signal("wonion", &format!("3-{page}"), "housing.fin.hua")).await;
        // By the same follower, and the next one meets it again.
        assert_eq!(follower.catch_up().await.unwrap_err().to_string(), told);
        for standing in views.standing(&scene.log).await.unwrap() {
            let stops = [Model::CaseFile, Model::Tally].contains(&standing.model);
            let at = if stops { before } else { scene.head() };
            assert_eq!((standing.position, standing.stopped.is_some()), (at, stops), "{standing:?}");
        }
    }
    let scratch = scene.folder.path().join("scratch");
    std::fs::create_dir(&scratch).unwrap();
    let compared = compare(&scene.log, &views, &scratch).await.unwrap();
    assert!(compared.len() == 4 && compared.iter().all(Comparison::is_equal), "{compared:?}");

    // Those that go on are followed, without a word about the others, and rebuilt; a rebuild of one that stopped stops there too.
    let (drain, ulft) = (CancellationToken::new(), [AreaCode::new("WK150900").unwrap()]);
    let following = tokio::spawn(Follower::new(scene.log.clone(), views.clone()).run(drain.clone()));
    let seen = views.board(&ulft, 100).await.unwrap().len();
    scene.opened(&signal("wonion", "4", "housing.fin.hua")).await;
    while views.board(&ulft, 100).await.unwrap().len() == seen {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    assert!(!following.is_finished());
    drain.cancel();
    following.await.unwrap().unwrap();
    let rebuild = |model| Rebuild::from(scene.log.clone()).with(&views, &[model]);
    let rebuilt = rebuild(Model::Board).run().await.unwrap();
    assert_eq!(rebuilt.iter().map(|rebuilt| rebuilt.position).collect::<Vec<_>>(), [scene.head()]);
    let fault = rebuild(Model::Tally).run().await.unwrap_err();
    assert!(matches!(fault, Fault::Poisoned { position, .. } if position == poisoned), "{fault:?}");
}

async fn a_model_that_another_version_has_begun_again_is_left_to_it(scene: Scene) {
    let views = Views::open(&scene.url("views"), &[Model::Board, Model::Tally]).await.unwrap();
    Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap();
    scene.around("views", "UPDATE checkpoint SET version = 999, position = 0 WHERE model = 'tally'").await;
    scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let fault = Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap_err();
    assert!(matches!(fault, Fault::OtherVersion { model: "tally" }) && !fault.is_passing(), "{fault:?}");
    let tally = views.tally().await.unwrap();
    assert_eq!(tally.iter().filter(|line| line.what == "event").map(|line| line.count).sum::<u64>(), 1);
}

#[tokio::test]
async fn a_file_of_another_program_is_left_alone() {
    use sqlx::Connection;
    let scene = Scene::new().await;
    let log = scene.url("log");
    assert!(matches!(Views::open(&log, Model::ALL).await, Err(Fault::Foreign { .. })));
    let theirs = format!("{}?mode=rwc", scene.url("theirs"));
    let mut connection = sqlx::SqliteConnection::connect(&theirs).await.unwrap();
    sqlx::query("CREATE TABLE theirs (a INTEGER)").execute(&mut connection).await.unwrap();
    assert!(matches!(Views::open(&scene.url("theirs"), Model::ALL).await, Err(Fault::Foreign { .. })));
}

#[tokio::test]
async fn an_address_that_names_no_file_is_refused() {
    for bad in ["", "sqlite:", "views.sqlite", "mysql:views"] {
        assert!(matches!(Views::open(bad, Model::ALL).await, Err(Fault::Address { .. })), "{bad:?}");
    }
}

#[tokio::test]
async fn a_rebuild_refuses_a_file_that_exists() {
    let scene = Scene::new().await;
    let path = scene.path("rebuilt");
    rebuild_into(&scene.log, &path, Model::ALL, None).await.unwrap();
    let again = rebuild_into(&scene.log, &path, Model::ALL, None).await;
    assert!(matches!(again, Err(Fault::NotFresh { .. })));
}

#[tokio::test]
#[should_panic(expected = "board was asked of a file that holds [Timers]")]
async fn to_ask_a_file_for_a_model_it_does_not_hold_is_a_bug() {
    let scene = Scene::new().await;
    let views = Views::open(&scene.url("timers"), &[Model::Timers]).await.unwrap();
    let _ = views.board(&[], 10).await;
}
