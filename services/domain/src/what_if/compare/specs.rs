//! Climbs that happened beside those that would have.

use super::*;
use crate::case::given::{MONDAY, at};

const LATER: &str = "2026-03-16T23:30:00Z";

fn climb(rung: Rung, when: &str, tell: &[&str]) -> RungReached {
    RungReached {
        area: AreaCode::new("WK150900").unwrap(),
        rung,
        cycle: 0,
        policy_version: 1,
        cause: Cause::NotPickedUp,
        planned_at: Some(at(when)),
        at: at(when),
        passed: false,
        told_because: vec![],
        tell: tell.iter().map(|id| PersonId::new(*id).unwrap()).collect(),
        next: None,
        act: None,
    }
}

fn case() -> CaseId {
    "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap()
}

fn compared(happened: &[RungReached], would: &[RungReached]) -> Comparison {
    let mut comparison = Comparison::default();
    let event = |climb: &RungReached| CaseEvent::RungReached(Box::new(climb.clone()));
    happened.iter().for_each(|climb| comparison.take(Side::Happened, case(), &event(climb)));
    would.iter().for_each(|climb| comparison.take(Side::Would, case(), &event(climb)));
    comparison
}

fn changes(happened: &[RungReached], would: &[RungReached]) -> Vec<(Of, Change)> {
    let differences = compared(happened, would).differences();
    differences.into_iter().map(|one| (one.of, one.change)).collect()
}

#[test]
fn climbs_that_are_the_same_are_counted_and_forgotten() {
    let both = [climb(Rung::Team, MONDAY, &["coordinator-ulft"])];
    let comparison = compared(&both, &both);
    assert_eq!((comparison.same, comparison.differences()), (1, vec![]));
    assert_eq!(comparison.missed, Pair { happened: 1, would: 1 });
}

#[test]
fn a_climb_is_gone_new_or_another() {
    let team = climb(Rung::Team, MONDAY, &["coordinator-ulft"]);
    let regisseur = climb(Rung::Regisseur, LATER, &["regisseur-ulft"]);
    assert_eq!(changes(std::slice::from_ref(&team), &[]), [(Of::Climb(Rung::Team), Change::Gone)]);
    assert_eq!(
        changes(&[], &[regisseur.clone(), team.clone()]),
        [(Of::Climb(Rung::Team), Change::New), (Of::Climb(Rung::Regisseur), Change::New)]
    );
    let late = climb(Rung::Team, LATER, &["coordinator-ulft"]);
    assert_eq!(changes(std::slice::from_ref(&team), &[late]), [(Of::Climb(Rung::Team), Change::OtherTime)]);
    let other = climb(Rung::Team, MONDAY, &["regisseur-oost"]);
    assert_eq!(
        changes(std::slice::from_ref(&team), &[other]),
        [(Of::Climb(Rung::Team), Change::OtherPeople)]
    );
    let stalled = RungReached { cause: Cause::NoProgress, ..team.clone() };
    assert_eq!(changes(&[team], &[stalled]), [(Of::Climb(Rung::Team), Change::OtherCause)]);
}

#[test]
fn each_way_to_differ_has_its_name_and_its_words() {
    let words = |change: &Change| (change.as_str(), change.dutch(), change.english());
    let all: Vec<_> = Change::ALL.iter().map(words).collect();
    assert_eq!(
        all,
        [
            ("gone", "vervalt", "would not have happened"),
            ("new", "komt erbij", "happened only under the draft"),
            ("other_time", "op een ander moment", "at another time"),
            ("other_people", "aan andere mensen", "told to others"),
            ("other_cause", "om een andere reden", "for another cause"),
        ]
    );
}

#[test]
fn every_way_to_differ_is_counted_also_where_nothing_does() {
    let (team, regisseur) = (climb(Rung::Team, MONDAY, &[]), climb(Rung::Regisseur, LATER, &[]));
    let late = climb(Rung::Team, LATER, &[]);
    let counts = compared(&[team], &[late, regisseur]).changes();
    assert_eq!((counts[&Change::OtherTime], counts[&Change::New], counts[&Change::Gone]), (1, 1, 0));
    assert_eq!(counts.len(), Change::ALL.len());
}

#[test]
fn work_is_counted_by_person_hour_and_week_as_the_clock_on_the_wall_has_it() {
    let night = climb(Rung::Team, LATER, &["coordinator-ulft", "regisseur-oost"]);
    let comparison = compared(&[night], &[]);
    let once = Pair { happened: 1, would: 0 };
    let coordinator = PersonId::new("coordinator-ulft").unwrap();
    assert_eq!(comparison.by_person[&coordinator], once);
    // Half past midnight on Tuesday in Amsterdam.
    assert_eq!(comparison.by_hour[&0], Pair { happened: 2, would: 0 });
    assert_eq!(comparison.by_week[&(coordinator, jiff::civil::date(2026, 3, 16))], once);
    assert_eq!(comparison.by_rung[&Rung::Team], once);
}
