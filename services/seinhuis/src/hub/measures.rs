//! What a process measures: instruments that roles and doors count into as they go, and what is looked at when
//! somebody reads. What stands in no process but in the log and the read models is looked at now and then (`look.rs`).

pub mod declared;
mod look;
mod machine;

use std::sync::Arc;

use seinhuis_auditor::State;
use seinhuis_escalation::OnFired;
use seinhuis_eventstore::OnCommit;
use seinhuis_ingest::Told;
use seinhuis_notify::OnTry;
use seinhuis_runtime::Meter;
use seinhuis_runtime::meter::{Counter, Histogram, MeterFault, Otlp};
use tokio::sync::watch;

use super::ground::Ground;
use crate::config;
use declared as d;

pub(super) use look::{Looked, Looks, look};

/// The instruments of a process. Clones are the same ones.
#[derive(Debug, Clone)]
pub(super) struct Measures {
    meter: Meter,
    receipt: Histogram,
    refusals: Counter,
    denials: Counter,
    group: Histogram,
    commit: Histogram,
    lateness: Histogram,
    attempts: Counter,
}

impl Measures {
    /// Those of the process `name`. What the process takes from its machine is among them from the start. None where nobody
    /// is to be told.
    pub(super) fn begin(settings: &config::Telemetry, name: String) -> Result<Option<Self>, MeterFault> {
        if settings.listen.is_none() && settings.otlp.is_none() {
            return Ok(None);
        }
        let to = |endpoint| Otlp { endpoint, every: settings.otlp_every };
        let meter = Meter::new(env!("CARGO_PKG_VERSION"), name, settings.otlp.clone().map(to))?;
        machine::observe(&meter);
        Ok(Some(Self {
            receipt: meter.histogram(&d::RECEIPT),
            refusals: meter.counter(&d::REFUSALS),
            denials: meter.counter(&d::DENIALS),
            group: meter.histogram(&d::GROUP_SIZE),
            commit: meter.histogram(&d::COMMIT),
            lateness: meter.histogram(&d::LATENESS),
            attempts: meter.counter(&d::ATTEMPTS),
            meter,
        }))
    }

    /// All of it, as Prometheus reads it.
    pub(super) fn text(&self) -> Result<String, MeterFault> {
        self.meter.text()
    }

    /// Sends what was measured last. Blocks.
    pub(super) fn close(&self) {
        self.meter.close();
    }

    /// Takes in what became of a signal.
    pub(super) fn outcome(&self, told: Told<'_>) {
        if let Some(took) = told.took {
            let labels = [("sector", told.sector.as_str()), ("outcome", told.outcome)];
            self.receipt.record(took.as_secs_f64(), &labels);
        }
        if let Some(partner) = told.partner
            && !matches!(told.outcome, "NEW" | "DUPLICATE")
        {
            self.refusals.add(1, &[("partner", partner.as_str()), ("reason", told.outcome)]);
        }
    }

    /// Takes in that a call was not let in.
    pub(super) fn denied(&self, reason: &'static str) {
        self.denials.add(1, &[("reason", reason)]);
    }

    fn on_commit(&self) -> OnCommit {
        let (group, commit) = (self.group.clone(), self.commit.clone());
        Arc::new(move |done| {
            group.record(done.events as f64, &[]);
            commit.record(done.took.as_secs_f64(), &[]);
        })
    }

    /// Takes in which timers fire.
    pub(super) fn on_fired(&self) -> OnFired {
        let lateness = self.lateness.clone();
        Arc::new(move |fired| lateness.record(fired.late.as_secs_f64(), &[("timer", fired.what)]))
    }

    /// Takes in which notices are tried.
    pub(super) fn on_try(&self) -> OnTry {
        let attempts = self.attempts.clone();
        Arc::new(move |channel, outcome| {
            attempts.add(1, &[("channel", channel.as_str()), ("outcome", outcome)])
        })
    }

    /// Looks at the log, the roles and the disk of a process that serves.
    pub(super) fn observe(&self, ground: &Ground) {
        ground.store.log.on_commit(self.on_commit());
        let log = ground.store.log.clone();
        self.meter.observe(&d::HEAD, move |tell| tell(log.head().0 as f64, &[]));
        let health = ground.health.clone();
        self.meter.observe(&d::ANSWERS, move |tell| tell(f64::from(health.is_reachable()), &[]));
        let duties = ground.duties.clone();
        self.meter.observe(&d::STAGE, move |tell| {
            for duty in duties.seen() {
                tell(1.0, &[("role", duty.role.name()), ("stage", duty.stage.name())]);
            }
        });
        let duties = ground.duties.clone();
        self.meter.observe(&d::HEARTBEAT, move |tell| {
            for duty in duties.seen() {
                for (follower, age) in &duty.pulses {
                    tell(age.as_secs_f64(), &[("role", duty.role.name()), ("follower", follower)]);
                }
            }
        });
        machine::observe_disk(&self.meter, ground.store.folder.path());
    }

    /// Looks at what the auditor says.
    pub(super) fn observe_audit(&self, state: watch::Receiver<State>) {
        let seen = state.clone();
        self.meter.observe(&d::SOUND, move |tell| tell(f64::from(seen.borrow().is_well()), &[]));
        self.meter.observe(&d::FINDINGS, move |tell| tell(state.borrow().findings.len() as f64, &[]));
    }

    /// Looks at what was looked at last in the log and the read models.
    pub(super) fn observe_looked(&self, looked: &watch::Receiver<Looked>) {
        look::observe(&self.meter, looked);
    }
}
