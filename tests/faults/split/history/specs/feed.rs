//! Planted in the feed.

use serde_json::json;

use super::world::World;
use crate::history::{Finding, Published};

/// What is found once `plant` has done its work in the feed of a good run.
fn found(plant: impl FnOnce(&mut Vec<Published>)) -> Vec<Finding> {
    found_after(None, plant)
}

/// The same, where the server lost its files when the log was so far.
fn found_after(lost_up_to: Option<u64>, plant: impl FnOnce(&mut Vec<Published>)) -> Vec<Finding> {
    let mut world = World::of_a_good_run();
    world.publish_all();
    world.history.feed_lost_up_to = lost_up_to;
    plant(world.history.feed.as_mut().unwrap());
    world.history.findings()
}

/// The position of a message.
fn at(message: &Published) -> u64 {
    message.id.parse().unwrap()
}

#[test]
fn a_message_says_where_it_stands_and_what_it_is() {
    let id = "00000000000000000042";
    let event = json!({"id": id, "type": "nl.seinhuis.case.resolved.v1", "subject": "5b6f", "data": {}});
    let message = Published::read(id, "cell-7.feed.WK150900.case.resolved.v1", event.to_string().as_bytes());
    assert_eq!((message.id.as_str(), message.event.as_str()), (id, id));
    assert_eq!(message.subject, "WK150900.case.resolved.v1");
    assert_eq!(
        (message.kind.as_str(), message.case.as_deref()),
        ("nl.seinhuis.case.resolved.v1", Some("5b6f"))
    );
}

#[test]
fn signals_cases_and_notices_are_public_and_how_the_hub_is_set_up_is_not() {
    let mut world = World::of_a_good_run();
    world.publish_all();
    let kinds: Vec<_> = world.history.feed.unwrap().into_iter().map(|message| message.kind).collect();
    for kind in
        ["signal.reported", "case.opened", "case.signal-attached", "case.rung-reached", "notice.delivered"]
    {
        assert!(kinds.contains(&format!("nl.seinhuis.{kind}.v1")), "{kind} in {kinds:?}");
    }
    assert!(!kinds.iter().any(|kind| kind.contains("profile")), "{kinds:?}");
}

#[test]
fn a_fact_that_is_left_out_is_found_wherever_it_stands_and_may_still_come() {
    for index in [0, 3, usize::MAX] {
        let mut position = 0;
        let left_out = found(|feed| position = at(&feed.remove(index.min(feed.len() - 1))));
        assert_eq!(left_out, [Finding::NotPublished { position }]);
        assert!(left_out[0].may_pass());
    }
}

#[test]
fn a_fact_that_had_not_its_time_to_be_published_is_not_asked_for() {
    let mut world = World::of_a_good_run();
    world.publish_all();
    world.history.feed.as_mut().unwrap().pop();
    assert_eq!(world.history.findings().len(), 1);
    *world.history.feed_due_up_to.as_mut().unwrap() -= 1;
    assert_eq!(world.history.findings(), []);
}

#[test]
fn a_fact_that_is_published_twice_is_found() {
    let mut position = 0;
    let twice = found(|feed| {
        position = at(&feed[2]);
        feed.insert(5, feed[2].clone());
    });
    assert_eq!(twice, [Finding::PublishedTwice { position }]);
    assert!(!twice[0].may_pass());
}

#[test]
fn facts_that_changed_places_are_found() {
    let (mut position, mut after) = (0, 0);
    let swapped = found(|feed| {
        (position, after) = (at(&feed[3]), at(&feed[4]));
        feed.swap(3, 4);
    });
    assert_eq!(swapped, [Finding::PublishedLate { position, after }]);
}

#[test]
fn another_kind_place_or_case_than_the_logs_is_found() {
    let plants: [fn(&mut Published); 4] = [
        |message| message.kind = "nl.seinhuis.case.resolved.v1".into(),
        |message| message.subject = message.subject.replace("WK150900", "WK150901"),
        |message| message.case = Some("6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b0ff".into()),
        |message| message.event = "00000000000000000001".into(),
    ];
    for plant in plants {
        let mut position = 0;
        let other = found(|feed| {
            position = at(&feed[0]);
            plant(&mut feed[0]);
        });
        assert_eq!(other, [Finding::PublishedOtherwise { position }]);
    }
}

#[test]
fn what_is_not_public_and_what_never_was_are_found() {
    // The first event is the profile.
    for id in ["00000000000000000001", "00000000000000000999", "no position"] {
        let of_nothing = found(|feed| feed.insert(0, Published { id: id.into(), ..feed[0].clone() }));
        assert_eq!(of_nothing, [Finding::PublishedOfNothing { id: id.into() }]);
    }
}

#[test]
fn what_the_server_lost_may_be_missing_and_nothing_after_the_first_that_is_there() {
    let mut lost_up_to = 0;
    World::of_a_good_run().history.log.iter().for_each(|entry| lost_up_to = entry.position / 2);
    let gone = |feed: &mut Vec<Published>| feed.retain(|message| at(message) > lost_up_to);
    assert_eq!(found_after(Some(lost_up_to), gone), []);
    assert_eq!(found_after(Some(lost_up_to), |feed| drop(feed.remove(0))), []);
    assert!(!found(gone).is_empty(), "nothing was lost");
    let from_later_on = found_after(Some(lost_up_to), |feed| {
        gone(feed);
        feed.remove(0);
    });
    assert!(matches!(from_later_on[..], [Finding::NotPublished { position }] if position > lost_up_to));
    let with_a_gap = found_after(Some(lost_up_to), |feed| drop(feed.remove(1)));
    assert!(matches!(with_a_gap[..], [Finding::NotPublished { position }] if position <= lost_up_to));
}
