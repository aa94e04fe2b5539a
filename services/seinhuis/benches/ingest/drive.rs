//! The ways signals come in: streams, and single calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use prost::bytes::Bytes;
use tokio::task::JoinSet;

use crate::target::Target;

/// What one run showed.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    /// Signals a second.
    pub(crate) rate: f64,
    /// Processor time of the hub for a signal, in microseconds, whatever it did besides.
    pub(crate) cost: f64,
}

/// Measures a run that has begun.
pub(crate) struct Began<'a> {
    target: &'a Target,
    at: Instant,
    worked: f64,
}

impl<'a> Began<'a> {
    pub(crate) fn now(target: &'a Target) -> Self {
        Self { target, at: Instant::now(), worked: target.worked() }
    }

    pub(crate) fn ago(&self) -> Duration {
        self.at.elapsed()
    }

    pub(crate) fn done(&self, signals: usize) -> Run {
        let (count, took) = (signals as f64, self.at.elapsed().as_secs_f64());
        Run { rate: count / took, cost: (self.target.worked() - self.worked) * 1e6 / count }
    }
}

/// Who call at once, each again as soon as he has his receipt; spread over the partners and their connections.
pub(crate) const CALLERS: usize = 256;

/// Every partner sends all it has through one stream. Until the last receipt.
pub(crate) async fn stream(target: &Target, signals: Vec<Vec<Bytes>>) -> anyhow::Result<Run> {
    let count: usize = signals.iter().map(Vec::len).sum();
    let began = Began::now(target);
    let mut streams = JoinSet::new();
    for (line, signals) in target.lines.iter().zip(signals) {
        let mut line = line.clone();
        streams.spawn(async move { line.report_all(signals).await });
    }
    while let Some(done) = streams.join_next().await {
        done??;
    }
    Ok(began.done(count))
}

/// The callers share what their partner has.
pub(crate) async fn unary(target: &Target, signals: Vec<Vec<Bytes>>) -> anyhow::Result<Run> {
    let count: usize = signals.iter().map(Vec::len).sum();
    let began = Began::now(target);
    let mut callers = JoinSet::new();
    for (line, signals) in target.lines.iter().zip(signals) {
        let shared = Arc::new((signals, AtomicUsize::new(0)));
        for _ in 0..CALLERS / target.lines.len() {
            let (mut line, shared) = (line.clone(), Arc::clone(&shared));
            callers.spawn(async move {
                let (signals, next) = &*shared;
                while let Some(signal) = signals.get(next.fetch_add(1, Ordering::Relaxed)) {
                    line.report(signal.clone()).await?;
                }
                Ok::<_, anyhow::Error>(())
            });
        }
    }
    while let Some(done) = callers.join_next().await {
        done??;
    }
    Ok(began.done(count))
}
