//! The hub that is watched, and signals that come to it at a steady rate.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures::stream;
use prost::bytes::Bytes;
use seinhuis::client::{Authed, authed};
use seinhuis_contract::proto::monitor::v1::pipeline_service_client::PipelineServiceClient;
use seinhuis_contract::proto::monitor::v1::{GetPipelineRequest, GetPipelineResponse};
use seinhuis_domain::profile::Profile;
use seinhuis_testkit::{Hub, Placed, Served};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tonic::transport::Endpoint;

use crate::town::Town;
use crate::wire::Line;

/// Who watches: he may see all there is.
const WATCHER: &str = "college";
/// Signs the log. Never further behind than its pause between two signatures.
const NOTARY: &str = "proof";
/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The hub.
pub(crate) struct Feed {
    pub(crate) url: String,
    pid: u32,
    pub(crate) token: String,
    lines: Vec<Line>,
    observer: Authed,
    /// First to go, so that its folder is still there.
    _served: Served,
    _hub: Hub,
}

impl Feed {
    /// Starts `hub` in one process, with the map of the town and the partners of its profile.
    pub(crate) async fn start(
        hub: Hub,
        placed: Placed,
        town: &Town,
        profile: &Profile,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let map = town.write(folder.path())?;
        let map = map.to_str().context("a folder without a name")?;
        let imported = hub.run(&["areas", "import", map, "--vintage", "bench-2017"])?;
        ensure!(imported.code == 0, "the map isn't taken: {}", imported.err);
        let tokens = profile.partners.iter().map(|partner| hub.partner(partner.id.as_str()));
        let tokens = tokens.collect::<anyhow::Result<Vec<_>>>()?;
        let token = hub.person(WATCHER)?;
        let served = hub.serve_as(&[placed])?;
        let (url, pid) =
            served.processes().next().map(|hub| (hub.url.clone(), hub.pid())).context("no process")?;
        let mut lines = Vec::new();
        for (partner, token) in profile.partners.iter().zip(tokens) {
            lines.push(Line::new(connect(&url, &token).await?, partner.sector));
        }
        let observer = connect(&url, &token).await?;
        Ok(Self { url, token, lines, observer, pid, _served: served, _hub: hub })
    }

    /// The most memory it has held at a time so far, in MiB (Linux: `VmHWM`).
    pub(crate) fn peak(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        let kibibytes: f64 = line.split_whitespace().next().context("no number")?.parse()?;
        Ok(kibibytes / 1024.0)
    }

    /// How long processors have worked for it, in seconds (Linux: `utime` and `stime`, in hundredths).
    pub(crate) fn worked(&self) -> f64 {
        worked(self.pid)
    }

    /// The end of the log, once whatever follows from what came in is there too.
    pub(crate) async fn settled(&self) -> anyhow::Result<u64> {
        let (until, mut before) = (Instant::now() + PATIENCE, None);
        loop {
            let mut client = PipelineServiceClient::new(self.observer.clone());
            let GetPipelineResponse { head, followers, .. } =
                client.get_pipeline(GetPipelineRequest {}).await?.into_inner();
            let waited = followers.iter().any(|follower| follower.lag > 0 && follower.name != NOTARY);
            if !waited && before.replace(head) == Some(head) {
                return Ok(head);
            }
            ensure!(Instant::now() < until, "the hub is still behind after {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// Reports the signals at `rate` a second, each in its turn whether the one before has its receipt or not. When each
    /// position was acknowledged, that is on disk.
    pub(crate) async fn steadily(
        &self,
        signals: Vec<Vec<Bytes>>,
        rate: f64,
    ) -> anyhow::Result<HashMap<u64, Instant>> {
        let all: usize = signals.iter().map(Vec::len).sum();
        let mut lines = JoinSet::new();
        for (line, signals) in self.lines.iter().zip(signals) {
            // Each partner sends for as long as any other, however many signals it has.
            let every = Duration::from_secs_f64(all as f64 / rate / signals.len().max(1) as f64);
            lines.spawn(paced(line.clone(), signals, every));
        }
        let mut receipts = HashMap::with_capacity(all);
        while let Some(done) = lines.join_next().await {
            receipts.extend(done??);
        }
        ensure!(receipts.len() == all, "{} receipts for {all} signals", receipts.len());
        Ok(receipts)
    }
}

async fn paced(mut line: Line, signals: Vec<Bytes>, every: Duration) -> anyhow::Result<Vec<(u64, Instant)>> {
    let mut turns = tokio::time::interval(every);
    turns.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let paced = stream::unfold((turns, signals.into_iter()), |(mut turns, mut signals)| async {
        let signal = signals.next()?;
        turns.tick().await;
        Some((signal, (turns, signals)))
    });
    let mut receipts = Vec::new();
    line.report_each(paced, |position| receipts.push((position, Instant::now()))).await?;
    Ok(receipts)
}

async fn connect(url: &str, token: &str) -> anyhow::Result<Authed> {
    let endpoint = Endpoint::from_shared(url.to_owned())?;
    authed(endpoint.connect().await.with_context(|| format!("no hub answers at {url}"))?, token)
}

/// How long processors have worked for a process, in seconds.
pub(crate) fn worked(pid: u32) -> f64 {
    let ticks = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The second field may hold anything, and ends with the last bracket.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
    };
    ticks().unwrap_or_default() / 100.0
}
