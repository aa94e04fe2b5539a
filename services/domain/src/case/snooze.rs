//! Putting the next reminder off. Only that: the climb comes when it comes.

use jiff::Timestamp;

use super::{Act, CaseEvent, CaseRefusal, CaseState};
use crate::ladder::whole_second;

/// Nothing, where no reminder is to come before then.
pub(super) fn decide(state: &CaseState, until: Timestamp, act: Act) -> Result<Vec<CaseEvent>, CaseRefusal> {
    if until <= act.at {
        return Err(CaseRefusal::NotInTheFuture { until });
    }
    let (Some(step), Some(remind_at)) = (&state.planned, state.remind_at) else { return Ok(vec![]) };
    if until <= remind_at {
        return Ok(vec![]);
    }
    let next_at = Some(whole_second(until)).filter(|next| *next < step.due_at);
    Ok(vec![CaseEvent::CaseSnoozed { area: state.area.clone(), until, step: step.clone(), next_at, act }])
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, act, at, open, signal};
    use crate::policy::Reminders;

    const TUESDAY: &str = "2026-03-10T14:00:00Z";
    /// The end of the fourth working day, and of the fifth, when the case climbs.
    const REMINDED: &str = "2026-03-13T23:00:00Z";
    const DUE: &str = "2026-03-16T23:00:00Z";

    fn reminding() -> Given {
        let mut profile = crate::example::profile();
        profile.policy.ladder.reminders = Some(Reminders { at_percent: 80, again_every: None, at_most: 1 });
        Given::nothing().under([profile]).and(open(signal("1", "housing.fin.hua")))
    }

    fn snooze(until: &str) -> CaseCommand {
        CaseCommand::Snooze { until: at(until), act: act("consulent-wonion", TUESDAY) }
    }

    #[test]
    fn a_reminder_is_put_off_and_the_climb_is_not() {
        let given = reminding();
        let after = given.clone().and(snooze("2026-03-16T08:00:00Z"));
        assert_eq!((after.state().remind_at, after.plan()), (Some(at("2026-03-16T08:00:00Z")), given.plan()));
        let remind = CaseCommand::Remind {
            step: after.plan(),
            planned_at: at("2026-03-16T08:00:00Z"),
            at: at("2026-03-16T08:00:01Z"),
        };
        assert_eq!(after.names(remind), ["case.reminded"]);
    }

    #[test]
    fn put_off_beyond_the_climb_there_is_no_reminder_of_it() {
        assert_eq!(reminding().and(snooze(DUE)).state().remind_at, None);
    }

    #[test]
    fn where_no_reminder_comes_before_then_there_is_nothing_to_put_off() {
        reminding().when(snooze(REMINDED)).then_expect_events(vec![]);
        Given::opened("housing.fin.hua").when(snooze(DUE)).then_expect_events(vec![]);
    }

    #[test]
    fn nothing_is_put_off_into_the_past() {
        reminding()
            .when(snooze(TUESDAY))
            .then_expect_error(CaseRefusal::NotInTheFuture { until: at(TUESDAY) });
    }
}
