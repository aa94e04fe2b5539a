//! The doors of a process: where partners report and people ask, as far as it has those roles.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use seinhuis_contract::gate::OnDenied;
use seinhuis_eventstore::keyring::Keyring;
use seinhuis_ingest::{Ingest, IngestParts};
use seinhuis_monitor::Monitor;
use seinhuis_runtime::Supervisor;
use tonic::service::RoutesBuilder;

use super::ground::Ground;
use super::measures::Measures;
use super::seen::Seen;
use super::server;
use super::tally::Tally;
use crate::role::Role;
use crate::wait;

/// What is open to callers.
pub(super) struct Doors {
    ingest: Option<Ingest>,
    monitor: Option<(Monitor, Seen)>,
    keyring: Option<Keyring>,
    tally: Tally,
}

impl Doors {
    /// Opens the doors that the roles of this process have.
    pub(super) async fn open(ground: &Ground, supervisor: &Supervisor) -> anyhow::Result<Self> {
        let roles = &ground.config.serve.roles;
        let tally = Tally::default();
        let mut doors = Self { ingest: None, monitor: None, keyring: None, tally };
        if !(roles.has(Role::Ingest) || roles.has(Role::Monitor)) {
            return Ok(doors);
        }
        let open = async || ground.store.keyring(&ground.config.keys).await;
        let keyring = wait::opened("the keys", wait::may_come, open).await?;
        if roles.has(Role::Ingest) {
            doors.ingest = Some(doors.ingest(ground, &keyring, supervisor));
        }
        if roles.has(Role::Monitor) {
            let seen = Seen::open(ground, supervisor).await?;
            seen.measured(ground, supervisor);
            let counts = doors.tally.clone();
            let tally = Arc::new(move || counts.list());
            let monitor = Monitor::new(seen.parts(ground, &keyring, tally, supervisor.draining()));
            doors.monitor = Some((monitor, seen));
        }
        doors.keyring = Some(keyring);
        Ok(doors)
    }

    fn ingest(&self, ground: &Ground, keyring: &Keyring, supervisor: &Supervisor) -> Ingest {
        let (tally, measures) = (self.tally.clone(), ground.measures.clone());
        Ingest::new(IngestParts {
            log: ground.store.log.clone(),
            keyring: keyring.clone(),
            directory: ground.current(),
            clock: ground.store.clock.clone(),
            limits: server::limits(&ground.config.ingest),
            on_outcome: Arc::new(move |told| {
                tally.count(&format!("signals.{}.{}", told.sector, told.outcome));
                if let Some(measures) = &measures {
                    measures.outcome(told);
                }
            }),
            draining: supervisor.draining(),
        })
    }

    /// Returns once everything behind them is there, or after `patience`: whoever asks too early is told to come back.
    pub(super) async fn ready(&self, patience: Duration) {
        let Some((_, seen)) = &self.monitor else { return };
        if tokio::time::timeout(patience, seen.made()).await.is_err() {
            tracing::warn!("the read models aren't there yet");
        }
    }

    /// The services behind them.
    pub(super) fn routes(&self) -> RoutesBuilder {
        let mut routes = RoutesBuilder::default();
        if let Some(ingest) = &self.ingest {
            ingest.add_to(&mut routes);
        }
        if let Some((monitor, _)) = &self.monitor {
            monitor.add_to(&mut routes);
        }
        routes
    }

    /// Counts who was turned away.
    pub(super) fn on_denied(&self, measures: Option<Measures>) -> OnDenied {
        let tally = self.tally.clone();
        Arc::new(move |reason| {
            tally.count(&format!("denied.{reason}"));
            if let Some(measures) = &measures {
                measures.denied(reason);
            }
        })
    }

    /// Closes what stands behind them.
    pub(super) async fn close(self) {
        if let Some((_, seen)) = self.monitor {
            seen.close().await;
        }
        if let Some(keyring) = self.keyring {
            keyring.close().await;
        }
    }
}

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ingest, monitor) = (self.ingest.is_some(), self.monitor.is_some());
        f.debug_struct("Doors").field("ingest", &ingest).field("monitor", &monitor).finish_non_exhaustive()
    }
}
