//! The loop: read what is new, look whether all is well, say so.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::area::AreaMapFault;
use seinhuis_eventstore::{Ahead, Fault, Log, Position};
use seinhuis_runtime::Clock;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::finding::{Finding, Wrong};
use crate::ladder::Audit;

/// Events per page.
const PAGE: usize = 4_096;
/// Between two looks.
const EVERY: Duration = Duration::from_secs(5);
/// How long a climb may be overdue before it counts as withheld: the ladder's role may be taken over meanwhile, which takes
/// it 5 s, or be busy with a volley.
const PATIENCE: Duration = Duration::from_secs(20);

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
    /// Since when each overdue climb has been seen, on the machine's clock: the hub's may be a fast one.
    overdue: BTreeMap<Finding, Instant>,
    state: watch::Sender<State>,
}

impl Auditor {
    /// Of `log`, on the hub's clock. What it sees it tells `state`.
    pub fn new(log: Log, clock: Clock, state: watch::Sender<State>) -> Self {
        Self { log, clock, audit: Audit::default(), overdue: BTreeMap::new(), state }
    }

    /// Looks every few seconds until `drain` is cancelled. After a fault it can be gone on with.
    pub async fn run(&mut self, drain: &CancellationToken) -> Result<(), AuditFault> {
        while !drain.is_cancelled() {
            let began = Instant::now();
            self.look(began).await?;
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
        let (withheld, wrong): (Vec<_>, Vec<_>) =
            findings.into_iter().partition(|finding| matches!(finding.wrong, Wrong::Withheld { .. }));
        let withheld: BTreeSet<Finding> = withheld.into_iter().collect();
        self.overdue.retain(|finding, _| withheld.contains(finding));
        for finding in withheld {
            self.overdue.entry(finding).or_insert(began);
        }
        let late = self.overdue.iter().filter(|(_, since)| began.duration_since(**since) >= PATIENCE);
        let findings: Vec<Finding> =
            wrong.into_iter().chain(late.map(|(finding, _)| finding.clone())).collect();
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
