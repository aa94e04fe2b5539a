//! `seen`: signals come at a steady rate, and each is watched from its receipt until the read models show it.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures::stream;
use prost::bytes::Bytes;
use seinhuis_eventstore::Position;
use seinhuis_projections::{Model, Views};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::target::Target;
use crate::wire::Line;

/// Between two looks at the read models: how exactly it is known when they showed something.
const LOOK: Duration = Duration::from_micros(300);
/// How long the last signal is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long it took, in milliseconds.
pub(crate) struct Seen {
    /// From the receipt until the read models show the signal.
    pub(crate) after: Shares,
    /// From sending the signal until its receipt.
    pub(crate) receipt: Shares,
}

/// The middle one, and the one that a hundredth are above.
#[derive(Clone, Copy)]
pub(crate) struct Shares {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// One receipt: the place in the log that it names, when the signal was sent, and when it came.
type Receipt = (Position, Instant, Instant);

/// One run, of so many signals a second.
pub(crate) async fn run(target: &Target, rate: u32, signals: Vec<Vec<Bytes>>) -> anyhow::Result<Seen> {
    let views = Views::look_in(&target.views_url(), Model::ASKED).await?;
    let every = Duration::from_secs(1) * target.lines.len() as u32 / rate;
    let mut streams = JoinSet::new();
    for (line, signals) in target.lines.iter().zip(signals) {
        streams.spawn(steadily(line.clone(), signals, every));
    }
    let (stop, over) = watch::channel(None);
    let sent = async {
        let mut receipts: Vec<Receipt> = Vec::new();
        while let Some(done) = streams.join_next().await {
            receipts.append(&mut done??);
        }
        receipts.sort_unstable();
        stop.send_replace(Some(receipts.last().context("nothing was sent")?.0));
        Ok::<_, anyhow::Error>(receipts)
    };
    let (receipts, looks) = tokio::try_join!(sent, looked(&views, over))?;
    views.close().await;
    let after = receipts.iter().map(|(position, _, at)| {
        let first = looks.partition_point(|(shown, _)| shown < position);
        looks.get(first).map_or(PATIENCE, |(_, seen)| seen.saturating_duration_since(*at))
    });
    let receipt = receipts.iter().map(|(_, sent, at)| at.saturating_duration_since(*sent));
    Ok(Seen { after: shares(after.collect())?, receipt: shares(receipt.collect())? })
}

/// Sends one signal after the other, each in its turn whether the one before has its receipt or not.
async fn steadily(mut line: Line, signals: Vec<Bytes>, every: Duration) -> anyhow::Result<Vec<Receipt>> {
    let (count, mut turns) = (signals.len(), tokio::time::interval(every));
    turns.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (note, mut sent) = mpsc::unbounded_channel();
    let paced = stream::unfold((turns, signals.into_iter(), note), |(mut turns, mut signals, note)| async {
        let signal = signals.next()?;
        turns.tick().await;
        note.send(Instant::now()).ok()?;
        Some((signal, (turns, signals, note)))
    });
    let mut receipts = Vec::with_capacity(count);
    line.report_each(paced, |position| {
        if let Ok(sent) = sent.try_recv() {
            receipts.push((Position(position), sent, Instant::now()));
        }
    })
    .await?;
    ensure!(receipts.len() == count, "{} receipts for {count} signals", receipts.len());
    Ok(receipts)
}

/// Looks how far the read models are until they are past the last signal. Each place that was seen, and when.
async fn looked(
    views: &Views,
    over: watch::Receiver<Option<Position>>,
) -> anyhow::Result<Vec<(Position, Instant)>> {
    let (mut looks, mut stopped) = (vec![], None);
    loop {
        let position = views.look().await?;
        let now = Instant::now();
        looks.push((position, now));
        if let Some(last) = *over.borrow() {
            if position >= last {
                return Ok(looks);
            }
            let stopped = *stopped.get_or_insert(now);
            ensure!(now - stopped < PATIENCE, "the read models are at {position}, the log at {last}");
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn shares(mut took: Vec<Duration>) -> anyhow::Result<Shares> {
    ensure!(!took.is_empty(), "nothing was sent");
    took.sort_unstable();
    let of = |percent: usize| took[(took.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    Ok(Shares { p50: of(50), p99: of(99) })
}
