//! What is told of a timer that fired, for whoever measures.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::case::CaseCommand;

/// A timer that fired, and the log has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fired {
    /// What it did: `climb` or `reminder`.
    pub what: &'static str,
    /// How long after its time.
    pub late: SignedDuration,
}

/// Is told of every timer that fired. It must return at once.
pub type OnFired = Arc<dyn Fn(Fired) + Send + Sync>;

impl Fired {
    /// What `command` did, which the log has at `now`.
    pub(crate) fn of(command: &CaseCommand, now: Timestamp) -> Self {
        let what = if matches!(command, CaseCommand::Remind { .. }) { "reminder" } else { "climb" };
        Self { what, late: now.duration_since(planned_at(command)) }
    }
}

/// When what a timer sends was due.
pub(crate) fn planned_at(command: &CaseCommand) -> Timestamp {
    match command {
        CaseCommand::RaiseByTimer { step, .. } | CaseCommand::CatchUp { step, .. } => step.due_at,
        CaseCommand::Remind { planned_at, .. } => *planned_at,
        _ => unreachable!("timers climb and remind"),
    }
}

#[cfg(test)]
mod specs {
    use seinhuis_domain::ladder::{Cause, PlannedStep, Rung};

    use super::*;

    #[test]
    fn a_timer_is_as_late_as_the_log_has_it_after_its_own_time() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let (due_at, term) = (at("2026-03-10T09:00:00Z"), "5wd".parse().unwrap());
        let step = PlannedStep {
            to: Rung::Team,
            due_at,
            term,
            from: due_at,
            cause: Cause::NotPickedUp,
            remind_at: None,
        };
        let planned_at = at("2026-03-09T09:00:00Z");
        let remind = CaseCommand::Remind { step: step.clone(), planned_at, at: planned_at };
        let climb = CaseCommand::RaiseByTimer { step, at: due_at };
        let late = |command: &CaseCommand, now: &str| Fired::of(command, at(now));
        let (second, hour) = (SignedDuration::from_secs(1), SignedDuration::from_hours(1));
        assert_eq!(late(&climb, "2026-03-10T09:00:01Z"), Fired { what: "climb", late: second });
        assert_eq!(late(&remind, "2026-03-09T10:00:00Z"), Fired { what: "reminder", late: hour });
    }
}
