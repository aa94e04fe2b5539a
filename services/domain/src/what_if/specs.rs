//! Stories of one case, decided again.

use super::*;
use crate::case::given::{Given, MONDAY, act, at, open, remind, signal};
use crate::case::{CaseCommand, RungReached};
use crate::example;
use crate::ladder::{Cause, Rung};
use crate::policy::Reminders;

const DUE: &str = "2026-03-16T23:00:00Z";
const LATE: &str = "2026-03-17T05:00:00Z";

/// The case of `given`, decided again by `again` from a log in which everything was taken in at its own time.
fn lived(given: &Given, again: WhatIf, until: &str) -> Vec<Would> {
    lived_under(example::profile(), given, again, until)
}

/// The same with this profile in force.
fn lived_under(profile: Profile, given: &Given, mut again: WhatIf, until: &str) -> Vec<Would> {
    let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(profile) };
    again.take("profile", &Event::Profile(adopted), at("2026-01-05T09:00:00Z")).unwrap();
    let id = given.state().id.to_string();
    let mut now = at(MONDAY);
    let mut would = Vec::new();
    for event in given.past() {
        now = time_of(event).unwrap_or(now);
        would.extend(again.take(&id, &Event::Case(event.clone()), now).unwrap());
    }
    would.extend(again.until(at(until)));
    would
}

fn time_of(event: &CaseEvent) -> Option<Timestamp> {
    match event {
        CaseEvent::RungReached(reached) => Some(reached.at),
        CaseEvent::CaseReminded(reminded) => Some(reminded.at),
        event => event.act().map(|act| act.at),
    }
}

fn under(from: &str, change: impl FnOnce(&mut Profile)) -> WhatIf {
    let mut profile = Box::new(example::profile());
    change(&mut profile);
    WhatIf::under(Draft { profile, from: at(from) })
}

fn climbs(would: &[Would]) -> Vec<(Rung, Cause, String)> {
    let climb = |would: &Would| match would {
        Would::Happen(_, CaseEvent::RungReached(reached)) => {
            let RungReached { rung, cause, at, .. } = &**reached;
            Some((*rung, *cause, at.to_string()))
        }
        _ => None,
    };
    would.iter().filter_map(climb).collect()
}

#[test]
fn what_was_is_decided_again_as_it_was_with_timers_as_late_as_they_were() {
    let given = Given::opened("housing.fin.hua")
        .and_climbed(LATE)
        .and(CaseCommand::Acknowledge { act: act("coordinator-ulft", LATE) });
    assert_eq!(happened(lived(&given, WhatIf::as_it_was(), "2026-03-20T00:00:00Z")), given.past());
}

#[test]
fn what_was_caught_up_with_is_decided_again_as_it_was() {
    let given = Given::opened("housing.fin.hua");
    let given =
        given.clone().and(CaseCommand::CatchUp { step: given.plan(), at: at("2026-05-01T09:00:00Z") });
    assert!(given.past().len() > 3, "it goes past a rung");
    assert_eq!(happened(lived(&given, WhatIf::as_it_was(), "2026-05-02T00:00:00Z")), given.past());
}

#[test]
fn what_was_reminded_of_is_decided_again_as_it_was_with_reminders_as_late_as_they_were() {
    let opened = Given::nothing().under([reminding()]).and(open(signal("1", "housing.fin.hua")));
    let reminded = opened.clone().and(remind(opened.plan(), "2026-03-13T23:05:00Z"));
    let given = reminded.and_climbed(LATE);
    let again = lived_under(reminding(), &given, WhatIf::as_it_was(), "2026-03-18T00:00:00Z");
    assert_eq!(happened(again), given.past());
}

#[test]
fn under_a_draft_with_reminders_somebody_would_have_been_reminded_before_the_climb() {
    let given = Given::opened("housing.fin.hua")
        .and_climbed(LATE)
        .and(CaseCommand::Acknowledge { act: act("coordinator-ulft", LATE) });
    let reminders = under("2026-01-01T00:00:00Z", |draft| *draft = reminding());
    let told = happened(lived(&given, reminders, LATE)).into_iter().filter_map(|event| match event {
        CaseEvent::CaseReminded(reminded) => Some(("reminded", reminded.at.to_string())),
        CaseEvent::RungReached(reached) => Some(("climbed", reached.at.to_string())),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    assert_eq!(told[..2], [("reminded", "2026-03-13T23:00:00Z".to_owned()), ("climbed", DUE.to_owned())]);
}

/// The example with a reminder after four fifths of each term.
fn reminding() -> Profile {
    let mut profile = example::profile();
    profile.policy.ladder.reminders = Some(Reminders { at_percent: 80, again_every: None, at_most: 1 });
    profile
}

/// The events, of which none was refused.
fn happened(would: Vec<Would>) -> Vec<CaseEvent> {
    let event = |would| match would {
        Would::Happen(_, event) => event,
        Would::BeRefused(_, refusal) => panic!("{refusal}"),
    };
    would.into_iter().map(event).collect()
}

#[test]
fn under_a_shorter_term_it_would_have_climbed_before_somebody_picked_it_up() {
    let given = Given::opened("housing.fin.hua")
        .and(CaseCommand::Acknowledge { act: act("consulent-wonion", "2026-03-12T09:00:00Z") });
    let short =
        under("2026-01-01T00:00:00Z", |draft| draft.policy.ladder.workfloor.pick_up = "1d".parse().unwrap());
    let would = lived(&given, short, "2026-03-13T00:00:00Z");
    assert_eq!(climbs(&would), [(Rung::Team, Cause::NotPickedUp, "2026-03-10T23:00:00Z".to_owned())]);
    let id = given.state().id;
    let picked_up = |would: &Would| matches!(would, Would::Happen(case, CaseEvent::CaseAcknowledged { rung: Rung::Team, .. }) if *case == id);
    assert!(would.iter().any(picked_up), "{would:?}");
}

#[test]
fn what_was_picked_up_in_time_under_a_draft_waits_for_its_outcome() {
    let given = Given::opened("housing.fin.hua")
        .and(CaseCommand::Acknowledge { act: act("consulent-wonion", "2026-03-12T09:00:00Z") });
    let short =
        under("2026-01-01T00:00:00Z", |draft| draft.policy.ladder.workfloor.pick_up = "5d".parse().unwrap());
    assert_eq!(climbs(&lived(&given, short, "2026-03-20T00:00:00Z")), []);
}

#[test]
fn a_case_that_something_happens_to_at_this_instant_is_looked_at_later() {
    let given = Given::opened("housing.fin.hua");
    let due = |again: &mut WhatIf, now: &str| {
        again.until(at(now)).iter().any(|would| matches!(would, Would::Happen(..)))
    };
    let mut short =
        under("2026-01-01T00:00:00Z", |draft| draft.policy.ladder.workfloor.pick_up = "1d".parse().unwrap());
    let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(example::profile()) };
    short.take("profile", &Event::Profile(adopted), at("2026-01-05T09:00:00Z")).unwrap();
    let id = given.state().id.to_string();
    for event in given.past() {
        short.take(&id, &Event::Case(event.clone()), at(DUE)).unwrap();
    }
    assert!(!due(&mut short, DUE) && due(&mut short, LATE));
}

#[test]
fn a_draft_is_the_version_after_the_one_in_force() {
    let given = Given::opened("housing.fin.hua");
    let short =
        under("2026-01-06T00:00:00Z", |draft| draft.policy.ladder.workfloor.pick_up = "1d".parse().unwrap());
    let would = lived(&given, short, MONDAY);
    let version = would.iter().find_map(|would| match would {
        Would::Happen(_, CaseEvent::CaseOpened(opened)) => Some(opened.policy_version),
        _ => None,
    });
    assert_eq!(version, Some(2));
}

#[test]
fn under_a_longer_term_the_climb_that_happened_would_not_have() {
    let given = Given::opened("housing.fin.hua")
        .and_climbed(DUE)
        .and(CaseCommand::Acknowledge { act: act("coordinator-ulft", LATE) });
    let long = under("2026-01-01T00:00:00Z", |draft| {
        draft.policy.ladder.workfloor.pick_up = "20wd".parse().unwrap()
    });
    assert_eq!(climbs(&lived(&given, long, "2026-03-25T00:00:00Z")), []);
}

#[test]
fn what_would_have_been_refused_is_said() {
    let given = Given::opened("housing.fin.hua")
        .and_climbed(DUE)
        .and(CaseCommand::LowerRung { to: Rung::Workfloor, act: act("coordinator-ulft", LATE) });
    let long = under("2026-01-01T00:00:00Z", |draft| {
        draft.policy.ladder.workfloor.pick_up = "20wd".parse().unwrap()
    });
    let would = lived(&given, long, "2026-03-18T00:00:00Z");
    assert!(
        matches!(
            would.last(),
            Some(Would::BeRefused(_, CaseRefusal::WrongDirection { now: Rung::Workfloor, .. }))
        ),
        "{would:?}"
    );
}

#[test]
fn a_case_opened_before_the_draft_keeps_the_policy_it_was_opened_under() {
    let given = Given::opened("housing.fin.hua");
    let short =
        under("2026-03-09T10:00:00Z", |draft| draft.policy.ladder.workfloor.pick_up = "1d".parse().unwrap());
    // Nothing is planned otherwise, so it would have climbed when it did, and it has not yet.
    assert_eq!(climbs(&lived(&given, short, "2026-04-01T00:00:00Z")), []);
}

#[test]
fn a_draft_that_is_in_force_already_changes_nothing_not_even_its_version() {
    let given = Given::opened("housing.fin.hua").and_climbed(LATE);
    let same = || under("2026-01-06T00:00:00Z", |_| {});
    assert_eq!(lived(&given, same(), LATE), lived(&given, WhatIf::as_it_was(), LATE));
}

#[test]
fn others_are_told_where_the_draft_says_so() {
    let given = Given::opened("housing.fin.hua").and_climbed(DUE);
    let elsewhere = under("2026-03-10T00:00:00Z", |draft| {
        draft.teams[0].coordinator = crate::ids::PersonId::new("coordinator-oost").unwrap();
    });
    let would = lived(&given, elsewhere, LATE);
    let told = would.iter().find_map(|would| match would {
        Would::Happen(_, CaseEvent::RungReached(reached)) => Some(reached.tell.clone()),
        _ => None,
    });
    assert_eq!(told, Some(vec![crate::ids::PersonId::new("coordinator-oost").unwrap()]));
}
