//! Tasks that are watched over: each has a name, none dies unnoticed, and all of them end when the hub drains.

use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::background::Background;

/// Starts tasks, tells when one fails, and brings them all home. Clones are the same supervisor.
#[derive(Debug, Clone)]
pub struct Supervisor {
    tracker: TaskTracker,
    draining: CancellationToken,
    failure: watch::Sender<Option<Failure>>,
    running: Arc<Mutex<Running>>,
    /// Where tasks run, when not where they are started from.
    place: Option<Handle>,
}

#[derive(Debug, Default)]
struct Running {
    next: u64,
    tasks: BTreeMap<u64, (String, AbortHandle)>,
}

/// A task ended in an error or a panic before the drain. Only the first is told: the others are mostly its echo, and
/// all of them are logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("task {task} failed: {reason}")]
pub struct Failure {
    /// The task's name.
    pub task: String,
    /// What it said.
    pub reason: String,
}

/// Tasks that were still busy at the deadline of a drain and were cut off.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cut off at the deadline: {}", tasks.join(", "))]
pub struct CutOff {
    /// Their names.
    pub tasks: Vec<String>,
}

impl Default for Supervisor {
    fn default() -> Self {
        Self::new()
    }
}

impl Supervisor {
    /// A supervisor without tasks.
    pub fn new() -> Self {
        Self {
            tracker: TaskTracker::new(),
            draining: CancellationToken::new(),
            failure: watch::Sender::new(None),
            running: Arc::default(),
            place: None,
        }
    }

    /// The same supervisor, whose tasks from here on run in the background.
    #[must_use]
    pub fn behind(&self, background: &Background) -> Self {
        Self { place: Some(background.handle().clone()), ..self.clone() }
    }

    /// Cancelled when the drain begins. Every long-running task watches it and finishes what it has in hand.
    pub fn draining(&self) -> CancellationToken {
        self.draining.clone()
    }

    /// Starts `task` under `name`. An error or a panic before the drain makes [`Supervisor::failed`] resolve; ending
    /// well does not.
    pub fn spawn<E>(
        &self,
        name: impl Into<String>,
        task: impl Future<Output = Result<(), E>> + Send + 'static,
    ) where
        E: Into<Box<dyn Error + Send + Sync>> + Send + 'static,
    {
        let name = name.into();
        let work = match &self.place {
            Some(place) => place.spawn(task),
            None => tokio::spawn(task),
        };
        let key = self.enlist(&name, work.abort_handle());
        let this = self.clone();
        self.tracker.spawn(async move {
            let reason = match work.await {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(chain(&*error.into())),
                Err(ended) if ended.is_panic() => Some(panic_text(ended.into_panic())),
                // Cut off at the deadline of a drain.
                Err(_) => None,
            };
            this.running().tasks.remove(&key);
            if let Some(reason) = reason {
                this.report(Failure { task: name, reason });
            }
        });
    }

    /// Resolves with the first task that failed before the drain; never when none does.
    pub async fn failed(&self) -> Failure {
        let mut failure = self.failure.subscribe();
        let first = failure.wait_for(Option::is_some).await.map(|first| first.clone());
        match first {
            Ok(Some(first)) => first,
            // Not reachable: we hold the sender. Waiting for ever is the honest answer to "no failure".
            _ => std::future::pending().await,
        }
    }

    /// Tells every task to finish and waits for them, at most until `deadline` has passed on the machine's clock.
    /// Whatever is still busy then is cut off and named.
    pub async fn drain(&self, deadline: Duration) -> Result<(), CutOff> {
        self.draining.cancel();
        self.tracker.close();
        if tokio::time::timeout(deadline, self.tracker.wait()).await.is_ok() {
            return Ok(());
        }
        let mut tasks = Vec::new();
        for (name, work) in self.running().tasks.values() {
            work.abort();
            tasks.push(name.clone());
        }
        self.tracker.wait().await;
        if tasks.is_empty() { Ok(()) } else { Err(CutOff { tasks }) }
    }

    fn enlist(&self, name: &str, work: AbortHandle) -> u64 {
        let mut running = self.running();
        let key = running.next;
        running.next += 1;
        running.tasks.insert(key, (name.to_owned(), work));
        key
    }

    fn report(&self, failure: Failure) {
        tracing::error!(task = %failure.task, reason = %failure.reason, "task failed");
        if self.draining.is_cancelled() {
            return;
        }
        self.failure.send_if_modified(|first| {
            let is_first = first.is_none();
            if is_first {
                *first = Some(failure);
            }
            is_first
        });
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        // The map is whole after every statement, so a panic elsewhere can't have left it half changed.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error and what caused it, in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn panic_text(panic: Box<dyn std::any::Any + Send>) -> String {
    let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panicked: {}", said.unwrap_or_else(|| "without a word".to_owned()))
}

#[cfg(test)]
mod specs {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the disk is full")]
    struct DiskFull;

    #[tokio::test]
    async fn an_error_is_told_with_the_name_of_its_task() {
        let supervisor = Supervisor::new();
        supervisor.spawn("quiet", async { Ok::<_, DiskFull>(()) });
        supervisor.spawn("follower", async { Err(DiskFull) });
        let failure = tokio::spawn(async move { supervisor.failed().await }).await.unwrap();
        assert_eq!(failure, Failure { task: "follower".into(), reason: "the disk is full".into() });
    }

    #[tokio::test]
    async fn a_panic_is_told_like_an_error() {
        let supervisor = Supervisor::new();
        supervisor.spawn("planner", async {
            if std::hint::black_box(true) {
                panic!("no ladder");
            }
            Ok::<_, DiskFull>(())
        });
        assert_eq!(supervisor.failed().await.reason, "panicked: no ladder");
    }

    #[tokio::test]
    async fn a_drain_waits_for_tasks_that_heed_it() {
        let supervisor = Supervisor::new();
        let (done, finished) = tokio::sync::oneshot::channel();
        let draining = supervisor.draining();
        supervisor.spawn("worker", async move {
            draining.cancelled().await;
            done.send(()).ok();
            Ok::<_, DiskFull>(())
        });
        assert_eq!(supervisor.drain(Duration::from_secs(60)).await, Ok(()));
        finished.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_drain_cuts_off_and_names_what_stays_busy() {
        let supervisor = Supervisor::new();
        supervisor.spawn("deaf", std::future::pending::<Result<(), DiskFull>>());
        let cut = supervisor.drain(Duration::from_secs(5)).await;
        assert_eq!(cut, Err(CutOff { tasks: vec!["deaf".into()] }));
    }

    #[tokio::test]
    async fn an_error_during_the_drain_is_no_failure() {
        let supervisor = Supervisor::new();
        let draining = supervisor.draining();
        supervisor.spawn("late", async move {
            draining.cancelled().await;
            Err(DiskFull)
        });
        supervisor.drain(Duration::from_secs(60)).await.unwrap();
        assert_eq!(*supervisor.failure.borrow(), None);
    }
}
