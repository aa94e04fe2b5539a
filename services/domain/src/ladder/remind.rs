//! When whoever stands on a rung is reminded that a planned climb comes near. A pure function of the climb, the policy and
//! the calendar: a reminder that went out late does not push the next one back.

use jiff::{SignedDuration, Timestamp};

use super::Cause;
use super::plan::{PlannedStep, counted_from};
use crate::calendar::{Calendar, CalendarError};
use crate::policy::Ladder;

/// All reminders of a climb, in order; each before it falls due.
///
/// They fall on whole seconds. Nobody needs them finer, and so every store keeps them as they are.
pub fn reminders(
    step: &PlannedStep,
    ladder: &Ladder,
    calendar: &Calendar,
) -> Result<Vec<Timestamp>, CalendarError> {
    let after = |from, term| calendar.due_at(counted_from(from, term), term);
    let first = match (step.cause, &ladder.reminders) {
        // Whoever stands there is reminded when the lead counts as silent, whatever else is reminded of.
        (Cause::LeadSilent, _) => after(step.from, ladder.lead_silent)?,
        (_, None) => return Ok(vec![]),
        (_, Some(policy)) => {
            calendar.at_share(counted_from(step.from, step.term), step.term, policy.at_percent)?
        }
    };
    let at_most = ladder.reminders.map_or(1, |policy| policy.at_most) as usize;
    let again_every = ladder.reminders.and_then(|policy| policy.again_every);
    let mut all = Vec::new();
    let mut next = Some(whole_second(first));
    while let Some(at) = next.filter(|at| *at < step.due_at && all.len() < at_most) {
        all.push(at);
        // What lies beyond the calendar lies beyond the climb.
        next = again_every.and_then(|term| after(at, term).ok()).map(whole_second);
    }
    Ok(all)
}

/// The first whole second from `at` on.
pub(crate) fn whole_second(at: Timestamp) -> Timestamp {
    let rest = SignedDuration::from_nanos(i64::from(at.subsec_nanosecond()).rem_euclid(1_000_000_000));
    if rest.is_zero() { at } else { at + (SignedDuration::from_secs(1) - rest) }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::example;
    use crate::ladder::Rung;
    use crate::policy::Reminders;

    fn reminded(term: &str, from: &str, again_every: Option<&str>, at_most: u32) -> Vec<String> {
        let (from, term) = (from.parse().unwrap(), term.parse().unwrap());
        let due_at = Calendar::dutch().due_at(from, term).unwrap();
        let step =
            PlannedStep { to: Rung::Team, due_at, term, from, cause: Cause::NotPickedUp, remind_at: None };
        let again_every = again_every.map(|term| term.parse().unwrap());
        let mut ladder = example::profile().policy.ladder;
        ladder.reminders = Some(Reminders { at_percent: 80, again_every, at_most });
        let all = reminders(&step, &ladder, &Calendar::dutch()).unwrap();
        all.iter().map(ToString::to_string).collect()
    }

    /// A Monday at 10.30 in Amsterdam.
    const MONDAY: &str = "2026-03-09T09:30:00Z";

    #[test]
    fn of_five_working_days_the_reminder_leaves_one() {
        assert_eq!(reminded("5wd", MONDAY, None, 1), ["2026-03-13T23:00:00Z"]);
    }

    #[test]
    fn it_is_repeated_as_often_as_the_policy_says_and_never_after_the_climb() {
        let twice = ["2026-03-19T23:00:00Z", "2026-03-20T23:00:00Z"];
        assert_eq!(reminded("10wd", MONDAY, Some("1wd"), 9), twice);
        assert_eq!(reminded("10wd", MONDAY, Some("1wd"), 1), twice[..1]);
        assert_eq!(reminded("10wd", MONDAY, None, 9), twice[..1]);
        assert_eq!(reminded("10h", MONDAY, Some("1h"), 9), ["2026-03-09T17:30:00Z", "2026-03-09T18:30:00Z"]);
    }

    #[test]
    fn a_term_too_short_to_leave_anything_has_no_reminder() {
        assert_eq!(reminded("1wd", MONDAY, Some("1h"), 9), Vec::<String>::new());
    }

    #[test]
    fn a_fraction_of_a_second_is_rounded_up() {
        let from = "2026-03-09T09:30:00.0000001Z";
        assert_eq!(reminded("10h", from, None, 1), ["2026-03-09T17:30:01Z"]);
    }
}
