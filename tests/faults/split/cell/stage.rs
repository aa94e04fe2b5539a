//! The hub of a cell: its processes, the proxies on the way to its servers, and the callers before it.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use seinhuis_domain::event::Event;
use seinhuis_eventstore::Log;
use seinhuis_testkit::{HubProcess, Placed, Proxy, Served};
use tokio::task::block_in_place;

use super::versions;
use crate::fault::{Fault, Server};
use crate::ground::{Addresses, Ground};
use crate::load::Amount;
use crate::scene::{Run, SPEED, Scene};

/// Signals that are acknowledged before the fault, and after it.
pub(crate) const SOME: usize = 60;
/// Mails that came in before the fault: then everything is at work.
const MAILS: usize = 3;
/// What the feed takes under so many signals.
const ROLLING_FEED_BYTES: &str = "1073741824";
/// How long something may take that has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A hub at work.
pub(crate) struct Stage {
    pub(crate) scene: Scene,
    pub(crate) served: Served,
    pub(crate) run: Run,
    /// The way of the role that is to be cut off.
    pub(crate) proxy: Option<Proxy>,
    /// To look at the log from where the fault is made.
    pub(crate) log: Log,
    pub(crate) random: fastrand::Rng,
}

impl Stage {
    /// Starts all of it, and returns once everything is at work.
    pub(crate) async fn set(ground: &mut Ground, fault: Fault, seed: u64) -> Self {
        let (mut hub, addresses) = ground.hub();
        if fault == Fault::Rolling {
            hub = hub.with("SEINHUIS_FEED__BYTES", ROLLING_FEED_BYTES);
        }
        if fault == Fault::NatsAway {
            ground.nats.kill().unwrap();
        }
        let scene = block_in_place(|| Scene::on(hub, speed(fault))).publishing(addresses.feed.clone());
        let (plan, proxy) = plan(ground, fault, &addresses, &scene);
        let served = block_in_place(|| scene.hub.serve_as(&plan)).unwrap();
        let urls = |role: &str| served.with_role(role).map(|process| process.url.clone()).collect::<Vec<_>>();
        let log = Log::open(&addresses.log).await.unwrap();
        let looks_on = Log::open(&addresses.log).await.unwrap();
        let run = scene.begin(looks_on, urls("ingest"), urls("monitor"), amount(fault, ground), seed).await;
        let stage = Self { scene, served, run, proxy, log, random: fastrand::Rng::with_seed(seed) };
        stage.run.acknowledged(SOME).await;
        stage.until("mails", |stage| stage.run.watch.with(|seen| seen.mails.len() >= MAILS)).await;
        stage
    }

    /// Waits for something to be so.
    pub(crate) async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(Instant::now() < until, "no {what} in {PATIENCE:?}: {}", self.scene.hub.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// How far the log is. It is asked again while it answers over connections that its server has let go.
    pub(crate) async fn head(&self) -> u64 {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.log.look().await {
                Ok(head) => return head.0,
                Err(fault) => assert!(Instant::now() < until, "the log is out of reach: {fault}"),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Signals a second that the log took in from `since`, when it ended at `head`, up to now.
    pub(crate) async fn rate(&self, since: Instant, head: u64) -> f64 {
        let (now, end) = (Instant::now(), self.head().await);
        let is_read = |stage: &Self| {
            stage.run.watch.with(|seen| seen.log.last().is_some_and(|last| last.position >= end))
        };
        self.until("look at the log", is_read).await;
        let signals = self.run.watch.with(|seen| {
            let between = seen.log.iter().filter(|entry| entry.position > head && entry.position <= end);
            between.filter(|entry| matches!(entry.event, Event::Signal(_))).count()
        });
        signals as f64 / (now - since).as_secs_f64()
    }

    /// The process that holds the lease of a role.
    pub(crate) async fn leading(&self, role: &str) -> &HubProcess {
        self.until("leader", |stage| stage.leads(role).is_some()).await;
        self.leads(role).unwrap()
    }

    pub(super) fn leads(&self, role: &str) -> Option<&HubProcess> {
        let holder = self.run.watch.with(|seen| {
            let of_role = seen.leases.iter().rev().find(|(_, lease)| lease.lease == role);
            of_role.map(|(_, lease)| lease.holder.clone())
        })?;
        // A holder is called by its host, its process id and a random part.
        let pid: u32 = holder.rsplit(':').nth(1)?.parse().ok()?;
        self.served.with_role(role).find(|process| process.pid() == pid)
    }
}

fn amount(fault: Fault, ground: &Ground) -> Amount {
    let usual = Amount { signals: 80.0, acts: 8.0, households: 60, alone: 3 };
    match fault {
        // So many signals that they are to join cases: each case brings notices, which go out one after the other.
        Fault::Rolling => Amount { signals: ground.rolling, households: 600, alone: 30, ..usual },
        // It takes long, and has twice as many processes.
        Fault::Versions => Amount { signals: 40.0, acts: 4.0, ..usual },
        _ => usual,
    }
}

/// Fewer climbs where there are more cases, so that everybody is told by the end.
fn speed(fault: Fault) -> f64 {
    if fault == Fault::Rolling { SPEED / 5.0 } else { SPEED }
}

/// The processes, with what those of the role that is struck have of their own.
fn plan(ground: &Ground, fault: Fault, addresses: &Addresses, scene: &Scene) -> (Vec<Placed>, Option<Proxy>) {
    let mut plan = fault.plan();
    let mut proxy = None;
    match fault {
        Fault::Cut(role, server) => {
            let port = match server {
                Server::Postgres => ground.postgres.port(),
                Server::Nats => ground.nats.port(),
            };
            let way = Proxy::start(port.unwrap()).unwrap();
            // An address on another server stays as it is.
            let by_way_of_it = addresses
                .settings()
                .into_iter()
                .filter_map(|(name, url)| Some((name, way.address(&url).ok()?)));
            let own = by_way_of_it.fold(Placed::role(role), |placed, (name, url)| placed.with(name, &url));
            for placed in plan.iter_mut().filter(|placed| **placed == Placed::role(role)) {
                placed.clone_from(&own);
            }
            proxy = Some(way);
        }
        Fault::Clock(role, hours) => {
            let start = scene.pace.start + SignedDuration::from_hours(hours);
            plan.pop();
            plan.push(Placed::role(role).with("SEINHUIS_CLOCK__START", &start.to_string()));
        }
        Fault::Versions => versions::second_of_each(&mut plan, ground),
        _ => {}
    }
    (plan, proxy)
}

/// Stops all processes in order; names those that did not end well.
pub(crate) fn stop(served: &Served) -> Vec<String> {
    match block_in_place(|| served.stop()) {
        Ok(0) => vec![],
        Ok(code) => vec![format!("a process ended with exit code {code}")],
        Err(error) => vec![format!("{error:#}")],
    }
}
