//! The loop: read what is new, look whether all is well, say so.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::area::AreaMapFault;
use seinhuis_eventstore::{Ahead, Fault, Log, Position};
use seinhuis_runtime::{Clock, Pulse};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::finding::Finding;
use crate::ladder::Audit;
use crate::overdue::Overdue;

/// Events per page.
const PAGE: usize = 4_096;
/// Between two looks.
const EVERY: Duration = Duration::from_secs(5);
/// How long what happened keeps all from being well: a day, in which somebody has seen it.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// How the ladder stands, as the auditor sees it.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Up to where it has read the log. None before it has looked once.
    pub looked_at: Option<Position>,
    /// What is wrong. Empty: all is well.
    pub findings: Vec<Finding>,
}

impl State {
    /// Whether it has looked, and all is well.
    pub fn is_well(&self) -> bool {
        self.looked_at.is_some() && self.findings.is_empty()
    }
}

/// Why the auditor can't go on.
#[derive(Debug, thiserror::Error)]
pub enum AuditFault {
    /// The log can't be read, or holds what can't be understood.
    #[error("the log can't be read")]
    Log(#[source] Fault),
    /// Areas that don't fit into one map.
    #[error("the areas at position {position} don't fit into one map")]
    Areas {
        /// Where they were taken in.
        position: Position,
        /// Why.
        #[source]
        source: AreaMapFault,
    },
}

/// The auditor.
#[derive(Debug)]
pub struct Auditor {
    log: Log,
    clock: Clock,
    audit: Audit,
    overdue: Overdue,
    state: watch::Sender<State>,
    pulse: Pulse,
}

impl Auditor {
    /// Of `log`, on the hub's clock. What it sees it tells `state`.
    pub fn new(log: Log, clock: Clock, state: watch::Sender<State>) -> Self {
        Self { log, clock, audit: Audit::default(), overdue: Overdue::default(), state, pulse: Pulse::new() }
    }

    /// Like before, but others hear this pulse, which beats with each look.
    #[must_use]
    pub fn beating(self, pulse: Pulse) -> Self {
        Self { pulse, ..self }
    }

    /// Looks every few seconds until `drain` is cancelled. After a fault it can be gone on with.
    pub async fn run(&mut self, drain: &CancellationToken) -> Result<(), AuditFault> {
        while !drain.is_cancelled() {
            let began = Instant::now();
            self.look(began).await?;
            self.pulse.beat();
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = drain.cancelled() => {}
            }
        }
        Ok(())
    }

    /// Looks once: reads to the end of the log, and judges what it then finds by one moment before it read.
    async fn look(&mut self, began: Instant) -> Result<(), AuditFault> {
        let now = self.clock.now();
        read(&self.log, &mut self.audit).await?;
        let findings = self.audit.findings(now.saturating_sub(REMEMBERED).unwrap_or(Timestamp::MIN), now);
        let findings = self.overdue.settled(findings, began);
        self.say(findings);
        Ok(())
    }

    fn say(&self, findings: Vec<Finding>) {
        let known = self.state.borrow().findings.clone();
        for finding in findings.iter().filter(|finding| !known.contains(finding)) {
            tracing::error!(case = %finding.case, position = %finding.position, "audit: {finding}");
        }
        if findings.is_empty() && !known.is_empty() {
            tracing::info!("audit: all is well again");
        }
        let looked_at = Some(self.audit.position());
        self.state.send_replace(State { looked_at, findings });
    }
}

/// Has `audit` take in what is new in `log`.
pub async fn read(log: &Log, audit: &mut Audit) -> Result<(), AuditFault> {
    let head = log.look().await.map_err(AuditFault::Log)?;
    let mut pages = Ahead::decoded(log.clone(), audit.position(), head, PAGE);
    while let Some(page) = pages.page().await.map_err(AuditFault::Log)? {
        for (recorded, event) in page {
            let position = recorded.position;
            let taken = audit.take(&recorded, &event);
            taken.map_err(|source| AuditFault::Areas { position, source })?;
        }
    }
    Ok(())
}
