//! Leases: of many processes that may do something, one does it, until it stops or nothing is heard of it any more.
//!
//! A lease is a row in the log's database, which its holder renews; who stands by looks now and then whether it has run
//! out. To hold one is a matter of time, and a process that was paused doesn't know how much of it went by. So what is
//! written under a lease shows its epoch (a [`Fence`]), and is refused once the lease has passed on, however late it comes.
//! A log in a file belongs to one process, by the lock of its folder: there a lease is granted at once and without a fence.

mod renewal;
mod tenure;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use tenure::Tenure;

use crate::fault::Fault;
use crate::fence::Fence;
use crate::log::Log;

/// How long a lease lives after it was taken or renewed.
const LIFE: Duration = Duration::from_secs(3);
/// How often its holder renews it.
const EVERY: Duration = Duration::from_secs(1);
/// How often who stands by looks whether it has run out.
const LOOK: Duration = Duration::from_millis(500);

/// The leases of one log, as one process takes them.
#[derive(Debug, Clone)]
pub struct Leases {
    log: Log,
    holder: Arc<str>,
}

/// A lease that was taken. It is renewed until it is released, lost or dropped; dropped, it runs out by itself.
#[derive(Debug)]
pub struct Lease {
    log: Log,
    tenure: Tenure,
    /// `None` where a lease has no fence and is not renewed.
    fence: Option<Fence>,
    renewing: Option<JoinHandle<()>>,
}

/// What the database knows of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The lease.
    pub name: String,
    /// Who took it last.
    pub holder: String,
    /// How often it has been taken.
    pub epoch: u64,
    /// Until when it is his, by the clock of the database.
    pub until: Timestamp,
    /// How much of that is left; zero when it is free.
    pub left: Duration,
}

impl Leases {
    /// The leases of `log`, for a process that is called `holder`: a name that no other process bears.
    pub fn of(log: &Log, holder: String) -> Self {
        Self { log: log.clone(), holder: holder.into() }
    }

    /// Waits until the lease `name` is free, and takes it; `None` when `drain` came first. While the database is out of
    /// reach it is asked again; a fault is one that asking again doesn't mend.
    pub async fn take(&self, name: &str, drain: &CancellationToken) -> Result<Option<Lease>, Fault> {
        let mut stands_by = false;
        let mut out_of_reach = false;
        while !drain.is_cancelled() {
            match self.try_to_take(name).await {
                Ok(Some(lease)) => return Ok(Some(lease)),
                Ok(None) => {
                    if !stands_by {
                        tracing::info!(lease = name, "somebody else holds the lease, standing by");
                    }
                    (stands_by, out_of_reach) = (true, false);
                }
                Err(fault @ Fault::Unavailable { .. }) => {
                    if !out_of_reach {
                        let fault = &fault as &dyn Error;
                        tracing::warn!(lease = name, fault, "the lease can't be taken, trying again");
                    }
                    out_of_reach = true;
                }
                Err(fault) => return Err(fault),
            }
            tokio::select! {
                () = drain.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        Ok(None)
    }

    /// Takes the lease `name` if it is free now.
    pub async fn try_to_take(&self, name: &str) -> Result<Option<Lease>, Fault> {
        let log = self.log.clone();
        let Some(registry) = self.log.registry() else {
            return Ok(Some(Lease { log, tenure: Tenure::for_good(), fence: None, renewing: None }));
        };
        // The database counts from later on: it never lets go before we do.
        let asked = Instant::now();
        let Some(epoch) = registry.take(name, &self.holder, LIFE).await? else { return Ok(None) };
        tracing::info!(lease = name, epoch, "the lease is taken");
        let (tenure, fence) = (Tenure::until(asked + LIFE), Fence { name: name.into(), epoch });
        let renewing = renewal::renew(log.clone(), fence.clone(), tenure.clone(), asked);
        Ok(Some(Lease { log, tenure, fence: Some(fence), renewing: Some(tokio::spawn(renewing)) }))
    }

    /// Every lease there ever was, held or free, in order of name; none where leases are granted without asking.
    pub async fn list(&self) -> Result<Vec<Holding>, Fault> {
        match self.log.registry() {
            Some(registry) => registry.list(LIFE).await,
            None => Ok(Vec::new()),
        }
    }
}

impl Lease {
    /// What everything written under it has to show; `None` where there is nobody it could be held against.
    pub fn fence(&self) -> Option<Fence> {
        self.fence.clone()
    }

    /// Whether it is held at this moment, see [`Tenure::is_held`].
    pub fn is_held(&self) -> bool {
        self.tenure.is_held()
    }

    /// Resolves once it is not held any more.
    pub async fn lost(&self) {
        self.tenure.lost().await;
    }

    /// Whether it is held, for whoever acts under it elsewhere.
    pub fn tenure(&self) -> Tenure {
        self.tenure.clone()
    }

    /// Gives it up, so that a successor comes at once. What is written under it should be written by then. When the
    /// database can't be told, the lease runs out by itself.
    pub async fn release(mut self) {
        self.tenure.end();
        if let Some(renewing) = self.renewing.take() {
            // A renewal under way would have it live on.
            let _ = renewing.await;
        }
        let (Some(registry), Some(fence)) = (self.log.registry(), &self.fence) else { return };
        if let Err(fault) = registry.release(fence, EVERY).await {
            let (lease, fault) = (&*fence.name, &fault as &dyn Error);
            tracing::warn!(lease, fault, "the lease can't be released, it runs out by itself");
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.tenure.end();
    }
}
