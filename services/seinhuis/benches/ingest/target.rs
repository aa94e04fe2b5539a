//! The hub under measurement, with eight partners admitted, each on a connection of its own, and somebody who may ask how
//! far it is.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use seinhuis::client::{Authed, authed};
use seinhuis_domain::profile::PartnerEntry;
use seinhuis_testkit::{Hub, HubProcess};
use tonic::transport::{Channel, Endpoint};

use crate::PROFILE;
use crate::arguments::Arguments;
use crate::place::Place;
use crate::wire::Line;

/// Who may ask for the pipeline.
const OBSERVER: &str = "college";
/// Bytes of receipts a connection and a stream may send ahead of their reader.
pub(crate) const WINDOW: u32 = 1 << 20;
/// How long a hub that serves already may take to hear of a new partner.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Target {
    pub(crate) backend: &'static str,
    /// One per partner, in the order of the profile.
    pub(crate) lines: Vec<Line>,
    pub(crate) observer: Authed,
    pids: Vec<u32>,
    /// First to go, so that its folder is still there.
    _process: Option<HubProcess>,
    hub: Hub,
}

impl Target {
    /// Starts a hub in `place`.
    pub(crate) async fn started(
        place: &Place,
        partners: &[PartnerEntry],
        arguments: &Arguments,
    ) -> anyhow::Result<Self> {
        let hub = place.hub(arguments)?;
        let (tokens, observer) = admitted(&hub, partners)?;
        let process = hub.serve()?;
        let observer = authed(connect(&process.url).await?, &observer)?;
        let mut lines = Vec::new();
        for (partner, token) in partners.iter().zip(tokens) {
            lines.push(Line::new(authed(connect(&process.url).await?, &token)?, partner.sector));
        }
        let pids = vec![process.pid()];
        Ok(Self { backend: place.name(), lines, observer, pids, _process: Some(process), hub })
    }

    /// Takes hubs that serve already.
    pub(crate) async fn given(partners: &[PartnerEntry], arguments: &Arguments) -> anyhow::Result<Self> {
        let hub = Hub::new(PROFILE)?;
        let (tokens, observer) = admitted(&hub, partners)?;
        let monitor = arguments.monitor.as_ref().or(arguments.address.first()).context("no address")?;
        let observer = authed(connect(monitor).await?, &observer)?;
        let mut lines = Vec::new();
        for ((partner, token), address) in partners.iter().zip(tokens).zip(arguments.address.iter().cycle()) {
            let mut line = Line::new(authed(connect(address).await?, &token)?, partner.sector);
            let until = Instant::now() + PATIENCE;
            while !line.is_let_in().await? {
                ensure!(Instant::now() < until, "{address} does not know {} after {PATIENCE:?}", partner.id);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            lines.push(line);
        }
        Ok(Self { backend: "given", lines, observer, pids: arguments.pid.clone(), _process: None, hub })
    }

    /// Its data folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.hub.data()
    }

    /// How long processors have worked for its processes so far, in seconds (Linux: `utime` and `stime`, in hundredths).
    pub(crate) fn worked(&self) -> f64 {
        let ticks = |pid: &u32| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            // The second field may hold anything, and ends with the last bracket.
            let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
            Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
        };
        self.pids.iter().filter_map(ticks).sum::<f64>() / 100.0
    }

    /// The most memory each process has held at a time so far, in bytes (Linux: `VmHWM`).
    pub(crate) fn peaks(&self) -> Vec<u64> {
        let peak = |pid: &u32| {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
        };
        self.pids.iter().filter_map(peak).collect()
    }
}

/// The tokens of all partners and of the one who asks.
fn admitted(hub: &Hub, partners: &[PartnerEntry]) -> anyhow::Result<(Vec<String>, String)> {
    let token = |partner: &PartnerEntry| {
        let (id, sector) = (partner.id.as_str(), partner.sector.as_str());
        let said = hub
            .run(&["partner", "add", id, "--name", &partner.name, "--sector", sector, "--json"])?
            .json()?;
        Ok(said["token"].as_str().context("no token")?.to_owned())
    };
    let tokens = partners.iter().map(token).collect::<anyhow::Result<_>>()?;
    Ok((tokens, hub.person(OBSERVER)?))
}

async fn connect(url: &str) -> anyhow::Result<Channel> {
    let endpoint = Endpoint::from_shared(url.to_owned())?
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW);
    endpoint.connect().await.with_context(|| format!("no hub answers at {url}"))
}
