//! When a mail is tried again: each pause twice the one before, up to an hour, for a bounded number of tries.

use jiff::SignedDuration;

mod over_days;

pub use over_days::OverDays;

/// The longest pause between two tries.
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(1);

/// How often and how soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Tries before a notice counts as failed. At least one.
    pub attempts_max: u32,
    /// The pause after the first try.
    pub first_pause: SignedDuration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts_max: 8, first_pause: SignedDuration::from_secs(30) }
    }
}

impl Retry {
    /// The pause after so many tries, or none: then it has failed.
    pub fn pause_after(&self, attempts: u32) -> Option<SignedDuration> {
        if attempts >= self.attempts_max {
            return None;
        }
        let doubled = 1_i32.checked_shl(attempts.saturating_sub(1).min(20)).unwrap_or(i32::MAX);
        Some(self.first_pause.checked_mul(doubled).unwrap_or(PAUSE_MAX).min(PAUSE_MAX))
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour_and_end() {
        let retry = Retry::default();
        let seconds = |attempts| retry.pause_after(attempts).map(|pause| pause.as_secs());
        assert_eq!([seconds(1), seconds(2), seconds(3)], [Some(30), Some(60), Some(120)]);
        assert_eq!(seconds(7), Some(1920));
        assert_eq!(seconds(8), None);
        let patient = Retry { attempts_max: 20, ..retry };
        assert_eq!(patient.pause_after(19).map(|pause| pause.as_hours()), Some(1));
    }
}
