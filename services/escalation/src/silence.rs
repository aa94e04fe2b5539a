//! What the hub finds overdue when it works again: said once, when it has caught up.

use jiff::{SignedDuration, Timestamp};
use seinhuis_projections::DueTimer;

/// What was found so far.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Silence {
    /// How long the longest overdue climb had been.
    longest: SignedDuration,
    /// Cases that had to climb.
    cases: usize,
}

impl Silence {
    /// These climbs were due at `now`.
    pub(crate) fn found(&mut self, due: &[DueTimer], now: Timestamp) {
        let late = due.iter().map(|timer| now.duration_since(timer.step.due_at)).max();
        self.longest = self.longest.max(late.unwrap_or_default());
        self.cases += due.len();
    }

    /// Tells operations, if there was anything.
    pub(crate) fn tell(&self) {
        let Self { longest, cases } = self;
        if *cases > 0 {
            tracing::warn!(cases, longest = format!("{longest:#}"), "caught up after a silence of the hub");
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::area::AreaCode;
    use seinhuis_domain::ladder::{Cause, PlannedStep, Rung};
    use seinhuis_testkit::Heard;

    fn timer(due: &str) -> DueTimer {
        let due_at: Timestamp = due.parse().unwrap();
        let (term, cause) = ("5wd".parse().unwrap(), Cause::NotPickedUp);
        let step = PlannedStep { to: Rung::Team, due_at, term, from: due_at, cause, remind_at: None };
        let case = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap();
        DueTimer { case, step, area: AreaCode::new("WK150900").unwrap(), trace: None }
    }

    #[test]
    fn of_all_that_was_overdue_the_longest_counts() {
        let (mut silence, now) = (Silence::default(), "2026-03-10T08:00:00Z".parse().unwrap());
        silence.found(&[timer("2026-03-10T07:00:00Z"), timer("2026-03-09T08:00:00Z")], now);
        silence.found(&[timer("2026-03-10T07:59:00Z")], now);
        silence.found(&[], now);
        assert_eq!(silence, Silence { longest: SignedDuration::from_hours(24), cases: 3 });
        let heard = Heard::begin();
        silence.tell();
        assert!(
            heard.text().contains("caught up after a silence of the hub cases=3 longest=\"24h\""),
            "{}",
            heard.text()
        );
    }

    #[test]
    fn a_silence_in_which_nothing_was_overdue_is_not_told() {
        let (mut silence, heard) = (Silence::default(), Heard::begin());
        silence.found(&[], "2026-03-10T08:00:00Z".parse().unwrap());
        silence.tell();
        assert_eq!(heard.text(), "");
    }
}
