//! Writers in several processes and those who follow them, watched over a stretch of time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use seinhuis_eventstore::{Fault, Log, Position, Settings};
use seinhuis_runtime::Clock;
use seinhuis_tests::told::{Page, Told};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::appender::Appender;
use crate::oracle::Oracle;

/// How often those who follow from another process look.
pub(crate) const LOOK: std::time::Duration = std::time::Duration::from_millis(10);

/// A follower in the process of the test.
pub(crate) struct Follower {
    pages: Arc<Mutex<Vec<Page>>>,
    at: watch::Receiver<u64>,
    task: JoinHandle<()>,
}

impl Follower {
    pub(crate) async fn start(url: &str, clock: Clock) -> Self {
        let log = Log::open_with(url, Settings { look: LOOK, ..Settings::default() }).await.unwrap();
        let pages = Arc::new(Mutex::new(Vec::new()));
        let (tell, at) = watch::channel(0);
        let kept = Arc::clone(&pages);
        let task = tokio::spawn(async move {
            let mut tail = log.tail(Position::START);
            loop {
                match tail.next(256).await {
                    Ok(page) => {
                        let first = page.events[0].position.0;
                        assert!(
                            page.events.iter().map(|event| event.position.0).eq(first..=tail.position().0)
                        );
                        let page = Page { first, last: tail.position().0, at: clock.now().as_microsecond() };
                        kept.lock().unwrap().push(page);
                        tell.send_replace(page.last);
                    }
                    // Its connection was killed, say. It asks again.
                    Err(Fault::Unavailable { .. }) => tokio::task::yield_now().await,
                    Err(other) => panic!("{other}"),
                }
            }
        });
        Self { pages, at, task }
    }

    /// Everything it was given, once it has come to `head`.
    pub(crate) async fn up_to(mut self, head: u64) -> Vec<Page> {
        let there = self.at.wait_for(|at| *at >= head);
        tokio::time::timeout(crate::appender::PATIENCE, there).await.expect("a follower stalls").unwrap();
        self.task.abort();
        let pages = self.pages.lock().unwrap();
        pages.clone()
    }
}

/// The pages an appender's own follower was given.
pub(crate) fn pages(told: &[Told]) -> Vec<Page> {
    told.iter().filter_map(|told| if let Told::Saw(page) = told { Some(*page) } else { None }).collect()
}

/// Waits until the follower in an appender has come to `head`.
pub(crate) async fn follows_to(appender: &mut Appender, head: u64) {
    let there = |heard: &[Told]| pages(heard).last().is_some_and(|page| page.last >= head);
    appender.until("follower at the head", there).await;
}

/// Every position once and in order; tells the last.
pub(crate) fn in_order(pages: &[Page]) -> u64 {
    let mut next = 1;
    for page in pages {
        assert_eq!(page.first, next, "a follower skipped or was given twice: {page:?}");
        next = page.last + 1;
    }
    next - 1
}

/// When each append was known to its caller, by its last position, in microseconds since 1970.
pub(crate) type Known = BTreeMap<u64, i64>;

/// Takes receipts into the oracle, and notes when they came.
pub(crate) fn take(oracle: &mut Oracle, known: &mut Known, by: &str, told: &[Told]) {
    oracle.take(by, told);
    for told in told {
        if let Told::Stored(receipt) = told {
            known.insert(receipt.last, receipt.at);
        }
    }
}

/// How long after its caller a follower knew of each append that was acknowledged in a stretch of time, in order.
pub(crate) fn lags(known: &Known, pages: &[Page], stretch: &std::ops::Range<i64>) -> Vec<i64> {
    let mut lags = Vec::new();
    let mut pages = pages.iter();
    let mut page = pages.next();
    for (position, at) in known {
        while page.is_some_and(|it| it.last < *position) {
            page = pages.next();
        }
        if let Some(page) = page
            && stretch.contains(at)
        {
            // A follower may well know before the caller does.
            lags.push((page.at - at).max(0));
        }
    }
    lags.sort_unstable();
    lags
}

/// The value below which 99 of 100 lie.
pub(crate) fn p99(sorted: &[i64]) -> i64 {
    sorted[(sorted.len() * 99 / 100).min(sorted.len() - 1)]
}

#[cfg(test)]
mod specs {
    use super::*;

    const PAGES: [Page; 2] = [Page { first: 1, last: 2, at: 100 }, Page { first: 3, last: 5, at: 200 }];

    #[test]
    fn a_lag_is_counted_from_the_receipt_to_the_page_that_holds_it() {
        let known = Known::from([(1, 40), (2, 120), (4, 150), (5, 900)]);
        assert_eq!(lags(&known, &PAGES, &(0..500)), [0, 50, 60]);
        assert_eq!(lags(&known, &PAGES, &(100..160)), [0, 50]);
    }

    #[test]
    #[should_panic(expected = "skipped or was given twice")]
    fn a_page_that_does_not_follow_the_one_before_is_seen() {
        assert_eq!(in_order(&PAGES), 5);
        in_order(&[PAGES[0], Page { first: 2, last: 5, at: 0 }]);
    }
}
