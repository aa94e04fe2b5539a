//! Which timers fire now, and in which order: a pure function.

use jiff::Timestamp;
use seinhuis_domain::case::CaseCommand;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::ladder::{Due, PlannedStep, due};
use seinhuis_projections::{DueReminder, DueTimer};

/// The commands due at `now`. Climbs to higher rungs go first, so that at nine on Monday the college does not wait
/// behind a queue of reminders; among equals the longest overdue goes first. `after_silence`: a case goes past the rungs whose
/// terms have all ended by now.
pub fn plan(
    timers: Vec<DueTimer>,
    reminders: Vec<DueReminder>,
    now: Timestamp,
    after_silence: bool,
) -> Vec<(CaseId, CaseCommand)> {
    let is_due = |step: &PlannedStep, remind_at, what| due(step, remind_at, now).0 == Some(what);
    let mut climbs: Vec<_> =
        timers.into_iter().filter(|timer| is_due(&timer.step, None, Due::Climb)).collect();
    climbs.sort_by_key(|timer| (std::cmp::Reverse(timer.step.to), timer.step.due_at, timer.case));
    let mut reminders: Vec<_> = reminders
        .into_iter()
        .filter(|timer| is_due(&timer.step, Some(timer.planned_at), Due::Reminder))
        .collect();
    reminders.sort_by_key(|timer| (timer.planned_at, timer.case));
    let climb = |DueTimer { case, step, .. }| match after_silence {
        true => (case, CaseCommand::CatchUp { step, at: now }),
        false => (case, CaseCommand::RaiseByTimer { step, at: now }),
    };
    let remind = |timer: DueReminder| {
        (timer.case, CaseCommand::Remind { step: timer.step, planned_at: timer.planned_at, at: now })
    };
    climbs.into_iter().map(climb).chain(reminders.into_iter().map(remind)).collect()
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::area::AreaCode;
    use seinhuis_domain::ladder::{Cause, Rung};

    fn timer(case: u8, to: Rung, due: &str) -> DueTimer {
        let due_at: Timestamp = due.parse().unwrap();
        let case = format!("6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b0{case:02}").parse().unwrap();
        let (term, cause) = ("5wd".parse().unwrap(), Cause::NotPickedUp);
        let step = PlannedStep { to, due_at, term, from: due_at, cause, remind_at: None };
        DueTimer { case, step, area: AreaCode::new("WK150900").unwrap(), trace: None }
    }

    fn reminder(case: u8, planned_at: &str, due: &str) -> DueReminder {
        let DueTimer { case, step, .. } = timer(case, Rung::College, due);
        DueReminder { case, step, planned_at: planned_at.parse().unwrap(), trace: None }
    }

    fn order(timers: Vec<DueTimer>, now: &str) -> Vec<String> {
        ordered(timers, vec![], now)
    }

    fn ordered(timers: Vec<DueTimer>, reminders: Vec<DueReminder>, now: &str) -> Vec<String> {
        let last_two = |(case, _): (CaseId, CaseCommand)| case.to_string()[34..].to_owned();
        plan(timers, reminders, now.parse().unwrap(), false).into_iter().map(last_two).collect()
    }

    #[test]
    fn a_timer_fires_at_its_instant_and_never_before() {
        let timers = vec![timer(1, Rung::Team, "2026-03-10T08:00:00Z")];
        assert_eq!(order(timers.clone(), "2026-03-10T07:59:59.999999Z"), Vec::<String>::new());
        assert_eq!(order(timers, "2026-03-10T08:00:00Z"), ["01"]);
    }

    #[test]
    fn the_college_goes_before_the_team_and_the_longest_overdue_before_the_rest() {
        let timers = vec![
            timer(1, Rung::Team, "2026-03-01T08:00:00Z"),
            timer(2, Rung::College, "2026-03-09T08:00:00Z"),
            timer(3, Rung::College, "2026-03-08T08:00:00Z"),
        ];
        assert_eq!(order(timers, "2026-03-10T08:00:00Z"), ["03", "02", "01"]);
    }

    #[test]
    fn every_climb_goes_before_every_reminder_and_a_climb_that_is_due_is_not_reminded_of() {
        let timers = vec![timer(1, Rung::Team, "2026-03-10T08:00:00Z")];
        let reminders = vec![
            reminder(2, "2026-03-09T08:00:00Z", "2026-03-11T08:00:00Z"),
            reminder(3, "2026-03-08T08:00:00Z", "2026-03-11T08:00:00Z"),
            reminder(4, "2026-03-08T08:00:00Z", "2026-03-10T08:00:00Z"),
            reminder(5, "2026-03-10T08:00:01Z", "2026-03-11T08:00:00Z"),
        ];
        assert_eq!(ordered(timers, reminders, "2026-03-10T08:00:00Z"), ["01", "03", "02"]);
    }

    #[test]
    fn after_a_silence_climbs_catch_up_in_the_same_order() {
        let timers = vec![
            timer(1, Rung::Team, "2026-03-01T08:00:00Z"),
            timer(2, Rung::College, "2026-03-09T08:00:00Z"),
        ];
        let now: Timestamp = "2026-03-10T08:00:00Z".parse().unwrap();
        let planned = plan(timers, vec![], now, true).into_iter().map(|(case, command)| match command {
            CaseCommand::CatchUp { at, .. } => (case.to_string()[34..].to_owned(), at),
            other => panic!("{other:?}"),
        });
        assert_eq!(planned.collect::<Vec<_>>(), [("02".to_owned(), now), ("01".to_owned(), now)]);
    }
}
