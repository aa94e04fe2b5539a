//! `seinhuis serve`: the hub, until it is told to stop.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use jiff::Timestamp;
use seinhuis_runtime::trace::Otlp;
use seinhuis_runtime::{Clock, Entropy, process, telemetry};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::Surroundings;
use crate::config::{Flag, LogFormat};
use crate::hub::{Hub, Watched, manager};
use crate::say;

/// How long a drain may take.
const DRAIN: Duration = Duration::from_secs(20);

/// How long the last traces may take, which go when all else has ended. A manager of services gives both thirty seconds.
const FLUSH: Duration = Duration::from_secs(3);

/// Serves the hub.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// Address and port to listen on; port 0 takes any free one.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Lets other machines in without TLS.
    #[arg(long)]
    insecure: bool,
    /// The roles of this process, with a comma between.
    #[arg(long)]
    role: Option<String>,
}

impl ServeArgs {
    /// What these flags set.
    pub fn flags(&self) -> Vec<Flag> {
        let listen =
            self.listen.map(|at| Flag { name: "--listen", key: "listen.address", value: at.to_string() });
        let insecure =
            self.insecure.then(|| Flag { name: "--insecure", key: "listen.insecure", value: "true".into() });
        let roles = self.role.clone().map(|value| Flag { name: "--role", key: "serve.roles", value });
        listen.into_iter().chain(insecure).chain(roles).collect()
    }
}

/// Runs the command.
pub async fn run(_: ServeArgs, around: &Surroundings) -> anyhow::Result<()> {
    let format = match around.config.log.format {
        LogFormat::Pretty => telemetry::Format::Pretty,
        LogFormat::Json => telemetry::Format::Json,
    };
    let otlp = otlp(around);
    let telemetry = telemetry::init(format, &around.config.log.filter, otlp.as_ref(), &Entropy::os())?;
    let served = serve(around).await;
    telemetry.end(FLUSH).await;
    served
}

/// Where traces go, and from whom.
fn otlp(around: &Surroundings) -> Option<Otlp> {
    let (settings, roles) = (&around.config.telemetry, &around.config.serve.roles);
    Some(Otlp {
        endpoint: settings.otlp.clone()?,
        share: settings.sample,
        instance: process::name(&Entropy::os()),
        roles: roles.to_string(),
    })
}

async fn serve(around: &Surroundings) -> anyhow::Result<()> {
    let watched = Watched::begin(&around.config).await?;
    // Before anything is waited for: who is asked to stop meanwhile stops in order.
    let mut stop = pin!(stop()?);
    let started = tokio::select! {
        hub = start(around, watched) => Some(hub?),
        () = &mut stop => None,
    };
    let Some(hub) = started else { return Ok(()) };
    manager::serves(hub.title(), &hub.url());
    say!("seinhuis serves {} at {}", hub.title(), hub.url());
    until_stopped(hub, stop).await
}

async fn start(around: &Surroundings, watched: Watched) -> anyhow::Result<Hub> {
    let mut store = around.store_awaited().await?;
    let last = store.last_recorded().await?;
    store.clock = clock(around, last);
    if let Some(last) = last.filter(|last| *last > store.clock.now()) {
        // Nothing is lost by it, and nobody would notice: but terms of days before count from a time that is yet to come.
        tracing::warn!(%last, now = %store.clock.now(), "the clock stands before the last event of the log");
    }
    Hub::start_watched(&around.config, around.profile()?, store, watched).await
}

/// Lets the hub serve until the process is asked to stop or a task fails, and drains it.
pub async fn until_stopped(hub: Hub, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
    tokio::select! {
        () = stop => tracing::info!("stopping: finishing what is under way"),
        failure = hub.failed() => {
            tracing::error!(task = %failure.task, reason = %failure.reason, "a task failed; stopping");
            hub.drain(DRAIN).await?;
            anyhow::bail!("{} failed: {}", failure.task, failure.reason);
        }
    }
    hub.drain(DRAIN).await
}

/// The machine's clock, or a rehearsal's. A rehearsal goes on where the log left off, never before it; one that is anchored
/// is wherever its other processes are.
pub(crate) fn clock(around: &Surroundings, last: Option<Timestamp>) -> Clock {
    let settings = &around.config.clock;
    if !settings.is_rehearsal() {
        return Clock::system();
    }
    if let (Some(start), Some(anchor)) = (settings.start, settings.anchor) {
        return Clock::anchored(start, settings.speed, anchor);
    }
    let start = settings.start.unwrap_or_else(|| Clock::system().now());
    Clock::rehearsal(last.map_or(start, |last| last.max(start)), settings.speed)
}

/// Listens from now on for whoever asks the process to stop; resolves when somebody does.
pub fn stop() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
