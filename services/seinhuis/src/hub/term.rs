//! Terms: a role that follows the log works while its lease is held here, and stands by while another process holds it.
//! Everything it writes carries the lease's fence, so that a process that lost its lease without knowing writes nothing.

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use anyhow::Context as _;
use seinhuis_eventstore::{self as eventstore, Fence, Lease, Log, Tenure};
use seinhuis_projections::{self as projections, Views};
use seinhuis_runtime::Pulse;
use tokio_util::sync::CancellationToken;

use super::duties::{Duties, Stage};
use super::ground::Ground;
use super::groups::Group;
use crate::role::Role;

/// Between two terms, after a fault that may pass.
const PAUSE: Duration = Duration::from_secs(1);

/// What a role works with while its lease is held.
#[derive(Debug, Clone)]
pub(super) struct Term {
    /// The log, under the lease's fence.
    pub(super) log: Log,
    pub(super) fence: Option<Fence>,
    pub(super) tenure: Tenure,
    /// Cancelled when the process drains.
    pub(super) drain: CancellationToken,
    role: Role,
    duties: Duties,
}

impl Term {
    /// The pulse of a follower of the role. Until it beats again, or the term ends, it is heard.
    pub(super) fn pulse(&self, follower: &'static str) -> Pulse {
        self.duties.pulse(self.role, follower)
    }

    /// The read models of `group`, under the lease's fence: nobody of an earlier term writes to them from here on.
    pub(super) async fn views(&self, ground: &Ground, group: &Group) -> anyhow::Result<Views> {
        let opened = Views::open(&ground.views_url(group), group.models).await;
        let views = opened.with_context(|| format!("can't open the read models {}", group.name))?;
        let views = views.under(self.fence.clone());
        views.raise().await?;
        Ok(views)
    }
}

/// Has `role` work in terms until `drain` is cancelled. A fault that may pass ends a term, and another one begins after a
/// pause; any other fault ends the role.
pub(super) async fn in_terms<W>(
    ground: Ground,
    role: Role,
    drain: CancellationToken,
    work: impl Fn(Term) -> W + Send,
) -> anyhow::Result<()>
where
    W: Future<Output = anyhow::Result<()>> + Send,
{
    let duties = &ground.duties;
    while let Some(lease) = turn(&ground, role, &drain).await? {
        duties.does(role, Stage::Works);
        let (fence, tenure) = (lease.fence(), lease.tenure());
        let log = ground.store.log.under(fence.clone());
        let term = Term { log, fence, tenure, drain: drain.clone(), role, duties: duties.clone() };
        let ended = tokio::select! {
            ended = work(term) => Some(ended),
            () = lease.lost() => None,
        };
        lease.release().await;
        match ended {
            Some(Ok(())) => return Ok(()),
            Some(Err(fault)) if !is_over(&fault) && !passes(&fault) => return Err(fault),
            Some(Err(fault)) if passes(&fault) => {
                tracing::warn!(%role, fault = format!("{fault:#}"), "trying again");
                duties.does(role, Stage::TriesAgain);
                tokio::select! {
                    () = drain.cancelled() => return Ok(()),
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
            Some(Err(_)) | None => tracing::warn!(%role, "the lease was lost; standing by"),
        }
    }
    Ok(())
}

/// Waits for the turn of `role`.
async fn turn(
    ground: &Ground,
    role: Role,
    drain: &CancellationToken,
) -> Result<Option<Lease>, eventstore::Fault> {
    if drain.is_cancelled() {
        return Ok(None);
    }
    // A fault now is met again by who waits, and judged there.
    if let Some(lease) = ground.leases.try_to_take(role.name()).await.ok().flatten() {
        return Ok(Some(lease));
    }
    ground.duties.does(role, Stage::StandsBy);
    ground.leases.take(role.name(), drain).await
}

/// Whether somebody of a later term has the word.
fn is_over(fault: &anyhow::Error) -> bool {
    any(fault, |fault| matches!(fault, eventstore::Fault::Fenced { .. }))
        || any(fault, |fault| matches!(fault, projections::Fault::Fenced { .. }))
}

/// Whether trying again can help.
fn passes(fault: &anyhow::Error) -> bool {
    any(fault, |fault| matches!(fault, eventstore::Fault::Unavailable { .. }))
        || any(fault, projections::Fault::is_passing)
}

fn any<F: Error + Send + Sync + 'static>(fault: &anyhow::Error, is: impl Fn(&F) -> bool) -> bool {
    fault.chain().any(|cause| cause.downcast_ref::<F>().is_some_and(&is))
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_eventstore::{Position, Trouble};
    use std::sync::Arc;

    fn away() -> eventstore::Fault {
        let source = Arc::new(std::io::Error::other("connection refused"));
        eventstore::Fault::Unavailable { what: "connect", trouble: Trouble::OutOfReach, source }
    }

    fn fenced() -> eventstore::Fault {
        eventstore::Fault::Fenced { name: "casework".into(), epoch: 1 }
    }

    #[test]
    fn a_refused_fence_ends_a_term_however_deep_it_lies() {
        for fault in [
            anyhow::Error::from(fenced()).context("can't open the read models"),
            projections::Fault::Log(fenced()).into(),
        ] {
            assert!(is_over(&fault) && !passes(&fault), "{fault:?}");
        }
    }

    #[test]
    fn a_database_out_of_reach_passes_however_deep_it_lies() {
        for fault in [
            anyhow::Error::from(away()).context("can't open the proof book"),
            projections::Fault::Log(away()).into(),
        ] {
            assert!(passes(&fault) && !is_over(&fault), "{fault:?}");
        }
    }

    #[test]
    fn an_event_that_cannot_be_understood_ends_the_role() {
        let unknown =
            eventstore::Fault::UnknownEvent { position: Position(7), name: "case.sung".into(), schema: 1 };
        let fault: anyhow::Error = projections::Fault::Log(unknown).into();
        assert!(!passes(&fault) && !is_over(&fault));
    }
}
