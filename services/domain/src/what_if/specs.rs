//! Stories of one case, decided again.

use super::*;
use crate::case::given::{Given, MONDAY, act, at};
use crate::case::{CaseCommand, RungReached};
use crate::example;
use crate::ladder::{Cause, Rung};

const DUE: &str = "2026-03-16T23:00:00Z";
const LATE: &str = "2026-03-17T05:00:00Z";

/// The case of `given`, decided again by `again` from a log in which everything was taken in at its own time.
fn lived(given: &Given, mut again: WhatIf, until: &str) -> Vec<Would> {
    let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(example::profile()) };
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
    let again: Vec<_> = lived(&given, WhatIf::as_it_was(), "2026-03-20T00:00:00Z")
        .into_iter()
        .map(|would| match would {
            Would::Happen(_, event) => event,
            Would::BeRefused(_, refusal) => panic!("{refusal}"),
        })
        .collect();
    assert_eq!(again, given.past());
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
