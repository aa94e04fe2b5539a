//! What waits to be announced: of each position the latest, so that it takes the same room however fast they come.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use seinhuis_runtime::trace::TraceContext;
use tokio::sync::Notify;

/// What a position is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// The log.
    Head,
    /// A group of read models.
    Views(String),
}

/// The latest positions, and which of them are still to be said.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    latest: Mutex<BTreeMap<Topic, Latest>>,
    news: Notify,
}

#[derive(Debug)]
struct Latest {
    position: u64,
    unsaid: bool,
    /// The trace it belongs to; said once.
    trace: Option<TraceContext>,
}

/// What is to be said: a position of something, and its trace.
pub(crate) type Word = (Topic, u64, Option<TraceContext>);

impl Outbox {
    /// Lays a position ready.
    pub(crate) fn put(&self, topic: &Topic, position: u64, trace: Option<TraceContext>) {
        let mut latest = self.latest();
        match latest.get_mut(topic) {
            Some(before) if before.position == position => return,
            // One that was not said yet gives way to the next; its trace does so only to another.
            Some(before) => {
                let trace = trace.or(before.trace);
                *before = Latest { position, unsaid: true, trace };
            }
            None => drop(latest.insert(topic.clone(), Latest { position, unsaid: true, trace })),
        }
        drop(latest);
        self.news.notify_one();
    }

    /// Has everything said again: those who were out of reach have heard none of it.
    pub(crate) fn repeat(&self) {
        self.latest().values_mut().for_each(|latest| latest.unsaid = true);
        self.news.notify_one();
    }

    /// What is still to be said; waits until there is something.
    pub(crate) async fn take(&self) -> Vec<Word> {
        loop {
            let unsaid: Vec<_> = self
                .latest()
                .iter_mut()
                .filter_map(|(topic, latest)| {
                    std::mem::take(&mut latest.unsaid)
                        .then(|| (topic.clone(), latest.position, latest.trace.take()))
                })
                .collect();
            if !unsaid.is_empty() {
                return unsaid;
            }
            self.news.notified().await;
        }
    }

    fn latest(&self) -> MutexGuard<'_, BTreeMap<Topic, Latest>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[tokio::test]
    async fn of_many_positions_the_latest_is_said_once() {
        let outbox = Outbox::default();
        let views = Topic::Views("views".into());
        for position in 1..=1_000 {
            outbox.put(&Topic::Head, position, None);
            outbox.put(&views, position / 2, None);
        }
        assert_eq!(outbox.take().await, [(Topic::Head, 1_000, None), (views, 500, None)]);
        outbox.put(&Topic::Head, 1_001, None);
        assert_eq!(outbox.take().await, [(Topic::Head, 1_001, None)]);
    }

    #[tokio::test]
    async fn what_was_said_is_said_again_on_demand() {
        let outbox = Outbox::default();
        let trace = TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        outbox.put(&Topic::Head, 6, trace);
        outbox.put(&Topic::Head, 7, None);
        assert_eq!(outbox.take().await, [(Topic::Head, 7, trace)]);
        outbox.put(&Topic::Head, 7, None);
        let silent = futures::FutureExt::now_or_never(outbox.take());
        assert_eq!(silent, None);
        outbox.repeat();
        assert_eq!(outbox.take().await, [(Topic::Head, 7, None)]);
    }
}
