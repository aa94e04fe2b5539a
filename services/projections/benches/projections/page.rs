//! How long a page of a few events takes, from the question to the log to the commit.

use std::time::{Duration, Instant};

use seinhuis_eventstore::Log;
use seinhuis_projections::{Follower, Model, Views};

use crate::life::Life;
use crate::rebuilt::group;

/// Follows `pages` pages of what happens next, three appends each. Gives what each took, the shortest first, and how many
/// events there were on average.
pub(crate) async fn pages(
    log: &Log,
    url: &str,
    models: &'static [Model],
    life: &mut Life,
    pages: usize,
) -> (Vec<Duration>, f64) {
    let views = Views::open(&group(url, models), models).await.unwrap();
    let mut follower = Follower::new(log.clone(), views.clone());
    follower.catch_up().await.unwrap();
    let (mut took, began_at) = (Vec::new(), log.head());
    while took.len() < pages {
        for batches in life.lot().await.chunks(3) {
            log.append_all(batches.to_vec())
                .await
                .into_iter()
                .for_each(|appended| assert!(appended.is_ok(), "{appended:?}"));
            let began = Instant::now();
            follower.catch_up().await.unwrap();
            took.push(began.elapsed());
        }
    }
    views.close().await;
    let events = (log.head().0 - began_at.0) as f64 / took.len() as f64;
    took.sort_unstable();
    (took, events)
}
