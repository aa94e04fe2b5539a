//! The faults, made.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use seinhuis_testkit::HubProcess;
use tokio::task::block_in_place;

use super::stage::{SOME, Stage};
use super::versions;
use crate::fault::{Blow, Fault, Server};
use crate::ground::Ground;
use crate::history::{Crash, Moment};

/// A pause lasts so long: longer than a lease lives, and than it takes to notice.
const PAUSE: std::ops::Range<f64> = 6.0..8.0;
/// A way is cut for so long.
const CUT: Duration = Duration::from_secs(4);

/// A role that was struck, when, and how far the log was.
#[derive(Debug, Clone)]
pub(crate) struct Struck {
    pub(crate) role: &'static str,
    pub(crate) at: Moment,
    pub(crate) head: u64,
    /// Whether another process stood by, so that a successor has to be at work in time.
    pub(crate) stood_by: bool,
}

/// A hub that has a fault behind it.
pub(crate) struct After {
    pub(crate) stage: Stage,
    pub(crate) role: Option<Struck>,
    /// Signals a second that were taken in meanwhile, where that is a figure.
    pub(crate) rate: Option<f64>,
}

/// Makes the fault, and what it takes to be well again.
pub(crate) async fn strike(mut stage: Stage, ground: &mut Ground, fault: Fault) -> After {
    let mut rate = None;
    let role = match fault {
        Fault::Alone(blow, role) => {
            let process = stage.served.process(role, 1);
            let (struck, crash) = blow_at(&stage, process, blow, role, false).await;
            stage.run.history.crashes.extend(crash);
            Some(struck)
        }
        Fault::Leading(blow, role) => {
            let process = stage.leading(role).await;
            let (struck, crash) = blow_at(&stage, process, blow, role, true).await;
            stage.run.history.crashes.extend(crash);
            Some(struck)
        }
        Fault::Clock(role, hours) => Some(other_clock(&mut stage, role, hours).await),
        Fault::Of(blow, server) => {
            of_server(&stage, ground, blow, server).await;
            // How soon after the server is back signals come in again.
            let (at, head) = (stage.run.watch.now(), stage.head().await);
            Some(Struck { role: "ingest", at, head, stood_by: false })
        }
        Fault::NatsWiped => {
            block_in_place(|| ground.nats.wipe()).unwrap();
            // Not what the relay had still to publish.
            stage.run.history.feed_lost_up_to = Some(stage.head().await);
            None
        }
        Fault::NatsAway => {
            stage.run.acknowledged(2 * SOME).await;
            None
        }
        Fault::Cut(..) => {
            cut(&stage).await;
            None
        }
        Fault::Rolling => {
            rate = Some(rolling(&stage).await);
            None
        }
        Fault::Versions => {
            versions::renew(&stage, ground).await;
            None
        }
    };
    if fault == Fault::NatsAway {
        block_in_place(|| ground.nats.restart()).unwrap();
    }
    After { stage, role, rate }
}

async fn blow_at(
    stage: &Stage,
    process: &HubProcess,
    blow: Blow,
    role: &'static str,
    stood_by: bool,
) -> (Struck, Option<Crash>) {
    let now = || stage.run.watch.now();
    match blow {
        Blow::Kill => process.kill().unwrap(),
        Blow::Pause => process.pause().unwrap(),
        Blow::Restart => assert_eq!(block_in_place(|| process.stop()).unwrap(), 0, "{}", process.log()),
    }
    let (at, head) = (now(), stage.head().await);
    let struck = Struck { role, at, head, stood_by };
    match blow {
        Blow::Kill | Blow::Restart if stood_by => {
            // The successor is to be another process, and not this one again.
            stage
                .until("successor", |stage| {
                    stage.run.watch.with(|seen| struck.work_of_successor(seen).is_some())
                })
                .await;
            block_in_place(|| process.start()).unwrap();
        }
        Blow::Kill | Blow::Restart => block_in_place(|| process.start()).unwrap(),
        Blow::Pause => {
            let long = PAUSE.start + (PAUSE.end - PAUSE.start) * stage.random.clone().f64();
            tokio::time::sleep(Duration::from_secs_f64(long)).await;
            process.resume().unwrap();
        }
    }
    // Who stops in order has told the log of everything it sent, and who is paused while nobody stands by still knows it.
    let forgets = blow == Blow::Kill || blow == Blow::Pause && stood_by;
    let crash = (role == "notify" && forgets).then(|| Crash { from: at, until: now() });
    (struck, crash)
}

/// The process with the right clock dies, and the other one, whose clock is off, does its work.
async fn other_clock(stage: &mut Stage, role: &'static str, hours: i64) -> Struck {
    let pace = stage.run.history.pace.as_mut().unwrap();
    // A clock that is behind is late, which is no fault; one that is ahead may be early by as much.
    pace.ahead = SignedDuration::from_hours(hours.max(0));
    let right = stage.served.process(role, 1);
    let leading = stage.leading(role).await;
    if !std::ptr::eq(right, leading) {
        // It was first to begin: the right one is to lead.
        assert_eq!(block_in_place(|| leading.stop()).unwrap(), 0);
        stage
            .until("other leader", |stage| stage.leads(role).is_some_and(|now| std::ptr::eq(now, right)))
            .await;
        block_in_place(|| leading.start()).unwrap();
    }
    let (struck, crash) = blow_at(stage, stage.served.process(role, 1), Blow::Kill, role, true).await;
    stage.run.history.crashes.extend(crash);
    struck
}

async fn of_server(stage: &Stage, ground: &mut Ground, blow: Blow, server: Server) {
    let long = Duration::from_secs_f64(PAUSE.start);
    match (server, blow) {
        (Server::Postgres, Blow::Pause) => {
            ground.pause_postgres();
            tokio::time::sleep(long).await;
            ground.resume_postgres();
        }
        (Server::Postgres, blow) => {
            if blow == Blow::Kill {
                ground.postgres.kill().unwrap();
            } else {
                block_in_place(|| ground.postgres.shut_down_immediately()).unwrap();
            }
            block_in_place(|| ground.postgres.restart()).unwrap();
        }
        (Server::Nats, Blow::Pause) => {
            seinhuis_testkit::signal("STOP", ground.nats.pid().unwrap()).unwrap();
            tokio::time::sleep(long).await;
            seinhuis_testkit::signal("CONT", ground.nats.pid().unwrap()).unwrap();
        }
        (Server::Nats, _) => {
            ground.nats.kill().unwrap();
            stage.run.acknowledged(SOME).await;
            block_in_place(|| ground.nats.restart()).unwrap();
        }
    }
}

async fn cut(stage: &Stage) {
    let proxy = stage.proxy.as_ref().unwrap();
    proxy.close();
    tokio::time::sleep(CUT).await;
    proxy.open();
}

/// One after the other stops in order and is started again, until each has been. Tells how many signals a second were taken in.
async fn rolling(stage: &Stage) -> f64 {
    let (since, head) = (Instant::now(), stage.head().await);
    for process in stage.served.processes() {
        assert_eq!(block_in_place(|| process.stop()).unwrap(), 0, "{}", process.log());
        block_in_place(|| process.start()).unwrap();
        stage.run.acknowledged(SOME).await;
    }
    stage.rate(since, head).await
}
