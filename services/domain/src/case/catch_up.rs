//! Climbing after a silence of the hub. The case reaches every rung that it should have, each as planned (INV-7), but only
//! where it should stand by now somebody is told: a restart doesn't send the whole ladder at once.

use cqrs_es::Aggregate;
use jiff::Timestamp;

use super::{Case, CaseEvent, CaseRefusal, CaseState, raise_rung};
use crate::directory::Directory;
use crate::ladder::PlannedStep;

pub(super) fn decide(
    state: &CaseState,
    step: &PlannedStep,
    at: Timestamp,
    who: &Directory,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    let mut case = Case(Some(Box::new(state.clone())));
    let (mut events, mut next) = (Vec::new(), Some(step.clone()));
    while let (Some(step), Some(state)) = (next.take(), case.state()) {
        for mut event in raise_rung::by_timer(state, &step, at, who)? {
            next = pass(&mut event, at);
            case.apply(event.clone());
            events.push(event);
        }
    }
    Ok(events)
}

/// The climb that is due as well by now, if one is: then nobody is told of this one.
fn pass(event: &mut CaseEvent, at: Timestamp) -> Option<PlannedStep> {
    let CaseEvent::RungReached(reached) = event else { return None };
    let next = reached.next.clone().filter(|next| next.due_at <= at)?;
    reached.passed = true;
    reached.tell.clear();
    reached.told_because.clear();
    Some(next)
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::given::{Given, act, at};
    use crate::case::{CaseCommand, RungReached};
    use crate::ladder::Rung;

    /// The ends of the terms, one after the other; the last of them, behind Easter, is over by then.
    const TEAM: &str = "2026-03-16T23:00:00Z";
    const REGISSEUR: &str = "2026-03-30T22:00:00Z";
    const COLLEGE: &str = "2026-05-01T10:00:00Z";

    fn caught_up(given: &Given, when: &str) -> Vec<RungReached> {
        let command = CaseCommand::CatchUp { step: given.plan(), at: at(when) };
        let climbs = given.decided(command).into_iter().map(|event| match event {
            CaseEvent::RungReached(reached) => *reached,
            other => panic!("{other:?}"),
        });
        climbs.collect()
    }

    fn told(climbs: &[RungReached]) -> Vec<(Rung, bool, Vec<&str>)> {
        let names = |climb: &RungReached| (climb.rung, climb.passed);
        let told =
            climbs.iter().map(|climb| (names(climb), climb.tell.iter().map(|who| who.as_str()).collect()));
        told.map(|((rung, passed), tell)| (rung, passed, tell)).collect()
    }

    #[test]
    fn only_where_the_case_should_stand_by_now_somebody_is_told() {
        let given = Given::opened("housing.fin.hua");
        let climbs = caught_up(&given, "2026-12-01T09:00:00Z");
        assert_eq!(
            told(&climbs),
            [
                (Rung::Team, true, vec![]),
                (Rung::Regisseur, true, vec![]),
                (Rung::College, false, vec!["college"])
            ]
        );
        assert!(climbs.iter().all(|climb| climb.told_because.len() == climb.tell.len()));
    }

    #[test]
    fn inv7_every_rung_is_reached_once_and_as_planned() {
        let given = Given::opened("housing.fin.hua");
        let planned = |climbs: &[RungReached]| -> Vec<_> {
            climbs.iter().map(|climb| (climb.rung, climb.planned_at, climb.next.clone())).collect()
        };
        let team = given.climb(crate::case::given::timer(given.plan(), TEAM));
        let given_team = given.clone().and_climbed(TEAM);
        let regisseur = given_team.climb(crate::case::given::timer(given_team.plan(), REGISSEUR));
        assert_eq!(planned(&caught_up(&given, REGISSEUR)), planned(&[team, regisseur]));
        let awake = "2026-12-01T09:00:00Z";
        let step = CaseCommand::CatchUp { step: given.plan(), at: at(awake) };
        given.clone().and(step.clone()).when(step).then_expect_events(vec![]);
    }

    #[test]
    fn of_one_climb_that_is_due_it_is_told_as_of_any() {
        let given = Given::opened("housing.fin.hua");
        let timer = given.climb(crate::case::given::timer(given.plan(), "2026-03-30T21:59:59Z"));
        assert_eq!(caught_up(&given, "2026-03-30T21:59:59Z"), [timer]);
        assert_eq!(
            told(&caught_up(&given, REGISSEUR)),
            [(Rung::Team, true, vec![]), (Rung::Regisseur, false, vec!["regisseur-ulft"])]
        );
        assert_eq!(caught_up(&given, COLLEGE).len(), 3);
    }

    #[test]
    fn an_early_outdated_or_closed_one_changes_nothing() {
        let given = Given::opened("housing.fin.hua");
        let step = given.plan();
        let early = CaseCommand::CatchUp { step: step.clone(), at: at("2026-03-16T22:59:59Z") };
        given.when(early).then_expect_error(CaseRefusal::NotYetDue { due_at: at(TEAM) });
        let late = CaseCommand::CatchUp { step, at: at(COLLEGE) };
        let heard = act("consulent-wonion", "2026-03-10T14:00:00Z");
        let picked_up = given.clone().and(CaseCommand::Acknowledge { act: heard.clone() });
        picked_up.when(late.clone()).then_expect_events(vec![]);
        given.and(CaseCommand::Resolve { act: heard }).when(late).then_expect_events(vec![]);
    }
}
