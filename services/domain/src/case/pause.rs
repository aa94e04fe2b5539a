//! Pausing a case, with an end and a note, and ending a pause before its time.
//!
//! While a case is paused it climbs by no term. A pause ends by itself: the plan simply counts from its end. Alarms and
//! people still raise the case, and on another rung there is no pause.

use jiff::Timestamp;

use super::{Act, CaseEvent, CaseRefusal, CaseState};
use crate::directory::Directory;

pub(super) fn decide(
    state: &CaseState,
    until: Timestamp,
    act: Act,
    who: &Directory,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    if state.paused_until == Some(until) {
        return Ok(vec![]);
    }
    if until <= act.at {
        return Err(CaseRefusal::NotInTheFuture { until });
    }
    if act.note.is_none() {
        return Err(CaseRefusal::PauseNeedsNote);
    }
    let adopted = state.adopted(who)?;
    let term = adopted.profile.policy.ladder.pause_max;
    let at_most = adopted.calendar.due_at(act.at, term)?;
    if until > at_most {
        return Err(CaseRefusal::PauseTooLong { at_most, term });
    }
    Ok(vec![CaseEvent::CasePaused { area: state.area.clone(), until, act }])
}

/// Nothing, where no pause is running.
pub(super) fn resume(state: &CaseState, act: Act) -> Vec<CaseEvent> {
    match state.paused_until {
        Some(until) if until > act.at => vec![CaseEvent::CaseResumed { area: state.area.clone(), act }],
        _ => vec![],
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, MONDAY, act, at, noted, partner, planned, step, timer, ulft};
    use crate::ladder::{Cause, Rung};

    const TUESDAY: &str = "2026-03-10T14:00:00Z";
    const WEDNESDAY: &str = "2026-03-11T09:00:00Z";
    /// The end of the Friday of that week.
    const FRIDAY: &str = "2026-03-13T23:00:00Z";

    fn pause(until: &str, when: &str) -> CaseCommand {
        CaseCommand::Pause { until: at(until), act: noted(act("coordinator-ulft", when)) }
    }

    fn resume(when: &str) -> CaseCommand {
        CaseCommand::Resume { act: act("coordinator-ulft", when) }
    }

    #[test]
    fn nothing_falls_due_before_the_end_and_the_term_counts_anew_from_there() {
        let given = Given::opened("housing.fin.hua");
        let before = given.plan();
        assert_eq!((before.due_at, before.from), (at("2026-03-16T23:00:00Z"), at(MONDAY)));
        let paused = CaseEvent::CasePaused {
            area: ulft(),
            until: at(FRIDAY),
            act: noted(act("coordinator-ulft", TUESDAY)),
        };
        // Five working days after the Friday.
        let plan = step(Rung::Team, "2026-03-20T23:00:00Z", "5wd", FRIDAY, Cause::NotPickedUp);
        given.when(pause(FRIDAY, TUESDAY)).then_expect_events(vec![paused, planned(plan)]);
        let given = given.and(pause(FRIDAY, TUESDAY));
        given.when(timer(before, "2026-03-17T09:00:00Z")).then_expect_events(vec![]);
    }

    #[test]
    fn whoever_resumes_it_starts_the_term_there_and_then() {
        let given = Given::opened("housing.fin.hua").and(pause(FRIDAY, TUESDAY)).and(resume(WEDNESDAY));
        let plan = step(Rung::Team, "2026-03-18T23:00:00Z", "5wd", WEDNESDAY, Cause::NotPickedUp);
        assert_eq!(given.plan(), plan);
        given.when(resume(WEDNESDAY)).then_expect_events(vec![]);
    }

    #[test]
    fn a_pause_that_ended_by_itself_is_not_resumed() {
        Given::opened("housing.fin.hua")
            .and(pause(FRIDAY, TUESDAY))
            .when(resume("2026-03-14T09:00:00Z"))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_pause_needs_a_note_and_an_end_within_the_policy_and_the_future() {
        let given = Given::opened("housing.fin.hua");
        let plain = CaseCommand::Pause { until: at(FRIDAY), act: act("wijkagent", TUESDAY) };
        given.when(plain).then_expect_error(CaseRefusal::PauseNeedsNote);
        given
            .when(pause(MONDAY, TUESDAY))
            .then_expect_error(CaseRefusal::NotInTheFuture { until: at(MONDAY) });
        // Twenty working days, of which two fall away at Easter.
        let at_most = at("2026-04-09T22:00:00Z");
        let too_long = CaseRefusal::PauseTooLong { at_most, term: "20wd".parse().unwrap() };
        given.when(pause("2026-04-09T22:00:01Z", TUESDAY)).then_expect_error(too_long);
        assert_eq!(given.names(pause("2026-04-09T22:00:00Z", TUESDAY)), ["case.paused", "case.step_planned"]);
    }

    #[test]
    fn pausing_until_the_same_instant_again_adds_nothing_and_until_another_moves_the_end() {
        let given = Given::opened("housing.fin.hua").and(pause(FRIDAY, TUESDAY));
        given.when(pause(FRIDAY, WEDNESDAY)).then_expect_events(vec![]);
        let longer = given.and(pause("2026-03-16T23:00:00Z", WEDNESDAY));
        assert_eq!(longer.plan().from, at("2026-03-16T23:00:00Z"));
    }

    #[test]
    fn an_alarm_rings_all_the_same_and_on_another_rung_there_is_no_pause() {
        let refuse = |by: &str| CaseCommand::Refuse { partner: partner(by), act: act(by, WEDNESDAY) };
        let given = Given::opened("housing.fin.hua").and(pause(FRIDAY, TUESDAY)).and(refuse("wonion"));
        assert_eq!(given.plan().from, at(FRIDAY));
        let raised = given.and(refuse("sensire")).state();
        assert_eq!((raised.rung, raised.paused_until), (Rung::Regisseur, None));
        assert_eq!(raised.planned.unwrap().from, at(WEDNESDAY));
    }
}
