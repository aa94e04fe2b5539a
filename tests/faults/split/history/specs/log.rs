//! Planted in the log, the receipts, the cases and the leases.

use std::time::Duration;

use seinhuis_domain::area::AreaCode;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::Urgency;
use seinhuis_domain::subject::{ErasureReason, SubjectEvent};

use super::world::{World, pseudonym, seen};
use super::{found, one};
use crate::history::{Finding, Receipt, Takeover};

/// The case that a signal of the good run opened.
fn case(world: &World, reference: &str) -> CaseId {
    CaseId::opened_by(world.sent(reference).id())
}

#[test]
fn a_hole_in_the_log_and_a_version_that_is_left_out_are_found() {
    let hole = one(|world| world.history.log.last_mut().unwrap().position = 99);
    assert!(matches!(hole, Finding::NotDense { expected, found: 99 } if expected < 99), "{hole}");
    let version = one(|world| world.history.log.last_mut().unwrap().version = 2);
    assert!(matches!(version, Finding::Version { expected: 1, found: 2, .. }), "{version}");
}

#[test]
fn a_signal_that_was_acknowledged_and_is_not_there_is_found() {
    let lost = one(|world| {
        let sent = world.unsent("a-9");
        world.history.receipts.push(Receipt { signal: sent.id(), position: 40 });
        world.history.sent.insert(sent.id(), sent);
    });
    assert_eq!(lost, Finding::Lost { reference: "a-9".into(), told: 40 });
}

#[test]
fn a_receipt_that_names_another_place_is_found() {
    let elsewhere = one(|world| {
        let again = Receipt { position: 3, ..world.history.receipts[0].clone() };
        world.history.receipts.push(again);
    });
    assert_eq!(elsewhere, Finding::Elsewhere { reference: "a-1".into(), told: 3, found: 2 });
}

#[test]
fn a_signal_that_is_there_twice_is_found() {
    let doubled = one(|world| {
        let first = world.history.log[1].clone();
        world.append(&first.stream, &first.actor, first.event);
    });
    assert!(
        matches!(doubled, Finding::Doubled { ref reference, first: 2, .. } if reference == "a-1"),
        "{doubled}"
    );
}

#[test]
fn every_part_of_a_signal_is_compared() {
    let plants: [fn(&mut World); 5] = [
        |world| world.facts("a-2").urgency = Urgency::Urgent,
        |world| world.facts("a-2").kind = Kind::from_code("housing.soc.gel").unwrap(),
        |world| world.facts("a-2").area = AreaCode::new("WK150901").unwrap(),
        |world| world.facts("a-2").occurred_at = "2026-03-09T09:30:01Z".parse().unwrap(),
        |world| world.facts("a-2").household = None,
    ];
    for plant in plants {
        assert_eq!(one(plant), Finding::OtherContent { reference: "a-2".into(), position: 3 });
    }
}

#[test]
fn a_signal_that_nobody_sent_is_found() {
    let unsent = one(|world| drop(world.history.sent.remove(&world.sent("b-1").id())));
    assert_eq!(unsent, Finding::Unsent { reference: "b-1".into(), position: 4 });
}

#[test]
fn a_household_with_two_pseudonyms_and_a_pseudonym_of_two_households_are_found() {
    let other = one(|world| world.facts("a-2").household = Some(pseudonym(9)));
    assert_eq!(other, Finding::OtherPseudonym { key: "7071AB 1".into(), before: 2, position: 3 });
    let shared = one(|world| world.facts("b-1").household = Some(pseudonym(1)));
    assert_eq!(
        shared,
        Finding::SharedPseudonym { key: "7071AB 2".into(), other: "7071AB 1".into(), position: 4 }
    );
}

#[test]
fn an_act_that_is_not_where_its_author_was_told_is_found() {
    let moved = one(|world| world.history.acts[0].position = 2);
    assert!(matches!(moved, Finding::ActLost { position: 2, .. }), "{moved}");
    let by = one(|world| world.history.acts[0].by = "person:regisseur-oost".into());
    assert!(matches!(by, Finding::ActLost { .. }), "{by}");
}

#[test]
fn a_signal_without_a_case_is_found_once_it_had_its_time() {
    let unplaced = one(|world| drop(world.report("c-1", None)));
    assert!(matches!(unplaced, Finding::Unplaced { .. }), "{unplaced}");
    let under_way = found(|world| {
        world.report("c-1", None);
        world.history.horizon = None;
    });
    assert_eq!(under_way, []);
}

#[test]
fn a_signal_in_two_cases_and_one_that_was_never_reported_are_found() {
    let two = one(|world| {
        let sent = world.sent("a-2");
        world.attach(case(world, "b-1"), &sent, 2);
    });
    assert!(matches!(two, Finding::InTwoCases { .. }), "{two}");
    let nowhere = one(|world| {
        let sent = world.unsent("a-9");
        world.attach(case(world, "b-1"), &sent, 2);
    });
    assert!(matches!(nowhere, Finding::FromNowhere { .. }), "{nowhere}");
}

#[test]
fn a_second_case_for_a_household_that_has_an_open_one_is_found() {
    let beside = one(|world| {
        let sent = world.report("a-3", Some(1));
        world.open(&sent);
    });
    assert!(matches!(beside, Finding::OpenedBeside { .. }), "{beside}");
    let after_the_first_was_closed = found(|world| {
        world.resolve(case(world, "a-1"));
        let sent = world.report("a-3", Some(1));
        world.open(&sent);
    });
    assert_eq!(after_the_first_was_closed, []);
}

#[test]
fn an_order_to_erase_that_was_left_lying_one_done_twice_and_one_unasked_are_found() {
    let (subject, reason) = (pseudonym(7), ErasureReason::Request);
    let ordered = SubjectEvent::ErasureOrdered { subject, reason };
    let erased = SubjectEvent::SubjectErased { subject, reason };
    let with = |events: &[&SubjectEvent]| {
        let events: Vec<SubjectEvent> = events.iter().map(|event| (*event).clone()).collect();
        found(|world| {
            for event in events {
                world.append("subject-7", "role:erasure", Event::Subject(event));
            }
        })
    };
    assert_eq!(with(&[&ordered, &erased]), []);
    assert!(matches!(with(&[&ordered])[..], [Finding::NotErased { .. }]));
    assert!(matches!(with(&[&ordered, &erased, &erased])[..], [Finding::ErasedTwice { .. }]));
    assert!(matches!(with(&[&erased])[..], [Finding::ErasedUnasked { .. }]));
}

#[test]
fn an_epoch_that_falls_and_one_that_two_hold_are_found() {
    let fell = one(|world| world.history.leases.push(seen("casework", "a", 1)));
    assert_eq!(fell, Finding::EpochFell { lease: "casework".into(), from: 2, to: 1 });
    let two = one(|world| world.history.leases.push(seen("casework", "c", 2)));
    let (one, other) = ("b".to_owned(), "c".to_owned());
    assert_eq!(two, Finding::TwoHolders { lease: "casework".into(), epoch: 2, one, other });
}

#[test]
fn a_successor_that_is_late_or_never_comes_is_found() {
    let took = |took| one(|world| world.history.takeovers.push(Takeover { role: "notify".into(), took }));
    let late = Duration::from_millis(5_001);
    assert_eq!(took(Some(late)), Finding::SlowTakeover { role: "notify".into(), took: late });
    assert!(matches!(took(None), Finding::NoSuccessor { .. }));
}
