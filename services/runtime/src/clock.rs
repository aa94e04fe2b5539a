//! The hub's one source of "now": the machine's clock, a faster one for rehearsals, or one that a test moves by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::time::Instant;

/// The longest single wait on the machine's clock. It may be set while somebody sleeps, so sleepers look again.
const LONGEST_NAP: Duration = Duration::from_secs(30);

/// Tells the time in whole microseconds and never goes backwards within the process. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct Clock {
    source: Source,
    /// The latest answer given, in microseconds since 1970.
    floor: Arc<AtomicI64>,
}

#[derive(Debug, Clone)]
enum Source {
    System,
    Rehearsal { start: i64, speed: f64, began: Instant },
    Manual(watch::Sender<i64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::from_source(Source::System)
    }

    /// A clock that reads `start` now and runs `speed` times as fast as the machine's monotone one.
    ///
    /// # Panics
    /// When `speed` is not a positive, finite number: a clock that stands still would hang every sleeper.
    pub fn rehearsal(start: Timestamp, speed: f64) -> Self {
        assert!(speed.is_finite() && speed > 0.0, "a clock's speed is a positive number, not {speed}");
        Self::from_source(Source::Rehearsal { start: start.as_microsecond(), speed, began: Instant::now() })
    }

    /// A rehearsal's clock that read `start` when the machine's read `anchor`: processes that are given the same three agree
    /// on the time, whenever each of them was started.
    ///
    /// # Panics
    /// On a speed that [`Clock::rehearsal`] refuses.
    #[expect(clippy::disallowed_methods, reason = "the machine's clock is what the processes have in common")]
    pub fn anchored(start: Timestamp, speed: f64, anchor: Timestamp) -> Self {
        let passed = (Timestamp::now().as_microsecond() - anchor.as_microsecond()) as f64 * speed;
        Self::rehearsal(timestamp(start.as_microsecond().saturating_add(passed as i64)), speed)
    }

    /// A clock that stands at `start` until [`Clock::advance`] or [`Clock::set`] moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self::from_source(Source::Manual(watch::Sender::new(start.as_microsecond())))
    }

    fn from_source(source: Source) -> Self {
        Self { source, floor: Arc::new(AtomicI64::new(i64::MIN)) }
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        let read = self.read();
        let now = self.floor.fetch_max(read, Ordering::AcqRel).max(read);
        timestamp(now)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine for the time")]
    fn read(&self) -> i64 {
        match &self.source {
            Source::System => Timestamp::now().as_microsecond(),
            Source::Rehearsal { start, speed, began } => {
                // f64 holds microseconds exactly for 285 years; the cast saturates beyond.
                start.saturating_add((began.elapsed().as_secs_f64() * 1e6 * speed) as i64)
            }
            Source::Manual(at) => *at.borrow(),
        }
    }

    /// Returns once the clock reads `instant` or later; at once when it already does.
    pub async fn sleep_until(&self, instant: Timestamp) {
        let target = instant.as_microsecond();
        if let Source::Manual(at) = &self.source {
            // The sender is ours, so the wait can't end for lack of one.
            let _ = at.subscribe().wait_for(|now| *now >= target).await;
            return;
        }
        loop {
            let left = target.saturating_sub(self.now().as_microsecond());
            if left <= 0 {
                return;
            }
            tokio::time::sleep(self.machine_time(left)).await;
        }
    }

    /// Sleeps for `span` of this clock's own time. A negative span is no wait at all.
    pub async fn sleep(&self, span: SignedDuration) {
        let end = self.now().saturating_add(span).unwrap_or(Timestamp::MAX);
        self.sleep_until(end).await;
    }

    /// How long `span` of this clock's own time takes on the machine's; a negative span takes nothing.
    pub fn takes(&self, span: SignedDuration) -> Duration {
        Duration::try_from_secs_f64(span.as_secs_f64() / self.speed()).unwrap_or_default()
    }

    fn speed(&self) -> f64 {
        match &self.source {
            Source::Rehearsal { speed, .. } => *speed,
            Source::System | Source::Manual(_) => 1.0,
        }
    }

    /// How long the machine should wait for `left` microseconds of this clock: at least one microsecond, so that
    /// rounding can't spin, and at most one nap.
    fn machine_time(&self, left: i64) -> Duration {
        let wait = (left as f64 / self.speed()).clamp(1.0, LONGEST_NAP.as_micros() as f64);
        Duration::from_micros(wait.ceil() as u64)
    }

    /// Moves a manual clock forward and wakes its sleepers.
    ///
    /// # Panics
    /// On any other clock, and on a negative span: both are mistakes in a test.
    pub fn advance(&self, span: SignedDuration) {
        assert!(!span.is_negative(), "a clock doesn't go backwards");
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        self.manual_hand().send_modify(|at| *at = at.saturating_add(micros));
    }

    /// Puts a manual clock at `instant` and wakes its sleepers. [`Clock::now`] keeps its latest answer when that
    /// lies later.
    ///
    /// # Panics
    /// On any other clock.
    pub fn set(&self, instant: Timestamp) {
        self.manual_hand().send_replace(instant.as_microsecond());
    }

    fn manual_hand(&self) -> &watch::Sender<i64> {
        match &self.source {
            Source::Manual(at) => at,
            Source::System | Source::Rehearsal { .. } => panic!("only a manual clock can be moved"),
        }
    }
}

fn timestamp(micros: i64) -> Timestamp {
    let bounded = micros.clamp(Timestamp::MIN.as_microsecond(), Timestamp::MAX.as_microsecond());
    Timestamp::from_microsecond(bounded).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod specs {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_system_clock_tells_whole_microseconds_and_never_goes_back() {
        let clock = Clock::system();
        let mut last = clock.now();
        for _ in 0..1_000 {
            let now = clock.now();
            assert!(now >= last);
            assert_eq!(now.subsec_nanosecond() % 1_000, 0);
            last = now;
        }
    }

    #[test]
    fn a_manual_clock_set_back_keeps_its_latest_answer() {
        let clock = Clock::manual(at("2026-04-02T10:00:00Z"));
        clock.advance(SignedDuration::from_hours(2));
        assert_eq!(clock.now(), at("2026-04-02T12:00:00Z"));
        clock.set(at("2026-04-02T11:00:00Z"));
        assert_eq!(clock.now(), at("2026-04-02T12:00:00Z"));
    }

    #[tokio::test]
    async fn a_sleeper_on_a_manual_clock_wakes_when_the_hand_passes() {
        let clock = Clock::manual(at("2026-04-02T10:00:00Z"));
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep_until(at("2026-04-03T10:00:00Z")).await;
                clock.now()
            }
        });
        tokio::task::yield_now().await;
        clock.advance(SignedDuration::from_hours(23));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(SignedDuration::from_hours(1));
        assert_eq!(sleeper.await.unwrap(), at("2026-04-03T10:00:00Z"));
    }

    #[test]
    fn a_rehearsals_day_takes_the_machine_a_day_by_its_speed_and_what_is_past_takes_nothing() {
        let day = SignedDuration::from_hours(24);
        let fast = Clock::rehearsal(at("2026-04-02T10:00:00Z"), 86_400.0);
        assert_eq!(fast.takes(day), Duration::from_secs(1));
        assert_eq!(Clock::system().takes(day), Duration::from_secs(86_400));
        assert_eq!(fast.takes(-day), Duration::ZERO);
    }

    #[test]
    fn two_that_are_anchored_alike_agree_whenever_each_of_them_begins() {
        let (start, anchor) = (at("2026-04-02T10:00:00Z"), Clock::system().now());
        let anchored = || Clock::anchored(start, 86_400.0, anchor);
        let one = anchored();
        // Half an hour of theirs passes in about twenty milliseconds.
        while one.now() < start + SignedDuration::from_mins(30) {}
        let other = anchored();
        let (before, between, after) = (one.now(), other.now(), one.now());
        // The machine's two clocks are read a moment apart: ten milliseconds are allowed.
        let moment = SignedDuration::from_secs(864);
        assert!(between > before - moment && between < after + moment, "{before} {between} {after}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_rehearsal_runs_a_day_in_a_fraction_of_the_machines_time() {
        let start = at("2026-04-02T10:00:00Z");
        let clock = Clock::rehearsal(start, 86_400.0);
        let began = Instant::now();
        clock.sleep(SignedDuration::from_hours(24)).await;
        assert!(clock.now() >= at("2026-04-03T10:00:00Z"));
        assert!(began.elapsed() < Duration::from_millis(1_100));
    }
}
