//! The hub under measurement, with eight partners admitted, each on a connection of its own, and somebody who may ask how
//! far it is.

use std::path::PathBuf;

use anyhow::Context;
use seinhuis::client::{Authed, authed};
use seinhuis_domain::profile::PartnerEntry;
use seinhuis_testkit::{Hub, HubProcess, Placed, Served};
use tonic::transport::{Channel, Endpoint};

use crate::arguments::Arguments;
use crate::place::Place;
use crate::wire::Line;

/// Who may ask for the pipeline.
const OBSERVER: &str = "college";
/// Bytes of receipts a connection and a stream may send ahead of their reader.
pub(crate) const WINDOW: u32 = 1 << 20;

pub(crate) struct Target {
    pub(crate) backend: &'static str,
    /// One per partner, in the order of the profile.
    pub(crate) lines: Vec<Line>,
    pub(crate) observer: Authed,
    /// First to go, so that its folder is still there.
    served: Served,
    hub: Hub,
}

impl Target {
    /// Starts a hub in `place`, in these processes, with these settings more. Partners are spread over those that take signals in.
    pub(crate) async fn started(
        place: &Place,
        plan: Vec<Placed>,
        partners: &[PartnerEntry],
        arguments: &Arguments,
        more: &[(&str, String)],
    ) -> anyhow::Result<Self> {
        let hub = place.hub(arguments)?;
        let hub = more.iter().fold(hub, |hub, (variable, value)| hub.with(variable, value));
        let (tokens, observer) = admitted(&hub, partners)?;
        let served = hub.serve_as(&plan)?;
        // A door alone has nobody to ask; nobody asks it.
        let asked = served.with_role("monitor").chain(served.processes()).next().context("no process")?;
        let observer = authed(connect(&asked.url).await?, &observer)?;
        let doors: Vec<&str> = served.with_role("ingest").map(|process| process.url.as_str()).collect();
        let mut lines = Vec::new();
        for ((partner, token), door) in partners.iter().zip(tokens).zip(doors.iter().cycle()) {
            lines.push(Line::new(authed(connect(door).await?, &token)?, partner.sector));
        }
        Ok(Self { backend: place.name(), lines, observer, served, hub })
    }

    /// Its data folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.hub.data()
    }

    /// Where the read models lie that people ask.
    pub(crate) fn views_url(&self) -> String {
        self.hub.views_url()
    }

    fn pids(&self) -> impl Iterator<Item = u32> {
        self.served.processes().map(HubProcess::pid)
    }

    /// How long processors have worked for its processes so far, in seconds (Linux: `utime` and `stime`, in hundredths).
    pub(crate) fn worked(&self) -> f64 {
        let ticks = |pid: u32| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            // The second field may hold anything, and ends with the last bracket.
            let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
            Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
        };
        self.pids().filter_map(ticks).sum::<f64>() / 100.0
    }

    /// The most memory each process has held at a time so far, in bytes (Linux: `VmHWM`).
    pub(crate) fn peaks(&self) -> Vec<u64> {
        let peak = |pid: u32| {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
        };
        self.pids().filter_map(peak).collect()
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
