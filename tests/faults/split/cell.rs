//! One cell of the matrix: a hub in processes of its own under load, one fault, and what is to be said of it.

mod stage;
mod strike;
mod takeover;
mod versions;

use std::any::Any;
use std::time::{Duration, Instant};

use crate::fault::Fault;
use crate::ground::Ground;
use crate::history::{Counts, Finding};
use stage::Stage;
pub(crate) use strike::Struck;

/// What became of a cell.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) fault: Fault,
    pub(crate) seed: u64,
    pub(crate) counts: Counts,
    /// Calls and streams that callers tried again.
    pub(crate) retries: usize,
    /// From the fault to the first work after it, where one role was struck.
    pub(crate) took: Option<Duration>,
    /// Signals a second under which it was made, where that is a figure.
    pub(crate) rate: Option<f64>,
    pub(crate) lasted: Duration,
    pub(crate) findings: Vec<Finding>,
    /// What callers were refused, mails that are no notices, processes that did not end in order.
    pub(crate) strange: Vec<String>,
    /// What the processes warned of, for who has to look for the reason.
    pub(crate) log: String,
}

impl Row {
    /// Of a cell that met what it did not expect.
    pub(crate) fn broken_off(fault: Fault, seed: u64, why: &(dyn Any + Send)) -> Self {
        let why = why.downcast_ref::<String>().map(String::as_str).or_else(|| why.downcast_ref().copied());
        Self {
            fault,
            seed,
            counts: Counts::default(),
            retries: 0,
            took: None,
            rate: None,
            lasted: Duration::ZERO,
            findings: vec![],
            strange: vec![format!("it broke off: {}", why.unwrap_or("without a word"))],
            log: String::new(),
        }
    }

    pub(crate) fn is_good(&self) -> bool {
        self.findings.is_empty() && self.strange.is_empty()
    }
}

/// Runs one.
pub(crate) async fn run(ground: &mut Ground, fault: Fault, seed: u64) -> Row {
    let began = Instant::now();
    let stage = Stage::set(ground, fault, seed).await;
    let struck = strike::strike(stage, ground, fault).await;
    let strike::After { stage, role, rate } = struck;
    stage.run.acknowledged(stage::SOME).await;
    let Stage { scene, served, run, .. } = stage;
    let settled = run.settle(role).await;
    let mut strange = stage::stop(&served);
    let mut verdict = settled.judge().await;
    verdict.findings.extend(scene.verified(None));
    if fault == Fault::Versions {
        verdict.findings.extend(scene.verified(ground.tomorrow.as_deref()));
    }
    strange.append(&mut verdict.strange);
    strange.extend(rate.and_then(|rate| too_few(rate, ground.rolling)));
    Row {
        fault,
        seed,
        counts: verdict.counts,
        retries: verdict.retries,
        took: verdict.took,
        rate,
        lasted: began.elapsed(),
        findings: verdict.findings,
        strange,
        log: scene.hub.log(),
    }
}

/// A fault under fewer signals than were to be is not the one that was to be tried.
fn too_few(rate: f64, asked: f64) -> Option<String> {
    (rate < 0.9 * asked).then(|| format!("{rate:.0} signals a second were taken in, of {asked:.0}"))
}
