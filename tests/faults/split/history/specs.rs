//! A checker that finds nothing is worth nothing: each kind of fault is planted in a good run, and found where it is.

mod feed;
mod log;
mod mails;
mod rungs;
mod world;

use super::Finding;
use world::World;

/// What is found in a good run once `plant` has done its work.
fn found(plant: impl FnOnce(&mut World)) -> Vec<Finding> {
    let mut world = World::of_a_good_run();
    plant(&mut world);
    world.history.findings()
}

/// The same, where exactly one thing is to be found.
fn one(plant: impl FnOnce(&mut World)) -> Finding {
    let found = found(plant);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.into_iter().next().unwrap()
}

#[test]
fn in_a_good_run_nothing_is_found_and_everything_was_counted() {
    let mut world = World::of_a_good_run();
    world.publish_all();
    assert_eq!(world.history.findings(), []);
    let counts = world.history.counts();
    assert_eq!((counts.signals, counts.rungs, counts.mails, counts.extra), (3, 1, 1, 0));
    // All but the profile.
    assert_eq!(counts.published, world.history.log.len() - 1);
}
