//! The auditor, in every process that answers people. What it finds is said in the log of the process, and turns `audit`
//! red in health. While it finds nothing, a sign of life goes to whoever waits for one outside.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use seinhuis_auditor::{AuditFault, Auditor, State};
use seinhuis_eventstore::Fault;
use seinhuis_notify::SignOfLife;
use seinhuis_runtime::Supervisor;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::ground::Ground;
use super::health::Health;
use crate::config;
use crate::role::Role;

/// Before it looks again where the log was out of reach.
const PAUSE: Duration = Duration::from_secs(1);

/// Begins it under `supervisor`.
///
/// # Errors
/// When the file with the address for signs of life can't be read or holds none.
pub(super) fn begin(ground: &Ground, supervisor: &Supervisor) -> anyhow::Result<()> {
    let settings = &ground.config.audit;
    let outside = sign_of_life(settings)?;
    let (state, seen) = watch::channel(State::default());
    let auditor = Auditor::new(ground.store.log.clone(), ground.store.clock.clone(), state);
    let auditor = auditor.beating(ground.duties.pulse(Role::Monitor, "audit"));
    if let Some(measures) = &ground.measures {
        measures.observe_audit(seen.clone());
    }
    let (drain, health) = (supervisor.draining(), &ground.health);
    let auditing = audit(auditor, health.clone(), drain.clone());
    let telling = tell(seen.clone(), health.clone());
    if let Some(sign) = outside {
        let (every, drain) = (settings.sign_of_life_every, drain.clone());
        supervisor.spawn("sign-of-life", async move {
            let sign = Arc::new(sign);
            let give = || give(Arc::clone(&sign));
            tokio::select! {
                () = give_signs(give, seen, every) => {}
                () = drain.cancelled() => {}
            }
            Ok::<_, std::convert::Infallible>(())
        });
    }
    supervisor.spawn("audit", async move {
        tokio::select! {
            () = auditing => {}
            () = telling => {}
        }
        drain.cancelled().await;
        Ok::<_, std::convert::Infallible>(())
    });
    Ok(())
}

fn sign_of_life(settings: &config::Audit) -> anyhow::Result<Option<SignOfLife>> {
    let Some(file) = &settings.sign_of_life_file else { return Ok(None) };
    let shown = file.display();
    let address = std::fs::read_to_string(file)
        .with_context(|| format!("audit.sign_of_life_file: can't read {shown}"))?;
    let address = address.trim().parse().with_context(|| format!("audit.sign_of_life_file: {shown}"))?;
    Ok(Some(SignOfLife::new(address)?))
}

async fn give(sign: Arc<SignOfLife>) {
    if let Err(failure) = sign.give().await {
        tracing::warn!(failure = &failure as &dyn std::error::Error, "the sign of life did not arrive");
    }
}

/// Gives a sign after a look that found all well, at most once in so long. An auditor that is stuck gives none.
async fn give_signs<F: Future<Output = ()>>(
    give: impl Fn() -> F,
    mut seen: watch::Receiver<State>,
    every: Duration,
) {
    while seen.changed().await.is_ok() {
        if seen.borrow_and_update().is_well() {
            give().await;
            tokio::time::sleep(every).await;
            // What was seen meanwhile is no longer news.
            seen.mark_unchanged();
        }
    }
    std::future::pending().await
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

#[cfg(test)]
mod specs {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use seinhuis_auditor::{Finding, Wrong};
    use seinhuis_domain::ladder::Rung;
    use seinhuis_eventstore::Position;

    use super::*;

    const EVERY: Duration = Duration::from_secs(60);

    fn looked(findings: Vec<Finding>) -> State {
        State { looked_at: Some(Position(1)), findings }
    }

    fn wrong() -> Finding {
        let case = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap();
        Finding { case, position: Position(1), wrong: Wrong::Untold { rung: Rung::Team } }
    }

    #[tokio::test(start_paused = true)]
    async fn signs_are_given_after_looks_that_found_all_well_and_after_no_other() {
        let (state, seen) = watch::channel(State::default());
        let given = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&given);
        let giving = tokio::spawn(async move {
            let give = || {
                count.fetch_add(1, Ordering::SeqCst);
                std::future::ready(())
            };
            give_signs(give, seen, EVERY).await;
        });
        let after = async |state_seen: State, pause: Duration| {
            state.send_replace(state_seen);
            tokio::time::sleep(pause).await;
            given.load(Ordering::SeqCst)
        };
        let (moment, long) = (Duration::from_secs(5), 2 * EVERY);
        assert_eq!(after(State::default(), moment).await, 0);
        assert_eq!(after(looked(vec![]), moment).await, 1);
        assert_eq!(after(looked(vec![]), long).await, 1, "a minute has not passed");
        assert_eq!(after(looked(vec![wrong()]), long).await, 1, "something is wrong");
        assert_eq!(after(looked(vec![]), long).await, 2);
        tokio::time::sleep(10 * EVERY).await;
        assert_eq!(given.load(Ordering::SeqCst), 2, "nobody looks any more");
        giving.abort();
    }
}
