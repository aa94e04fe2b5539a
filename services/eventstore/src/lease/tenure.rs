//! For how long a lease is held, by the monotonic clock of the process: it goes on while the process is paused.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

/// Whether a lease is held. Once it isn't, it never is again: who wants it back takes it anew. Clones tell of the same
/// lease.
#[derive(Debug, Clone)]
pub struct Tenure(Arc<watch::Sender<End>>);

/// When it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Never,
    At(Instant),
    Come,
}

impl Tenure {
    pub(super) fn for_good() -> Self {
        Self(Arc::new(watch::Sender::new(End::Never)))
    }

    pub(super) fn until(end: Instant) -> Self {
        Self(Arc::new(watch::Sender::new(End::At(end))))
    }

    /// Whether the lease is held at this moment: it was renewed and hasn't run out since. False at once in a process that
    /// was paused for longer. What can't show a fence is done only while this is true.
    pub fn is_held(&self) -> bool {
        self.0.borrow().is_to_come()
    }

    /// Resolves once the lease is not held any more.
    pub async fn lost(&self) {
        let mut ends = self.0.subscribe();
        loop {
            let end = *ends.borrow_and_update();
            if !end.is_to_come() {
                return;
            }
            // We hold the sender ourselves, so it only ever tells of changes.
            tokio::select! {
                _ = ends.changed() => {}
                () = end.comes() => {}
            }
        }
    }

    /// Moves the end to `end`, if it hasn't come yet. Tells whether it hadn't.
    pub(super) fn extend(&self, end: Instant) -> bool {
        let mut held = false;
        self.0.send_if_modified(|known| {
            held = known.is_to_come();
            if held {
                *known = End::At(end);
            }
            held
        });
        held
    }

    /// Ends it. Tells whether nobody had before; running out is not an end that somebody made.
    pub(super) fn end(&self) -> bool {
        self.0.send_replace(End::Come) != End::Come
    }
}

impl End {
    fn is_to_come(self) -> bool {
        match self {
            Self::Never => true,
            Self::At(end) => Instant::now() < end,
            Self::Come => false,
        }
    }

    async fn comes(self) {
        match self {
            Self::Never => std::future::pending().await,
            Self::At(end) => tokio::time::sleep_until(end).await,
            Self::Come => {}
        }
    }
}

#[cfg(test)]
mod specs {
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn what_is_extended_in_time_is_held_and_what_ran_out_stays_lost() {
        let tenure = Tenure::until(Instant::now() + 3 * SECOND);
        tokio::time::advance(2 * SECOND).await;
        assert!(tenure.is_held());
        assert!(tenure.extend(Instant::now() + 3 * SECOND));
        tokio::time::advance(2 * SECOND).await;
        assert!(tenure.is_held());
        tokio::time::advance(SECOND).await;
        assert!(!tenure.is_held());
        // The answer to a renewal that came too late.
        assert!(!tenure.extend(Instant::now() + 3 * SECOND));
        assert!(!tenure.is_held());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_its_loss_hears_of_it_when_it_runs_out_and_not_before() {
        let began = Instant::now();
        let tenure = Tenure::until(began + 3 * SECOND);
        let waiting = tokio::spawn({
            let tenure = tenure.clone();
            async move { tenure.lost().await }
        });
        tokio::time::sleep(2 * SECOND).await;
        assert!(tenure.extend(Instant::now() + 3 * SECOND));
        waiting.await.unwrap();
        // The timer counts whole milliseconds.
        let late = began.elapsed() - 5 * SECOND;
        assert!(late <= Duration::from_millis(1), "{late:?}");
    }

    #[tokio::test]
    async fn what_is_ended_is_lost_at_once_also_if_it_was_for_good() {
        for tenure in [Tenure::for_good(), Tenure::until(Instant::now() + 60 * SECOND)] {
            assert!(tenure.is_held());
            assert!(tenure.end());
            tenure.lost().await;
            assert!(!tenure.is_held() && !tenure.end());
        }
    }
}
