//! Attaching a further signal. When a second sector joins, the case becomes integral and leaves the workfloor:
//! suspicion that more is going on belongs with the team.

use jiff::Timestamp;

use super::raise_rung::reached;
use super::{CaseEvent, CaseRefusal, CaseState, SignalToFollow};
use crate::directory::Directory;
use crate::ladder::{Cause, Rung};
use crate::matching::Match;
use crate::sector::Track;

pub(super) fn decide(
    state: Option<&CaseState>,
    signal: &SignalToFollow,
    because: Match,
    at: Timestamp,
    who: &Directory,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    let state = state.ok_or(CaseRefusal::NoSuchCase)?;
    if state.signals.contains(&signal.id) {
        return Ok(vec![]);
    }
    if state.resolved {
        return Err(CaseRefusal::CaseIsClosed);
    }
    let attached = CaseEvent::SignalAttached {
        area: state.area.clone(),
        signal: signal.id,
        kind: signal.kind,
        urgency: signal.urgency,
        subjects: signal.subjects.clone(),
        because,
        at,
    };
    let mut events = vec![attached.clone()];
    let mut sectors = state.sectors.clone();
    if sectors.insert(signal.kind.sector()) && state.track == Track::Regular {
        let area = state.area.clone();
        events.push(CaseEvent::CaseMadeIntegral { area, sectors: sectors.into_iter().collect() });
        if state.rung == Rung::Workfloor {
            // The climb is judged with the signal in: an urgent one shortens the team's term too.
            let mut joined = state.clone();
            joined.apply(attached);
            events.push(reached(&joined, Rung::Team, Cause::MoreGoingOn, None, at, None, who)?);
        }
    }
    Ok(events)
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::given::{
        Given, MONDAY, act, at, attach, on_duty, planned, same_household, signal, step, ulft, urgent,
    };
    use crate::case::{CaseCommand, RungReached};
    use crate::ids::PersonId;
    use crate::sector::Sector;

    const TUESDAY: &str = "2026-03-10T14:00:00Z";

    fn attached(signal: &SignalToFollow) -> CaseEvent {
        CaseEvent::SignalAttached {
            area: ulft(),
            signal: signal.id,
            kind: signal.kind,
            urgency: signal.urgency,
            subjects: signal.subjects.clone(),
            because: same_household(),
            at: at(TUESDAY),
        }
    }

    #[test]
    fn a_signal_of_the_same_sector_is_attached_and_changes_no_plan() {
        let noise = signal("2", "housing.soc.gel");
        Given::opened("housing.fin.hua")
            .when(attach(noise.clone(), TUESDAY))
            .then_expect_events(vec![attached(&noise)]);
    }

    #[test]
    fn attaching_a_known_signal_adds_nothing() {
        let noise = signal("2", "housing.soc.gel");
        let given = Given::opened("housing.fin.hua").and(attach(noise.clone(), TUESDAY));
        given.when(attach(noise.clone(), TUESDAY)).then_expect_events(vec![]);
        given.when(attach(signal("1", "housing.fin.hua"), TUESDAY)).then_expect_events(vec![]);
        let closed = given.and(CaseCommand::Resolve { act: act("consulent-wonion", TUESDAY) });
        closed.when(attach(noise, TUESDAY)).then_expect_events(vec![]);
    }

    #[test]
    fn a_closed_case_refuses_new_signals() {
        Given::opened("housing.fin.hua")
            .and(CaseCommand::Resolve { act: act("consulent-wonion", TUESDAY) })
            .when(attach(signal("2", "housing.soc.gel"), TUESDAY))
            .then_expect_error(CaseRefusal::CaseIsClosed);
    }

    #[test]
    fn a_second_sector_makes_the_case_integral_and_brings_it_to_the_team() {
        let quarrel = signal("2", "police.neighbour_quarrel");
        let integral =
            CaseEvent::CaseMadeIntegral { area: ulft(), sectors: vec![Sector::Police, Sector::Housing] };
        let climb = RungReached {
            area: ulft(),
            rung: Rung::Team,
            cycle: 0,
            policy_version: 1,
            cause: Cause::MoreGoingOn,
            planned_at: None,
            at: at(TUESDAY),
            passed: false,
            tell: vec![PersonId::new("coordinator-ulft").unwrap()],
            told_because: vec![on_duty("coordinator-ulft")],
            next: Some(step(Rung::Regisseur, "2026-03-24T23:00:00Z", "10wd", TUESDAY, Cause::NotPickedUp)),
            act: None,
        };
        Given::opened("housing.fin.hua").when(attach(quarrel.clone(), TUESDAY)).then_expect_events(vec![
            attached(&quarrel),
            integral,
            CaseEvent::RungReached(Box::new(climb)),
        ]);
    }

    #[test]
    fn a_third_sector_is_only_attached() {
        Given::opened("housing.fin.hua")
            .and(attach(signal("2", "police.neighbour_quarrel"), TUESDAY))
            .when(attach(signal("3", "care.debts"), TUESDAY))
            .then_expect_events(vec![attached(&signal("3", "care.debts"))]);
    }

    #[test]
    fn above_the_workfloor_a_second_sector_makes_the_case_integral_where_it_stands() {
        let given = Given::opened("housing.fin.hua").and_climbed("2026-03-16T23:00:00Z");
        let names = given.names(attach(signal("2", "care.debts"), "2026-03-17T09:00:00Z"));
        assert_eq!(names, ["case.signal_attached", "case.made_integral"]);
    }

    #[test]
    fn an_urgent_signal_shortens_the_plan() {
        let noise = urgent(signal("2", "housing.soc.agr"));
        let sooner = step(Rung::Team, "2026-03-10T23:00:00Z", "1wd", MONDAY, Cause::NotPickedUp);
        Given::opened("housing.fin.hua")
            .when(attach(noise.clone(), TUESDAY))
            .then_expect_events(vec![attached(&noise), planned(sooner)]);
    }

    #[test]
    fn a_normal_signal_does_not_lengthen_the_plan_of_an_urgent_case() {
        let given = Given::nothing().and(crate::case::given::open(urgent(signal("1", "housing.fin.hua"))));
        assert_eq!(given.names(attach(signal("2", "housing.soc.gel"), TUESDAY)), ["case.signal_attached"]);
    }

    #[test]
    fn an_urgent_signal_of_a_second_sector_gives_the_team_the_urgent_term() {
        let given = Given::opened("housing.fin.hua");
        let quarrel = attach(urgent(signal("2", "police.domestic_violence")), TUESDAY);
        let next = step(Rung::Regisseur, "2026-03-12T23:00:00Z", "2wd", TUESDAY, Cause::NotPickedUp);
        assert_eq!(given.climb(quarrel.clone()).next, Some(next));
        // The climb itself carries the plan: no second one follows it.
        let names = given.names(quarrel);
        assert_eq!(names, ["case.signal_attached", "case.made_integral", "case.rung_reached"]);
    }
}
