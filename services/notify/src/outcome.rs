//! What this process knows of its tries and the log doesn't know yet.
//!
//! A try runs by itself: it ends, and its outcome is kept, also when the log is out of reach, when recording another outcome
//! fails, or when the role's term ends meanwhile. So a notice is sent again after a crash of this process, and after nothing else
//! that it can know of.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use seinhuis_domain::ids::NoticeId;
use seinhuis_domain::notice::Channel;
use seinhuis_projections::NoticeRow;
use tokio::sync::Notify;

use crate::channel::Undeliverable;
use crate::tries::Tries;

/// Is told of every try that has ended: which way it went and what came of it, `delivered`, `passing` when another try makes
/// sense, or `final`. A mail that lists several notices is one try.
pub type OnTry = Arc<dyn Fn(Channel, &'static str) + Send + Sync>;

/// What one try came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What was tried so far, this one included.
    pub(crate) tries: Tries,
    /// Whether it worked: of a mail that listed several notices the same for each.
    pub(crate) result: Arc<Result<(), Undeliverable>>,
    /// The trace it was made in.
    pub(crate) trace: Option<String>,
}

/// The tries whose outcome isn't recorded, shared by all terms of one process.
#[derive(Debug, Clone, Default)]
pub struct Outcomes(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    tries: Mutex<HashMap<NoticeId, Try>>,
    ended: Notify,
}

#[derive(Debug)]
enum Try {
    UnderWay,
    Ended(Arc<(NoticeRow, Outcome)>),
}

impl Outcomes {
    fn tries(&self) -> MutexGuard<'_, HashMap<NoticeId, Try>> {
        // Nothing can fail while it is locked.
        self.0.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a try with these notices, each of which was tried so often with it, in a trace or none.
    pub(crate) fn begin(
        &self,
        notices: Vec<(NoticeRow, Tries)>,
        trace: Option<String>,
        attempt: impl Future<Output = Result<(), Undeliverable>> + Send + 'static,
    ) {
        let ids: Vec<NoticeId> = notices.iter().map(|(notice, _)| notice.id).collect();
        self.tries().extend(ids.iter().map(|id| (*id, Try::UnderWay)));
        let mut guard = Begun { outcomes: self.clone(), ids, ended: false };
        tokio::spawn(async move {
            let result = Arc::new(attempt.await);
            guard.end(notices, trace, &result);
        });
    }

    /// Whether nothing is under way and nothing is left to record.
    pub(crate) fn is_empty(&self) -> bool {
        self.tries().is_empty()
    }

    /// How many there are, under way or ended.
    pub(crate) fn len(&self) -> usize {
        self.tries().len()
    }

    /// How many are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.tries().values().filter(|made| matches!(made, Try::UnderWay)).count()
    }

    /// Whether `notice` was tried and its outcome isn't recorded: it must not be tried now.
    pub(crate) fn knows(&self, notice: NoticeId) -> bool {
        self.tries().contains_key(&notice)
    }

    /// Those whose outcome is to be recorded.
    pub(crate) fn ended(&self) -> Vec<Arc<(NoticeRow, Outcome)>> {
        let ended = |made: &Try| match made {
            Try::Ended(ended) => Some(Arc::clone(ended)),
            Try::UnderWay => None,
        };
        self.tries().values().filter_map(ended).collect()
    }

    /// Returns once one more has ended.
    pub(crate) async fn one_more(&self) {
        self.0.ended.notified().await;
    }

    /// Its outcome is recorded, or leads to another try.
    pub(crate) fn forget(&self, notice: NoticeId) {
        self.tries().remove(&notice);
    }
}

/// A try under way. One that is dropped before its end, or panics, counts as never made.
struct Begun {
    outcomes: Outcomes,
    ids: Vec<NoticeId>,
    ended: bool,
}

impl Begun {
    fn end(
        &mut self,
        notices: Vec<(NoticeRow, Tries)>,
        trace: Option<String>,
        result: &Arc<Result<(), Undeliverable>>,
    ) {
        let ended = notices.into_iter().map(|(notice, tries)| {
            let outcome = Outcome { tries, result: Arc::clone(result), trace: trace.clone() };
            (notice.id, Try::Ended(Arc::new((notice, outcome))))
        });
        self.outcomes.tries().extend(ended);
        self.ended = true;
        self.outcomes.0.ended.notify_one();
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if !self.ended {
            self.ids.iter().for_each(|id| self.outcomes.forget(*id));
            self.outcomes.0.ended.notify_one();
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::scene::notice;
    use std::future::pending;

    fn tried(names: &[&str]) -> Vec<(NoticeRow, Tries)> {
        names.iter().map(|name| (notice(name), Tries::of(None))).collect()
    }

    #[tokio::test]
    async fn an_outcome_is_kept_until_it_is_recorded_whoever_gave_up_waiting_for_it() {
        let outcomes = Outcomes::default();
        let (told, is_told) = tokio::sync::oneshot::channel();
        outcomes.begin(tried(&["1", "2"]), None, async move {
            is_told.await.unwrap();
            Ok(())
        });
        let term = outcomes.clone();
        tokio::select! {
            biased;
            () = term.one_more() => panic!("it is under way"),
            () = async {} => {}
        }
        drop(term);
        told.send(()).unwrap();
        outcomes.one_more().await;
        assert!(outcomes.knows(notice("1").id) && outcomes.under_way() == 0);
        assert!(outcomes.ended().len() == 2 && outcomes.ended().iter().all(|ended| ended.1.result.is_ok()));
        outcomes.forget(notice("1").id);
        assert!(!outcomes.is_empty());
        outcomes.forget(notice("2").id);
        assert!(outcomes.is_empty());
    }

    #[tokio::test]
    async fn a_try_that_breaks_counts_as_never_made() {
        let outcomes = Outcomes::default();
        outcomes.begin(tried(&["1", "3"]), None, async { panic!("on purpose") });
        outcomes.begin(tried(&["2"]), None, pending());
        outcomes.one_more().await;
        assert!(!outcomes.knows(notice("1").id) && outcomes.knows(notice("2").id));
        assert_eq!((outcomes.len(), outcomes.under_way()), (1, 1));
    }
}
