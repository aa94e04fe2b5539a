//! Of the holders of a lease, the latest one writes.

use seinhuis_eventstore::{Fence, Position};
use seinhuis_projections::{Fault, Follower, Model, Views, rebuild_into};

use crate::rebuilt::long_history;
use crate::scene::{Scene, on_each_backend};

on_each_backend! {
    an_earlier_holder_changes_nothing_once_a_later_one_was_here
    of_holders_that_come_in_any_order_the_latest_stays
    a_holder_that_follows_beside_an_earlier_one_ends_it_in_the_middle
}

behind_a_pooler! {
    an_earlier_holder_changes_nothing_once_a_later_one_was_here
    a_holder_that_follows_beside_an_earlier_one_ends_it_in_the_middle
}

fn under(views: &Views, epoch: u64) -> Views {
    views.under(Some(Fence { name: "projections".into(), epoch }))
}

fn is_over(fault: &Fault, over: u64) -> bool {
    !fault.is_passing()
        && matches!(fault, Fault::Fenced { name, epoch } if **name == *"projections" && *epoch == over)
}

async fn an_earlier_holder_changes_nothing_once_a_later_one_was_here(scene: Scene) {
    let history = long_history(scene).await;
    let (log, url) = (&history.scene.log, history.scene.url("live"));
    let (one, other) =
        (Views::open(&url, Model::ALL).await.unwrap(), Views::open(&url, Model::ALL).await.unwrap());
    let mut earlier = Follower::new(log.clone(), under(&one, 1)).with_page(7);
    let half = Position(history.scene.head().0 / 2);
    earlier.catch_up_to(half).await.unwrap();
    let before = one.digests().await.unwrap();
    under(&other, 2).raise().await.unwrap();
    let fault = earlier.catch_up().await.unwrap_err();
    assert!(is_over(&fault, 1), "{fault:?}");
    assert!(is_over(&under(&one, 1).raise().await.unwrap_err(), 1));
    assert_eq!((one.position(), one.digests().await.unwrap()), (half, before));
    Follower::new(log.clone(), under(&other, 2)).catch_up().await.unwrap();
    let rebuilt = rebuild_into(log, &history.scene.path("rebuilt"), Model::ALL, None).await.unwrap();
    assert_eq!(other.digests().await.unwrap(), rebuilt);
}

async fn of_holders_that_come_in_any_order_the_latest_stays(scene: Scene) {
    let views = Views::open(&scene.url("live"), Model::ASKED).await.unwrap();
    for (epoch, passes) in [(3, true), (3, true), (2, false), (7, true), (3, false), (6, false), (7, true)] {
        assert_eq!(under(&views, epoch).raise().await.is_ok(), passes, "{epoch}");
    }
    // Another lease has holders of its own, and without one there is nobody to give way to.
    let elsewhere = views.under(Some(Fence { name: "notify".into(), epoch: 1 }));
    elsewhere.raise().await.unwrap();
    views.raise().await.unwrap();
    Follower::new(scene.log.clone(), views).catch_up().await.unwrap();
}

async fn a_holder_that_follows_beside_an_earlier_one_ends_it_in_the_middle(scene: Scene) {
    let history = long_history(scene).await;
    let (log, url) = (&history.scene.log, history.scene.url("live"));
    let (one, other) =
        (Views::open(&url, Model::ALL).await.unwrap(), Views::open(&url, Model::ALL).await.unwrap());
    let mut earlier = Follower::new(log.clone(), under(&one, 1)).with_page(1);
    let mut later = Follower::new(log.clone(), under(&other, 2)).with_page(2);
    earlier.catch_up_to(Position(20)).await.unwrap();
    // One page of the later holder is enough: from there on nothing of the earlier one gets in, whoever is faster.
    later.catch_up_to(Position(22)).await.unwrap();
    let (ended, done) = tokio::join!(earlier.catch_up(), later.catch_up());
    assert!(is_over(&ended.unwrap_err(), 1));
    assert_eq!(done.unwrap(), history.scene.head());
    let rebuilt = rebuild_into(log, &history.scene.path("rebuilt"), Model::ALL, None).await.unwrap();
    assert_eq!(other.digests().await.unwrap(), rebuilt);
}
