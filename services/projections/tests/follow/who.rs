//! The directory, kept up with the log.

use std::time::Duration;

use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::partner::{Partner, PartnerCommand};
use seinhuis_domain::profile::{AdoptProfile, AdoptedProfile};
use seinhuis_domain::sector::Sector;
use seinhuis_domain::{example, profile::Profile};
use seinhuis_eventstore::Log;
use seinhuis_projections::DirectoryView;
use tokio_util::sync::CancellationToken;

use crate::scene::{Scene, signal};

const LONG: Duration = Duration::from_secs(60);

async fn register(log: &Log, scene: &Scene, id: &str) {
    let command = PartnerCommand::Register {
        id: PartnerId::new(id).unwrap(),
        name: id.to_owned(),
        sector: Sector::Housing,
        oin: None,
    };
    log.execute::<Partner>(&(), id, command, &scene.context()).await.unwrap();
}

fn registered(view: &DirectoryView) -> Vec<String> {
    view.current().partners().map(|(id, _)| id.to_string()).collect()
}

#[tokio::test]
async fn a_directory_is_loaded_whole_and_then_follows() {
    let scene = Scene::new().await;
    register(&scene.log, &scene, "wonion").await;
    let view = DirectoryView::load(scene.log.clone()).await.unwrap();
    assert_eq!((registered(&view), view.position()), (vec!["wonion".to_owned()], scene.head()));
    assert_eq!(view.current().in_force().unwrap().0, 1);
    let drain = CancellationToken::new();
    let running = tokio::spawn(view.clone().run(drain.clone()));
    let changed = Profile { title: "Elders".into(), ..example::profile() };
    let adopt = AdoptProfile(Box::new(changed));
    scene.log.execute::<AdoptedProfile>(&(), "example", adopt, &scene.context()).await.unwrap();
    view.reached(scene.head(), LONG).await.unwrap();
    let now = view.current();
    let (version, adopted) = now.in_force().unwrap();
    assert_eq!((version, adopted.profile.title.as_str()), (2, "Elders"));
    drain.cancel();
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_directory_gets_past_events_that_are_not_its_own() {
    let scene = Scene::new().await;
    let view = DirectoryView::load(scene.log.clone()).await.unwrap();
    let before = view.current();
    scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    assert_eq!(view.catch_up().await.unwrap(), scene.head());
    assert!(std::sync::Arc::ptr_eq(&before, &view.current()), "nothing of it was the directory's");
}

#[tokio::test]
async fn partners_that_another_process_admits_are_known_here_too() {
    let scene = Scene::new().await;
    let view = DirectoryView::load(scene.log.clone()).await.unwrap();
    let elsewhere = Log::open(&scene.url("log")).await.unwrap();
    register(&elsewhere, &scene, "wonion").await;
    scene.opened(&signal("politie", "1", "police.e33")).await;
    register(&elsewhere, &scene, "zorg").await;
    view.catch_up().await.unwrap();
    assert_eq!(registered(&view), ["wonion", "zorg"]);
    assert_eq!(view.position(), elsewhere.head());
}

#[tokio::test]
async fn two_who_catch_up_at_once_take_each_event_in_once() {
    let scene = Scene::new().await;
    let view = DirectoryView::load(scene.log.clone()).await.unwrap();
    for n in 0..5 {
        register(&scene.log, &scene, &format!("partner-{n}")).await;
    }
    let (one, other) = tokio::join!(view.catch_up(), view.catch_up());
    assert_eq!((one.unwrap(), other.unwrap()), (scene.head(), scene.head()));
    assert_eq!(registered(&view).len(), 5);
}
