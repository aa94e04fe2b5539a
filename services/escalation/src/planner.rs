//! Which timers fire now, and in which order: a pure function.

use jiff::Timestamp;
use seinhuis_domain::case::CaseCommand;
use seinhuis_domain::ids::CaseId;
use seinhuis_projections::DueTimer;

/// The commands due at `now`. Climbs to higher rungs go first, so that at nine on Monday the college does not wait
/// behind a queue of reminders; among equals the longest overdue goes first.
pub fn plan(timers: Vec<DueTimer>, now: Timestamp) -> Vec<(CaseId, CaseCommand)> {
    let mut due: Vec<_> = timers.into_iter().filter(|timer| timer.step.due_at <= now).collect();
    due.sort_by_key(|timer| (std::cmp::Reverse(timer.step.to), timer.step.due_at, timer.case));
    due.into_iter()
        .map(|timer| (timer.case, CaseCommand::RaiseByTimer { step: timer.step, at: now }))
        .collect()
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::area::AreaCode;
    use seinhuis_domain::ladder::{Cause, PlannedStep, Rung};

    fn timer(case: u8, to: Rung, due: &str) -> DueTimer {
        let due_at: Timestamp = due.parse().unwrap();
        let case = format!("6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b0{case:02}").parse().unwrap();
        let step =
            PlannedStep { to, due_at, term: "5wd".parse().unwrap(), from: due_at, cause: Cause::NotPickedUp };
        DueTimer { case, step, area: AreaCode::new("WK150900").unwrap() }
    }

    fn order(timers: Vec<DueTimer>, now: &str) -> Vec<String> {
        let last_two = |(case, _): (CaseId, CaseCommand)| case.to_string()[34..].to_owned();
        plan(timers, now.parse().unwrap()).into_iter().map(last_two).collect()
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
}
