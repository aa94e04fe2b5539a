//! Callers that ask again as soon as they are answered, and how many events a second were acknowledged.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

/// What was acknowledged, and in what time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    events: u64,
    took: Duration,
}

impl Run {
    pub(crate) fn of(events: u64, took: Duration) -> Self {
        Self { events, took }
    }

    /// How many were acknowledged.
    pub(crate) fn events(&self) -> u64 {
        self.events
    }

    /// Events a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.events as f64 / self.took.as_secs_f64()
    }
}

/// Lets `callers` act until the time is up; what is under way then is finished and counts, and so does its time.
///
/// # Errors
/// The first act that fails ends the run.
pub(crate) async fn drive<A, F>(callers: usize, time: Duration, act: A) -> anyhow::Result<Run>
where
    A: Fn() -> F + Clone + Send + 'static,
    F: Future<Output = anyhow::Result<u64>> + Send + 'static,
{
    let began = Instant::now();
    let until = began + time;
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        tasks.spawn(call(act.clone(), until));
    }
    let mut events = 0;
    while let Some(stored) = tasks.join_next().await {
        events += stored??;
    }
    Ok(Run::of(events, began.elapsed()))
}

async fn call<A, F>(act: A, until: Instant) -> anyhow::Result<u64>
where
    A: Fn() -> F,
    F: Future<Output = anyhow::Result<u64>>,
{
    let mut stored = 0;
    while Instant::now() < until {
        stored += act().await?;
    }
    Ok(stored)
}

#[cfg(test)]
mod specs {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[tokio::test]
    async fn what_every_caller_stored_counts_once() {
        let stored = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&stored);
        let run = drive(8, Duration::from_millis(20), move || {
            let count = Arc::clone(&count);
            async move {
                count.fetch_add(3, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok(3)
            }
        })
        .await
        .unwrap();
        assert!(run.events > 0 && run.took >= Duration::from_millis(20), "{run:?}");
        assert_eq!(run.events, stored.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn one_failure_fails_the_run() {
        let failed = drive(4, Duration::from_secs(60), || async { anyhow::bail!("disk full") }).await;
        assert_eq!(failed.unwrap_err().to_string(), "disk full");
    }

    #[test]
    fn a_rate_is_events_over_seconds() {
        let run = Run { events: 500, took: Duration::from_millis(250) };
        assert!((run.per_second() - 2_000.0).abs() < 1e-9);
    }
}
