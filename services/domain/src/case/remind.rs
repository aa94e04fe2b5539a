//! Reminding whoever stands on the rung, before the climb that is planned falls due. After a silence of the hub one
//! reminder goes out, the last that was due, and not one for each.

use jiff::Timestamp;

use super::{CaseEvent, CaseRefusal, CaseState, Reminded};
use crate::directory::Directory;
use crate::ladder::{PlannedStep, reminders};

pub(super) fn decide(
    state: &CaseState,
    step: &PlannedStep,
    planned_at: Timestamp,
    at: Timestamp,
    who: &Directory,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    // Once the climb itself is due, it says more than a reminder of it.
    let outdated = state.planned.as_ref() != Some(step) || state.remind_at != Some(planned_at);
    if outdated || step.due_at <= at {
        return Ok(vec![]);
    }
    if at < planned_at {
        return Err(CaseRefusal::NotYetDue { due_at: planned_at });
    }
    let adopted = state.adopted(who)?;
    let all = reminders(step, &adopted.profile.policy.ladder, &adopted.calendar)?;
    let last = all.iter().rfind(|reminder| **reminder <= at).map_or(planned_at, |last| planned_at.max(*last));
    let told_because = who.responsible(state.asked(state.rung, at, who)?)?;
    Ok(vec![CaseEvent::CaseReminded(Box::new(Reminded {
        area: state.area.clone(),
        rung: state.rung,
        cycle: state.cycle,
        policy_version: state.policy_version,
        nth: state.reminded + 1,
        step: step.clone(),
        planned_at: last,
        at,
        tell: told_because.iter().map(|told| told.person.clone()).collect(),
        told_because,
        next_at: all.into_iter().find(|reminder| *reminder > last),
    }))])
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, act, at, noted, on_duty, partner, timer, ulft};
    use crate::ids::PersonId;
    use crate::ladder::{Cause, Rung};
    use crate::policy::Reminders;
    use crate::profile::Profile;

    /// Ends of working days: of the fourth after the opening, the first reminder, and of the fifth, the climb.
    const REMINDED: &str = "2026-03-13T23:00:00Z";
    const DUE: &str = "2026-03-16T23:00:00Z";

    fn reminding() -> Profile {
        let mut profile = crate::example::profile();
        let again_every = Some("1wd".parse().unwrap());
        profile.policy.ladder.reminders = Some(Reminders { at_percent: 80, again_every, at_most: 3 });
        profile
    }

    fn opened(kind: &str) -> Given {
        Given::nothing()
            .under([reminding()])
            .and(crate::case::given::open(crate::case::given::signal("1", kind)))
    }

    /// The reminder that is planned, at that instant.
    fn remind(given: &Given, when: &str) -> CaseCommand {
        let state = given.state();
        let (step, planned_at) = (state.planned.unwrap(), state.remind_at.unwrap());
        CaseCommand::Remind { step, planned_at, at: at(when) }
    }

    fn reminded(given: &Given, when: &str) -> Reminded {
        match given.decided(remind(given, when)).as_slice() {
            [CaseEvent::CaseReminded(reminded)] => (**reminded).clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_people_of_the_lead_are_reminded_before_the_case_goes_to_the_team() {
        let given = opened("housing.fin.hua");
        let step = given.plan();
        assert_eq!((step.remind_at, step.due_at), (Some(at(REMINDED)), at(DUE)));
        let expected = Reminded {
            area: ulft(),
            rung: Rung::Workfloor,
            cycle: 0,
            policy_version: 1,
            nth: 1,
            step,
            planned_at: at(REMINDED),
            at: at("2026-03-13T23:00:02Z"),
            tell: vec![PersonId::new("consulent-wonion").unwrap()],
            told_because: vec![on_duty("consulent-wonion")],
            next_at: None,
        };
        assert_eq!(reminded(&given, "2026-03-13T23:00:02Z"), expected);
    }

    #[test]
    fn after_a_silence_of_the_hub_one_reminder_goes_out_and_it_is_the_last_that_was_due() {
        let given = opened("housing.fin.hua").and_climbed(DUE);
        // Ten working days: after eight, after nine, and the climb.
        let after_a_weekend = reminded(&given, "2026-03-30T06:00:00Z");
        assert_eq!(
            (after_a_weekend.nth, after_a_weekend.planned_at, after_a_weekend.next_at),
            (1, at("2026-03-27T23:00:00Z"), None)
        );
        let on_time = reminded(&given, "2026-03-26T23:00:00Z");
        assert_eq!(
            (on_time.planned_at, on_time.next_at),
            (at("2026-03-26T23:00:00Z"), Some(at("2026-03-27T23:00:00Z")))
        );
    }

    #[test]
    fn each_reminder_on_a_rung_has_its_own_number_and_a_new_rung_begins_anew() {
        let given = opened("housing.fin.hua");
        let given = given.clone().and(remind(&given, REMINDED));
        let given =
            given.and(CaseCommand::Acknowledge { act: act("consulent-wonion", "2026-03-16T09:00:00Z") });
        assert_eq!(reminded(&given, "2026-03-26T23:00:00Z").nth, 2);
        let given = given.and_climbed("2026-03-30T22:00:00Z");
        assert_eq!((given.state().reminded, given.state().rung), (0, Rung::Team));
    }

    #[test]
    fn an_outdated_reminder_reminds_nobody() {
        let given = opened("housing.fin.hua");
        let first = remind(&given, REMINDED);
        given.clone().and(first.clone()).when(first.clone()).then_expect_events(vec![]);
        let act = act("consulent-wonion", "2026-03-10T09:00:00Z");
        given.clone().and(CaseCommand::Acknowledge { act }).when(first).then_expect_events(vec![]);
        given.when(remind(&given, DUE)).then_expect_events(vec![]);
        given.clone().and_climbed(DUE).when(remind(&given, DUE)).then_expect_events(vec![]);
    }

    #[test]
    fn an_early_reminder_is_refused() {
        let given = opened("housing.fin.hua");
        given
            .when(remind(&given, "2026-03-13T22:59:59Z"))
            .then_expect_error(CaseRefusal::NotYetDue { due_at: at(REMINDED) });
    }

    #[test]
    fn without_a_lead_there_is_nobody_on_the_workfloor_to_remind_and_with_one_there_is() {
        let given = opened("police.e33");
        assert_eq!(given.state().remind_at, None);
        let act = act("coordinator-ulft", "2026-03-10T09:00:00Z");
        let led = given.and(CaseCommand::AssignLead { lead: partner("sensire"), act });
        assert_eq!(led.state().remind_at, Some(at(REMINDED)));
    }

    #[test]
    fn a_silent_lead_is_reminded_and_then_the_case_goes_to_the_regisseur_unless_it_is_heard_of() {
        let mut profile = crate::example::profile();
        profile.policy.ladder.lead_silent_climb = Some("7wd".parse().unwrap());
        let given = Given::opened("housing.fin.hua")
            .under([profile])
            .and(CaseCommand::Acknowledge { act: act("consulent-wonion", "2026-03-10T09:00:00Z") });
        let silent = given.plan();
        assert_eq!(
            (silent.to, silent.cause, silent.due_at),
            (Rung::Regisseur, Cause::LeadSilent, at("2026-03-19T23:00:00Z"))
        );
        let reminded = reminded(&given, "2026-03-17T23:00:00Z");
        assert_eq!(reminded.tell, [PersonId::new("consulent-wonion").unwrap()]);
        let heard = act("consulent-wonion", "2026-03-18T09:00:00Z");
        let heard = given.clone().and(CaseCommand::Refuse { partner: partner("politie"), act: heard });
        // The ten working days of progress end before seven more of silence would.
        assert_eq!(heard.plan().cause, Cause::NoProgress);
        assert_eq!(given.climb(timer(silent, "2026-03-19T23:00:00Z")).cause, Cause::LeadSilent);
    }

    #[test]
    fn from_the_top_nothing_is_reminded_of() {
        let raise = CaseCommand::RaiseRung { to: Rung::College, act: noted(act("wijkagent", REMINDED)) };
        assert_eq!(opened("housing.fin.hua").and(raise).state().remind_at, None);
    }

    #[test]
    fn a_reminder_moves_no_deadline() {
        let given = opened("housing.fin.hua");
        let after = given.clone().and(remind(&given, REMINDED));
        assert_eq!(after.plan(), given.plan());
        assert_eq!(after.clone().climb(timer(after.plan(), DUE)).rung, Rung::Team);
    }
}
