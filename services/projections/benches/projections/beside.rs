//! What an append waits for while read models are rebuilt from the same log.

use std::time::{Duration, Instant};

use seinhuis_eventstore::Log;
use tokio::sync::watch;

use crate::life::Life;

/// Appends a second: a busy hub, not a full one.
const RATE: u32 = 500;

/// Appends one after the other, `RATE` a second or as fast as they go, until `over`; what each took, the shortest first.
pub(crate) async fn appended(log: Log, mut life: Life, over: watch::Receiver<bool>) -> (Life, Vec<Duration>) {
    let (mut took, gap) = (Vec::new(), Duration::from_secs(1) / RATE);
    let mut ticks = tokio::time::interval(gap);
    while !*over.borrow() {
        for batch in life.lot().await {
            ticks.tick().await;
            let began = Instant::now();
            log.append(batch).await.unwrap();
            took.push(began.elapsed());
        }
    }
    took.sort_unstable();
    (life, took)
}
