//! The auditor, in every process that answers people. What it finds is said in the log of the process, and turns `audit`
//! red in health.

use std::time::Duration;

use seinhuis_auditor::{AuditFault, Auditor, State};
use seinhuis_eventstore::Fault;
use seinhuis_runtime::Supervisor;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::ground::Ground;
use super::health::Health;

/// Before it looks again where the log was out of reach.
const PAUSE: Duration = Duration::from_secs(1);

/// Begins it under `supervisor`.
pub(super) fn begin(ground: &Ground, supervisor: &Supervisor) {
    let (state, seen) = watch::channel(State::default());
    let auditor = Auditor::new(ground.store.log.clone(), ground.store.clock.clone(), state);
    let (drain, health) = (supervisor.draining(), &ground.health);
    let auditing = audit(auditor, health.clone(), drain.clone());
    let telling = tell(seen, health.clone());
    supervisor.spawn("audit", async move {
        tokio::select! {
            () = auditing => {}
            () = telling => {}
        }
        drain.cancelled().await;
        Ok::<_, std::convert::Infallible>(())
    });
}

/// Looks until `drain` is cancelled. What can't be looked at is no reason to end the hub, but it is not well.
async fn audit(mut auditor: Auditor, health: Health, drain: CancellationToken) {
    loop {
        match auditor.run(&drain).await {
            Ok(()) => return,
            Err(AuditFault::Log(fault @ Fault::Unavailable { .. })) => {
                tracing::warn!(%fault, "the audit can't read the log, trying again");
                health.audited(false).await;
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    () = drain.cancelled() => {}
                }
            }
            Err(fault) => {
                tracing::error!(fault = &fault as &dyn std::error::Error, "the audit has stopped");
                return health.audited(false).await;
            }
        }
    }
}

async fn tell(mut seen: watch::Receiver<State>, health: Health) {
    while seen.changed().await.is_ok() {
        let is_well = seen.borrow_and_update().is_well();
        health.audited(is_well).await;
    }
    // The auditor has ended, and said how.
    std::future::pending().await
}
