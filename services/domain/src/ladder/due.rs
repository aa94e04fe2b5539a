//! What falls due of a planned climb: the climb itself, or a reminder of it. A pure function of the plan and the clock.

use jiff::Timestamp;

use super::PlannedStep;

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The climb.
    Climb,
    /// The reminder before it, which is no longer worth sending once the climb is due.
    Reminder,
}

/// What is due at `now`, and when the next thing is due after that. `remind_at` is the next reminder.
pub fn due(
    step: &PlannedStep,
    remind_at: Option<Timestamp>,
    now: Timestamp,
) -> (Option<Due>, Option<Timestamp>) {
    match remind_at {
        _ if step.due_at <= now => (Some(Due::Climb), None),
        Some(at) if at <= now => (Some(Due::Reminder), Some(step.due_at)),
        Some(at) => (None, Some(at.min(step.due_at))),
        None => (None, Some(step.due_at)),
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::ladder::{Cause, Rung};

    fn at(text: &str) -> Timestamp {
        format!("2026-03-{text}:00Z").parse().unwrap()
    }

    fn asked(remind_at: Option<&str>, now: &str) -> (Option<Due>, Option<Timestamp>) {
        let (term, cause) = ("5wd".parse().unwrap(), Cause::NotPickedUp);
        let (from, due_at) = (at("09T10:00"), at("16T23:00"));
        let step = PlannedStep { to: Rung::Team, due_at, term, from, cause, remind_at: None };
        due(&step, remind_at.map(at), at(now))
    }

    #[test]
    fn the_reminder_comes_first_and_then_the_climb_each_at_its_instant() {
        let (reminder, climb) = (Some("13T23:00"), Some(at("16T23:00")));
        assert_eq!(asked(reminder, "13T22:59"), (None, Some(at("13T23:00"))));
        assert_eq!(asked(reminder, "13T23:00"), (Some(Due::Reminder), climb));
        assert_eq!(asked(None, "13T23:00"), (None, climb));
        assert_eq!(asked(None, "16T23:00"), (Some(Due::Climb), None));
    }

    #[test]
    fn a_climb_that_is_due_is_not_reminded_of() {
        assert_eq!(asked(Some("13T23:00"), "16T23:00"), (Some(Due::Climb), None));
    }
}
