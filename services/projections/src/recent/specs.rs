//! Who shares finds the same as who reads for himself, however far behind he is.

use super::*;
use crate::scene::{Scene, signal};
use crate::{Follower, Model, Views};

fn positions(stretch: &Stretch) -> Vec<u64> {
    stretch.entries.iter().map(|entry| entry.position().0).collect()
}

/// A log whose events from the second on are signals, up to the head that is given.
async fn up_to(head: u64) -> Scene {
    let scene = Scene::new().await;
    for reference in scene.head().0..head {
        scene.report(&signal("wonion", &reference.to_string(), "housing.fin.hua")).await;
    }
    scene
}

#[tokio::test]
async fn what_one_has_read_the_others_find_and_it_is_the_very_same() {
    let scene = up_to(5).await;
    let recent = Recent::of(scene.log.clone());
    let one = recent.after(Position(2), 2).await.unwrap();
    assert_eq!((positions(&one), one.more), (vec![3, 4], true));
    let other = recent.clone().after(Position(3), 100).await.unwrap();
    assert_eq!((positions(&other), other.more), (vec![4, 5], false));
    assert!(std::ptr::eq(&*one.entries[1], &*other.entries[0]));
    let none = recent.after(Position(5), 100).await.unwrap();
    assert_eq!((positions(&none), none.more), (vec![], false));
    scene.report(&signal("wonion", "new", "housing.fin.hua")).await;
    let again = recent.after(Position(3), 100).await.unwrap();
    assert_eq!((positions(&again), again.more), (vec![4, 5], true), "the log is known to go on");
    let new = recent.after(Position(5), 100).await.unwrap();
    assert_eq!((positions(&new), new.more), (vec![6], false));
}

#[tokio::test]
async fn who_is_behind_reads_for_himself_and_leaves_the_newest_to_the_others() {
    let scene = up_to(6).await;
    let recent = Recent::of(scene.log.clone());
    recent.after(Position(4), 100).await.unwrap();
    let behind = recent.after(Position::START, 2).await.unwrap();
    assert_eq!((positions(&behind), behind.more), (vec![1, 2], true));
    assert_eq!(recent.kept().entries.len(), 2, "positions 5 and 6 are still what is kept");
}

#[tokio::test]
async fn only_so_much_is_kept_and_who_comes_from_elsewhere_begins_it_anew() {
    let scene = up_to(4).await;
    let stretch = async |after| Stretch::read(&scene.log, Position(after), 100).await.unwrap();
    let mut kept = Kept::default();
    kept.add(Position(2), stretch(2).await);
    assert_eq!(kept.entries.len(), 2);
    kept.bytes = BYTES;
    kept.add(Position(4), stretch(3).await);
    assert!(kept.bytes <= BYTES && kept.entries.len() < 3, "{} bytes", kept.bytes);
    kept.add(Position(1), stretch(1).await);
    assert_eq!((kept.entries.len(), kept.bytes), (3, kept.entries.iter().map(size).sum()));
}

#[tokio::test]
async fn followers_that_share_come_to_the_same_as_each_alone() {
    let mut scene = Scene::new().await;
    let recent = Recent::of(scene.log.clone());
    let mut followers = Vec::new();
    for (name, models) in [("one", Model::ASKED), ("other", &[Model::Matching, Model::Timers])] {
        let views = Views::open(&scene.url(name), models).await.unwrap();
        followers
            .push((Follower::new(scene.log.clone(), views.clone()).with_page(3).sharing(&recent), views));
    }
    for round in 0..4 {
        let case = scene.opened(&signal("wonion", &round.to_string(), "housing.fin.hua")).await;
        scene.climb(case).await;
        for (follower, _) in &mut followers[..1 + round % 2] {
            follower.catch_up().await.unwrap();
        }
    }
    for (follower, views) in &mut followers {
        assert_eq!(follower.catch_up().await.unwrap(), scene.head());
        let scratch = scene.path(&format!("scratch-{}", views.models().len()));
        std::fs::create_dir(&scratch).unwrap();
        let compared = crate::compare(&scene.log, views, &scratch).await.unwrap();
        assert!(compared.iter().all(crate::Comparison::is_equal), "{compared:?}");
    }
}
