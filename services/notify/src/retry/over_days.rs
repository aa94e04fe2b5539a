//! When a webhook is tried again: soon at first, then over three days, as in the example of Standard Webhooks 1.0. Each
//! notice waits a little longer in a way of its own, so that a receiver that comes back isn't met by all of them at once.

use jiff::SignedDuration;
use seinhuis_domain::ids::NoticeId;

/// The pauses between ten tries.
const PAUSES: [SignedDuration; 9] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(14),
    SignedDuration::from_hours(20),
    SignedDuration::from_hours(24),
];
/// How much longer a pause may be: a tenth, in thousandths.
const JITTER: u64 = 100;
/// The end: no try is later than all pauses at their longest.
const SPAN: SignedDuration = SignedDuration::from_secs(272_105 * 11 / 10 + 1);

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverDays {
    /// Tries before a webhook counts as failed: 1 to 10.
    pub attempts_max: u32,
}

impl OverDays {
    /// The most tries there can be.
    pub const ATTEMPTS_MAX: u32 = 10;

    /// The pause after so many tries, or none: then it has failed. A receiver may ask for a longer one, within the span that
    /// began so long ago.
    pub fn pause_after(
        &self,
        notice: NoticeId,
        attempts: u32,
        begun: SignedDuration,
        asked: Option<SignedDuration>,
    ) -> Option<SignedDuration> {
        if attempts >= self.attempts_max {
            return None;
        }
        let pause = PAUSES.get(usize::try_from(attempts.checked_sub(1)?).ok()?)?;
        let longer = pause.saturating_mul(jitter(notice, attempts)).checked_div(1000)?;
        let left = SPAN.saturating_sub(begun);
        let wanted = pause.saturating_add(longer).max(asked.unwrap_or_default());
        left.is_positive().then(|| wanted.min(left))
    }
}

/// A function of notice and try, the same whenever it is asked: a notice's id is a hash already.
fn jitter(notice: NoticeId, attempts: u32) -> i32 {
    let (high, low) = notice.0.as_u64_pair();
    let thousandths = (high ^ low).rotate_left(attempts * 7) % (JITTER + 1);
    i32::try_from(thousandths).unwrap_or_default()
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_domain::ids::PersonId;

    const WHOLE: OverDays = OverDays { attempts_max: OverDays::ATTEMPTS_MAX };

    fn notice(what: &str) -> NoticeId {
        NoticeId::of(what, &PersonId::new("regisseur-ulft").unwrap())
    }

    fn pauses(notice: NoticeId) -> Vec<SignedDuration> {
        let mut begun = SignedDuration::ZERO;
        let next = |attempts| {
            let pause = WHOLE.pause_after(notice, attempts, begun, None)?;
            begun += pause;
            Some(pause)
        };
        (1..).map_while(next).collect()
    }

    #[test]
    fn ten_tries_take_three_days_and_some_hours_and_each_pause_is_at_most_a_tenth_longer() {
        for what in 0..200 {
            let pauses = pauses(notice(&what.to_string()));
            assert_eq!(pauses.len(), 9);
            for (pause, least) in pauses.iter().zip(PAUSES) {
                assert!(*pause >= least && *pause <= least * 11 / 10, "{what}: {pause} for {least}");
            }
            let whole: SignedDuration = pauses.into_iter().sum();
            assert!(whole >= PAUSES.into_iter().sum() && whole <= SPAN, "{what}: {whole}");
        }
    }

    #[test]
    fn notices_wait_each_in_a_way_of_its_own_and_always_in_the_same() {
        assert_eq!(pauses(notice("1")), pauses(notice("1")));
        let second: std::collections::BTreeSet<_> =
            (0..200).map(|what| pauses(notice(&what.to_string()))[1]).collect();
        assert!(second.len() > 50, "{} of 200", second.len());
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_and_not_for_more_than_there_is() {
        let hours = SignedDuration::from_hours;
        let pause = |begun, asked| WHOLE.pause_after(notice("1"), 1, begun, asked);
        assert_eq!(pause(hours(1), Some(hours(3))), Some(hours(3)));
        assert_eq!(pause(hours(1), Some(SignedDuration::from_secs(1))), pause(hours(1), None));
        assert_eq!(pause(hours(80), Some(hours(1000))), Some(SPAN - hours(80)));
        assert_eq!(pause(SPAN, None), None);
    }

    #[test]
    fn it_ends_after_as_many_tries_as_are_set() {
        let few = OverDays { attempts_max: 3 };
        let pause = |attempts| few.pause_after(notice("1"), attempts, SignedDuration::ZERO, None);
        assert!(pause(2).is_some());
        assert_eq!(pause(3), None);
    }
}
