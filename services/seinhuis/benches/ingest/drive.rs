//! The ways signals come in: streams, and single calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use prost::bytes::Bytes;
use tokio::task::JoinSet;

use crate::target::Target;

/// Who call at once, each again as soon as he has his receipt; spread over the partners and their connections.
pub(crate) const CALLERS: usize = 256;

/// Every partner sends all it has through one stream. Signals a second, until the last receipt.
pub(crate) async fn stream(target: &Target, signals: Vec<Vec<Bytes>>) -> anyhow::Result<f64> {
    let count: usize = signals.iter().map(Vec::len).sum();
    let began = Instant::now();
    let mut streams = JoinSet::new();
    for (line, signals) in target.lines.iter().zip(signals) {
        let mut line = line.clone();
        streams.spawn(async move { line.report_all(signals).await });
    }
    while let Some(done) = streams.join_next().await {
        done??;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

/// The callers share what their partner has. Signals a second.
pub(crate) async fn unary(target: &Target, signals: Vec<Vec<Bytes>>) -> anyhow::Result<f64> {
    let count: usize = signals.iter().map(Vec::len).sum();
    let began = Instant::now();
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
    Ok(count as f64 / began.elapsed().as_secs_f64())
}
