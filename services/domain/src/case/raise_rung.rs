//! Climbing: by timer as planned, by hand, or by an alarm. At most one fact per rung and cycle (INV-7).

use jiff::Timestamp;

use super::{Act, CaseEvent, CaseRefusal, CaseState, RungReached};
use crate::directory::{Directory, Responsible};
use crate::ladder::{Cause, PlannedStep, Rung};
use crate::policy::Ladder;
use crate::sector::Urgency;

/// A timer fires. Only the plan in force counts: an outdated timer changes nothing, an early one is refused.
pub(super) fn by_timer(
    state: &CaseState,
    step: &PlannedStep,
    at: Timestamp,
    who: &Directory,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    if state.planned.as_ref() != Some(step) {
        return Ok(vec![]);
    }
    if at < step.due_at {
        return Err(CaseRefusal::NotYetDue { due_at: step.due_at });
    }
    Ok(vec![reached(state, step.to, step.cause, Some(step.due_at), at, None, who)?])
}

/// A person raises it. Skipping a rung needs a note.
pub(super) fn by_hand(
    state: &CaseState,
    to: Rung,
    act: Act,
    who: &Directory,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    if to <= state.rung {
        return Err(CaseRefusal::WrongDirection { now: state.rung, to, direction: "above" });
    }
    if state.rung.above() != Some(to) && act.note.is_none() {
        return Err(CaseRefusal::SkipNeedsNote { now: state.rung, to });
    }
    let at = act.at;
    Ok(vec![reached(state, to, Cause::ByHand, None, at, Some(act), who)?])
}

/// The regisseur's rung, if the alarm rings and the case is still below it.
pub(super) fn alarm(
    state: &CaseState,
    rings: bool,
    cause: Cause,
    at: Timestamp,
    who: &Directory,
) -> Result<Option<CaseEvent>, CaseRefusal> {
    if rings && state.rung < Rung::Regisseur {
        reached(state, Rung::Regisseur, cause, None, at, None, who).map(Some)
    } else {
        Ok(None)
    }
}

/// The fact that a rung was reached, with who is told.
pub(super) fn reached(
    state: &CaseState,
    rung: Rung,
    cause: Cause,
    planned_at: Option<Timestamp>,
    at: Timestamp,
    act: Option<Act>,
    who: &Directory,
) -> Result<CaseEvent, CaseRefusal> {
    // The next term counts from the planned time (INV-7), and the case is not picked up on its new rung yet.
    let mut above = state.clone();
    above.stand_on(rung, planned_at.unwrap_or(at));
    // Whoever raises it is heard of.
    above.heard_at = act.as_ref().map_or(above.heard_at, |act| act.at);
    let told_because = who.responsible(state.asked(rung, at, who)?)?;
    Ok(CaseEvent::RungReached(Box::new(RungReached {
        area: state.area.clone(),
        rung,
        cycle: state.cycle,
        policy_version: state.policy_version,
        cause,
        planned_at,
        at,
        passed: false,
        tell: told_because.iter().map(|told| told.person.clone()).collect(),
        told_because,
        next: above.next_step(who)?,
        act,
    })))
}

impl CaseState {
    /// The question who answers for this case on a rung.
    pub(super) fn asked(
        &self,
        rung: Rung,
        at: Timestamp,
        who: &Directory,
    ) -> Result<Responsible<'_>, CaseRefusal> {
        let ladder = self.ladder(who)?;
        let urgent = self.urgency == Urgency::Urgent && rung >= Rung::Regisseur;
        Ok(Responsible {
            rung,
            area: &self.area,
            team: self.team.as_ref(),
            lead: self.lead.as_ref(),
            at,
            office_hours: ladder.terms(rung).hold_until_working_hours,
            at_once: urgent && ladder.urgent_breaks_quiet,
        })
    }

    /// The ladder this case is pinned to.
    pub(super) fn ladder<'a>(&self, who: &'a Directory) -> Result<&'a Ladder, CaseRefusal> {
        Ok(&self.adopted(who)?.profile.policy.ladder)
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, act, at, noted, on_duty, open, signal, step, timer, ulft, urgent};
    use crate::ids::PersonId;
    use crate::profile::Absence;
    use crate::tell::{Away, Duty, HoldCause};

    const TUESDAY: &str = "2026-03-10T14:00:00Z";
    /// The end of the fifth working day after the opening, and a quarter of an hour past it.
    const DUE: &str = "2026-03-16T23:00:00Z";
    const LATE: &str = "2026-03-16T23:15:00Z";

    fn raise(to: Rung, act: Act) -> CaseCommand {
        CaseCommand::RaiseRung { to, act }
    }

    fn told(names: &[&str]) -> Vec<PersonId> {
        names.iter().map(|name| PersonId::new(*name).unwrap()).collect()
    }

    #[test]
    fn a_timer_brings_the_case_to_the_rung_it_was_planned_for() {
        let given = Given::opened("housing.fin.hua");
        let climb = RungReached {
            area: ulft(),
            rung: Rung::Team,
            cycle: 0,
            policy_version: 1,
            cause: Cause::NotPickedUp,
            planned_at: Some(at(DUE)),
            at: at(LATE),
            passed: false,
            tell: told(&["coordinator-ulft"]),
            told_because: vec![on_duty("coordinator-ulft")],
            next: Some(step(Rung::Regisseur, "2026-03-30T22:00:00Z", "10wd", DUE, Cause::NotPickedUp)),
            act: None,
        };
        given
            .when(timer(given.plan(), LATE))
            .then_expect_events(vec![CaseEvent::RungReached(Box::new(climb))]);
    }

    #[test]
    fn a_timer_fires_once() {
        let given = Given::opened("housing.fin.hua");
        let step = given.plan();
        given.and(timer(step.clone(), DUE)).when(timer(step, LATE)).then_expect_events(vec![]);
    }

    #[test]
    fn an_outdated_step_changes_nothing() {
        let given = Given::opened("housing.fin.hua");
        let outdated = given.plan();
        given
            .and(CaseCommand::Acknowledge { act: act("consulent-wonion", TUESDAY) })
            .when(timer(outdated, LATE))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_timer_for_a_closed_case_changes_nothing() {
        let given = Given::opened("housing.fin.hua");
        let outdated = given.plan();
        given
            .and(CaseCommand::Resolve { act: act("consulent-wonion", TUESDAY) })
            .when(timer(outdated, LATE))
            .then_expect_events(vec![]);
    }

    #[test]
    fn an_early_timer_is_refused() {
        let given = Given::opened("housing.fin.hua");
        given
            .when(timer(given.plan(), "2026-03-16T22:59:59.999Z"))
            .then_expect_error(CaseRefusal::NotYetDue { due_at: at(DUE) });
    }

    #[test]
    fn inv7_the_next_term_counts_from_the_planned_time_however_late_the_timer_fired() {
        let on_time = Given::opened("housing.fin.hua").and_climbed(DUE);
        let months_late = Given::opened("housing.fin.hua").and_climbed("2026-06-16T23:15:00Z");
        assert_eq!(months_late.plan(), on_time.plan());
        assert_eq!(months_late.state().since, at(DUE));
    }

    #[test]
    fn inv7_after_a_long_silence_no_rung_is_missed() {
        let awake = "2026-12-01T09:00:00Z";
        let given = Given::opened("housing.fin.hua").and_climbed(awake).and_climbed(awake).and_climbed(awake);
        assert_eq!((given.state().rung, given.state().planned), (Rung::College, None));
    }

    #[test]
    fn the_deputy_is_told_when_the_regisseur_is_away_at_the_time_of_the_climb() {
        let mut profile = crate::example::profile();
        let week = Absence { from: jiff::civil::date(2026, 3, 16), until: jiff::civil::date(2026, 3, 20) };
        profile.people[0].absences.push(week);
        let given = Given::opened("police.e33").under([profile]);
        let climb = given.climb(timer(given.plan(), LATE));
        assert_eq!((climb.cause, climb.tell), (Cause::NoLead, told(&["regisseur-oost"])));
        let away = Away { person: PersonId::new("regisseur-ulft").unwrap(), until: week.until };
        assert_eq!(climb.told_because[0].duty, Duty::Deputy { away: vec![away] });
    }

    #[test]
    fn where_nobody_is_on_duty_the_case_climbs_on_time_and_its_notice_is_held() {
        let mut profile = crate::example::profile();
        let week = Absence { from: jiff::civil::date(2026, 3, 16), until: jiff::civil::date(2026, 3, 20) };
        profile.people[0].absences.push(week);
        profile.people[1].absences.push(week);
        let given = Given::opened("police.e33").under([profile]);
        let climb = given.climb(timer(given.plan(), LATE));
        assert_eq!(
            (climb.tell, climb.next),
            (told(&["regisseur-ulft"]), given.clone().and_climbed(LATE).state().planned)
        );
        let hold = climb.told_because[0].hold.clone().unwrap();
        assert_eq!((hold.until, hold.because), (at("2026-03-23T08:00:00Z"), vec![HoldCause::NobodyOnDuty]));
    }

    #[test]
    fn an_urgent_case_breaks_the_quiet_of_the_regisseur_where_the_policy_says_so_and_no_other() {
        let mut profile = crate::example::profile();
        profile.policy.ladder.regisseur.hold_until_working_hours = true;
        profile.policy.ladder.team.hold_until_working_hours = true;
        let held = |profile: &crate::profile::Profile, urgent_case: bool, to: Rung| {
            let signal = signal("1", "housing.fin.hua");
            let signal = if urgent_case { urgent(signal) } else { signal };
            let given = Given::nothing().under([profile.clone()]).and(open(signal));
            let raised = given.climb(raise(to, noted(act("wijkagent", "2026-03-10T22:00:00Z"))));
            raised.told_because[0].hold.as_ref().map(|hold| hold.until)
        };
        let morning = Some(at("2026-03-11T08:00:00Z"));
        assert_eq!(held(&profile, true, Rung::Regisseur), morning);
        profile.policy.ladder.urgent_breaks_quiet = true;
        assert_eq!(held(&profile, true, Rung::Regisseur), None);
        assert_eq!(held(&profile, true, Rung::Team), morning);
        assert_eq!(held(&profile, false, Rung::Regisseur), morning);
    }

    #[test]
    fn a_person_raises_one_rung_without_a_note() {
        let by = act("consulent-wonion", TUESDAY);
        let climb = Given::opened("housing.fin.hua").climb(raise(Rung::Team, by.clone()));
        assert_eq!((climb.rung, climb.cause, climb.planned_at), (Rung::Team, Cause::ByHand, None));
        assert_eq!((climb.tell, climb.act), (told(&["coordinator-ulft"]), Some(by)));
    }

    #[test]
    fn skipping_a_rung_by_hand_needs_a_note() {
        let given = Given::opened("housing.fin.hua");
        let skip = |act| raise(Rung::College, act);
        given
            .when(skip(act("wijkagent", TUESDAY)))
            .then_expect_error(CaseRefusal::SkipNeedsNote { now: Rung::Workfloor, to: Rung::College });
        let climb = given.climb(skip(noted(act("wijkagent", TUESDAY))));
        assert_eq!((climb.rung, climb.tell, climb.next), (Rung::College, told(&["college"]), None));
    }

    #[test]
    fn raising_to_the_same_rung_or_down_is_refused() {
        let given = Given::opened("housing.fin.hua").and_climbed(DUE);
        for to in [Rung::Team, Rung::Workfloor] {
            given.when(raise(to, act("wijkagent", LATE))).then_expect_error(CaseRefusal::WrongDirection {
                now: Rung::Team,
                to,
                direction: "above",
            });
        }
    }

    #[test]
    fn a_raised_case_counts_the_next_term_from_then() {
        let given = Given::opened("housing.fin.hua").and(raise(Rung::Team, act("wijkagent", TUESDAY)));
        let next = step(Rung::Regisseur, "2026-03-24T23:00:00Z", "10wd", TUESDAY, Cause::NotPickedUp);
        assert_eq!(given.plan(), next);
    }
}
