//! Read models that an operator has made anew.

use std::time::{Duration, Instant};

use seinhuis_contract::proto::history::v1::rebuild_projection_response::Part;
use seinhuis_contract::proto::history::v1::{
    RebuildProgress, RebuildProjectionRequest, RebuildProjectionResponse, RebuildResult, RebuildStage,
};
use seinhuis_domain::example;
use seinhuis_eventstore::Position;
use seinhuis_projections::Model;
use tokio::runtime::{Builder, Runtime};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt;

use crate::scene::{PATIENCE, Scene};

type Answers = Streaming<RebuildProjectionResponse>;

async fn rebuild(scene: &Scene, models: &[&str]) -> Result<Answers, Status> {
    let models = models.iter().map(|model| (*model).to_owned()).collect();
    let answers = scene.past("beheerder").rebuild_projection(RebuildProjectionRequest { models }).await?;
    Ok(answers.into_inner())
}

/// How far it was, each time it was said, and what it came to.
async fn told(mut answers: Answers) -> (Vec<RebuildProgress>, RebuildResult) {
    let mut seen = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        match answer.part.unwrap() {
            Part::Progress(progress) => seen.push(progress),
            Part::Result(result) => {
                assert!(answers.message().await.unwrap().is_none(), "something comes after the result");
                return (seen, result);
            }
        }
    }
    panic!("no result after {seen:?}");
}

/// A hub with some events whose read models nobody follows into, and a background in which nothing moves yet.
async fn at_rest() -> (Scene, Runtime) {
    let background = Builder::new_current_thread().enable_all().build().unwrap();
    let scene = Scene::stalled_before(background.handle().clone()).await;
    for n in 0..30 {
        scene.open(example::signal("wonion", &format!("s{n}"), "housing.soc.gel")).await;
    }
    (scene, background)
}

/// Lets the background work until the test ends.
fn go_on(background: Runtime) {
    std::thread::spawn(move || background.block_on(std::future::pending::<()>()));
}

/// Up to where the board has been made.
async fn board_at(scene: &Scene) -> Position {
    let standing = scene.views.main.standing(&scene.log).await.unwrap();
    standing.iter().find(|standing| standing.model == Model::Board).unwrap().position
}

#[tokio::test]
async fn an_operator_is_told_how_far_it_is_and_what_it_came_to() {
    let (scene, background) = at_rest().await;
    go_on(background);
    let head = scene.log.head();
    let (seen, RebuildResult { models }) = told(rebuild(&scene, &["timers", "board"]).await.unwrap()).await;
    let names: Vec<_> = models.iter().map(|model| (model.model.as_str(), model.position)).collect();
    assert_eq!(names, [("board", head.0), ("timers", head.0)]);
    assert!(models.iter().all(|model| model.swap_ms > 0.0), "{models:?}");
    let last = seen.last().unwrap();
    assert_eq!((last.from_position, last.position, last.head), (0, head.0, head.0), "{seen:?}");
    assert!(last.stage() == RebuildStage::Done && last.events_per_second > 0.0, "{seen:?}");
    assert_eq!(board_at(&scene).await, head);
    let (_, RebuildResult { models }) = told(rebuild(&scene, &[]).await.unwrap()).await;
    assert_eq!(models.len(), 8, "{models:?}");
}

#[tokio::test]
async fn a_read_model_that_there_is_not_is_refused_and_those_that_are_there_are_named() {
    let scene = Scene::begin().await;
    let refused = rebuild(&scene, &["board", "bord"]).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
    for word in ["models", "\"bord\"", "board, case_file, own_signals, tally, timers"] {
        assert!(refused.message().contains(word), "{refused}");
    }
}

#[tokio::test]
async fn a_second_rebuild_is_asked_to_come_back_and_finds_room_once_the_first_is_done() {
    let (scene, background) = at_rest().await;
    let first = rebuild(&scene, &["board"]).await.unwrap();
    let refused = rebuild(&scene, &["tally"]).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused}");
    let details = refused.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "REBUILDING");
    assert!(details.retry_info().unwrap().retry_delay.is_some(), "{details:?}");
    go_on(background);
    told(first).await;
    told(rebuild(&scene, &["tally"]).await.unwrap()).await;
}

#[tokio::test]
async fn a_rebuild_goes_on_when_who_asked_for_it_leaves() {
    let (scene, background) = at_rest().await;
    drop(rebuild(&scene, &["board"]).await.unwrap());
    assert_eq!(board_at(&scene).await, Position::START);
    go_on(background);
    let began = Instant::now();
    while board_at(&scene).await < scene.log.head() {
        assert!(began.elapsed() < PATIENCE, "it isn't rebuilt");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_rebuild_ends_with_the_hub_and_says_so() {
    let (scene, background) = at_rest().await;
    let mut answers = rebuild(&scene, &["board"]).await.unwrap();
    scene.drain.cancel();
    go_on(background);
    let ended = loop {
        match answers.message().await {
            Ok(answer) => assert!(answer.is_some(), "it ended without a word"),
            Err(status) => break status,
        }
    };
    assert_eq!(ended.get_error_details().error_info().unwrap().reason, "DRAINING", "{ended}");
    assert_eq!(board_at(&scene).await, Position::START);
    let refused = rebuild(&scene, &["board"]).await.unwrap_err();
    assert_eq!(refused.get_error_details().error_info().unwrap().reason, "DRAINING", "{refused}");
}
