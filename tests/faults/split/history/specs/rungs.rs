//! Planted in the climbs.

use jiff::SignedDuration;
use seinhuis_domain::case::{CaseEvent, RungReached};
use seinhuis_domain::event::Event;
use seinhuis_domain::ladder::{Cause, Rung};

use super::world::World;
use super::{found, one};
use crate::history::{Entry, Finding};

fn hour() -> SignedDuration {
    SignedDuration::from_hours(1)
}

/// The one climb of the good run.
fn climb(world: &mut World) -> &mut RungReached {
    match &mut climbed(world).event {
        Event::Case(CaseEvent::RungReached(reached)) => reached,
        other => panic!("{other:?}"),
    }
}

fn climbed(world: &mut World) -> &mut Entry {
    let is_climb = |entry: &&mut Entry| matches!(entry.event, Event::Case(CaseEvent::RungReached(_)));
    world.history.log.iter_mut().find(is_climb).unwrap()
}

#[test]
fn a_rung_that_is_reached_twice_is_found() {
    let found = found(|world| {
        let Entry { stream, actor, event, .. } = climbed(world).clone();
        world.append(&stream, &actor, event);
    });
    let twice = |finding: &Finding| matches!(finding, Finding::RungTwice { rung: Rung::Team, cycle: 0, first, again, .. } if first < again);
    assert!(found.iter().any(twice), "{found:#?}");
}

#[test]
fn a_climb_that_was_not_planned_is_found() {
    let unplanned = one(|world| climb(world).cause = Cause::NoProgress);
    assert!(matches!(unplanned, Finding::NotPlanned { .. }), "{unplanned}");
}

#[test]
fn a_climb_before_its_time_is_found_by_its_own_clock_and_by_everybodys() {
    let by_its_own = one(|world| {
        let due = climb(world).planned_at.unwrap();
        climb(world).at = due - hour();
    });
    assert!(matches!(by_its_own, Finding::Early { .. }), "{by_its_own}");
    let seen_too_soon = |world: &mut World| {
        let position = climbed(world).position;
        let two_hours = world.span(2);
        let head = world.history.heads.iter_mut().find(|(_, head)| *head == position).unwrap();
        head.0 -= two_hours;
    };
    let by_everybodys = one(seen_too_soon);
    assert!(matches!(by_everybodys, Finding::Early { .. }), "{by_everybodys}");
    let by_a_clock_that_may_run_ahead = found(|world| {
        seen_too_soon(world);
        world.history.pace.as_mut().unwrap().ahead = hour();
    });
    assert_eq!(by_a_clock_that_may_run_ahead, []);
}

#[test]
fn a_term_that_counts_from_when_the_timer_fired_is_found() {
    let late = one(|world| {
        let at = climb(world).at;
        climb(world).next.as_mut().unwrap().from = at;
    });
    assert!(matches!(late, Finding::CountedFromFiring { .. }), "{late}");
}

#[test]
fn a_timer_that_never_fired_is_found_and_one_that_is_not_due_is_not() {
    let never = found(|world| {
        let horizon = world.history.horizon.as_mut().unwrap();
        *horizon += SignedDuration::from_hours(24 * 60);
    });
    let rungs: Vec<Rung> = never
        .iter()
        .map(|finding| match finding {
            Finding::NeverFired { rung, .. } => *rung,
            other => panic!("{other}"),
        })
        .collect();
    assert!(
        rungs.contains(&Rung::Team) && rungs.contains(&Rung::Regisseur) && rungs.len() == 2,
        "{never:#?}"
    );
}
