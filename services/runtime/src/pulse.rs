//! Pulses: whoever works in a loop beats once a turn, also when there is nothing to do. How far he is says nothing of
//! whether he lives: a follower that died where the log ended looks as if it kept up, until the log goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// One loop's pulse. Clones are the same pulse.
#[derive(Debug, Clone)]
pub struct Pulse(Arc<Beats>);

#[derive(Debug)]
struct Beats {
    began: Instant,
    /// When it beat last, in milliseconds after it began.
    last: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self::new()
    }
}

impl Pulse {
    /// A pulse whose first beat is this.
    pub fn new() -> Self {
        Self(Arc::new(Beats { began: Instant::now(), last: AtomicU64::new(0) }))
    }

    /// A turn has ended well.
    pub fn beat(&self) {
        self.0.last.store(self.since(), Ordering::Relaxed);
    }

    /// How long ago it beat, to the millisecond.
    pub fn age(&self) -> Duration {
        Duration::from_millis(self.since().saturating_sub(self.0.last.load(Ordering::Relaxed)))
    }

    fn since(&self) -> u64 {
        // 64 bits of milliseconds outlast every process.
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_pulse_is_as_old_as_its_last_beat() {
        let pulse = Pulse::new();
        tokio::time::advance(Duration::from_secs(7)).await;
        assert_eq!(pulse.age(), Duration::from_secs(7));
        pulse.clone().beat();
        assert_eq!(pulse.age(), Duration::ZERO);
        tokio::time::advance(Duration::from_millis(30)).await;
        assert_eq!(pulse.age(), Duration::from_millis(30));
    }
}
