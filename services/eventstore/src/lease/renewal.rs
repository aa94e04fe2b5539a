//! Renewing a lease until it is given up or lost.

use std::error::Error;
use std::time::Duration;

use tokio::time::Instant;

use super::{EVERY, LIFE, Tenure};
use crate::fence::Fence;
use crate::log::Log;

/// How soon after a fault it is tried again: a lease that is to live must find time for several tries.
const AGAIN: Duration = Duration::from_millis(200);

/// Renews the lease that was `asked` for then, until its tenure ends: because somebody ended it, because it has passed on,
/// or because nothing reached the database in time.
pub(super) async fn renew(log: Log, fence: Fence, tenure: Tenure, asked: Instant) {
    let Some(registry) = log.registry() else { return };
    let lease = &*fence.name;
    let mut due = asked + EVERY;
    loop {
        tokio::select! {
            biased;
            () = tenure.lost() => break,
            () = tokio::time::sleep_until(due) => {}
        }
        let asked = Instant::now();
        // A renewal without an answer when the next one is due is given up, and its connection with it.
        due = match registry.renew(&fence, LIFE, EVERY).await {
            Ok(true) if tenure.extend(asked + LIFE) => asked + EVERY,
            Ok(_) => break,
            Err(fault) => {
                let fault = &fault as &dyn Error;
                tracing::warn!(lease, fault, "the lease can't be renewed, trying again");
                Instant::now() + AGAIN
            }
        };
    }
    if tenure.end() {
        tracing::warn!(lease, epoch = fence.epoch, "the lease is lost");
    }
}
