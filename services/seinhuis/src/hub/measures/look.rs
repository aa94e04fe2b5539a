//! What stands in the log and the read models, looked at every few seconds by a process that answers people: it sees all of
//! them, wherever their followers work. What can't be looked at is told by nobody, rather than as it was.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use seinhuis_eventstore::{Holding, Leases, Log, Position};
use seinhuis_monitor::{FollowerProgress, MonitorViews};
use seinhuis_projections::Fault;
use seinhuis_runtime::{Clock, Meter};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::declared as d;
use crate::role::Role;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(5);

/// What is looked at.
pub(in crate::hub) struct Looks {
    pub(in crate::hub) log: Log,
    pub(in crate::hub) leases: Leases,
    pub(in crate::hub) views: MonitorViews,
    pub(in crate::hub) followers: Vec<FollowerProgress>,
    pub(in crate::hub) clock: Clock,
}

/// What was seen last; nothing of what could not be looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::hub) struct Looked {
    lags: Vec<Lag>,
    leases: Vec<Holding>,
    overdue: Option<Duration>,
    outbox: Option<Duration>,
    dead: Option<u64>,
}

/// How far a follower is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Lag {
    follower: String,
    events: u64,
    time: Duration,
}

/// Looks until `drain` is cancelled, and tells `looked`.
pub(in crate::hub) async fn look(
    looks: Looks,
    looked: watch::Sender<Looked>,
    drain: CancellationToken,
) -> Result<(), std::convert::Infallible> {
    loop {
        looked.send_replace(looks.once().await);
        tokio::select! {
            () = drain.cancelled() => return Ok(()),
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

impl Looks {
    async fn once(&self) -> Looked {
        let now = self.clock.now();
        let mut looked = Looked::default();
        for FollowerProgress { name, position, .. } in &self.followers {
            let at = *position.borrow();
            if let Some((events, time)) = seen(self.behind(at, now).await) {
                looked.lags.push(Lag { follower: name.clone(), events, time });
            }
        }
        looked.leases = seen(self.leases.list().await.map_err(Fault::Log)).unwrap_or_default();
        let waits = |since: Option<Timestamp>| since.map_or(Duration::ZERO, |since| passed(since, now));
        looked.overdue = seen(self.views.timers.first_due().await).map(waits);
        looked.outbox = seen(self.views.notices.oldest_unsettled(now).await).map(waits);
        looked.dead = seen(self.views.notices.dead_count().await);
        looked
    }

    /// How many events come after `at`, and how long the first of them has been there.
    async fn behind(&self, at: Position, now: Timestamp) -> Result<(u64, Duration), Fault> {
        let events = self.log.head().0.saturating_sub(at.0);
        if events == 0 {
            return Ok((0, Duration::ZERO));
        }
        let first = self.log.read(at, 1).await.map_err(Fault::Log)?.events.pop();
        Ok((events, first.map_or(Duration::ZERO, |first| passed(first.recorded_at, now))))
    }
}

/// How long ago something was, or nothing if it is yet to come.
fn passed(since: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(since).max(SignedDuration::ZERO)).unwrap_or_default()
}

fn seen<T>(answer: Result<T, Fault>) -> Option<T> {
    answer.inspect_err(|fault| tracing::debug!(%fault, "what is measured can't be looked at")).ok()
}

/// Has `meter` tell what `looked` says.
pub(super) fn observe(meter: &Meter, looked: &watch::Receiver<Looked>) {
    let lags = |metric, figure: fn(&Lag) -> f64| {
        let looked = looked.clone();
        meter.observe(metric, move |tell| {
            for lag in &looked.borrow().lags {
                tell(figure(lag), &[("follower", &lag.follower)]);
            }
        });
    };
    lags(&d::LAG, |lag| lag.events as f64);
    lags(&d::LAG_DURATION, |lag| lag.time.as_secs_f64());
    let leases = |metric, figure: fn(&Holding) -> f64| {
        let looked = looked.clone();
        meter.observe(metric, move |tell| {
            for lease in &looked.borrow().leases {
                tell(figure(lease), &[("role", &lease.name)]);
            }
        });
    };
    leases(&d::TAKEN, |lease| lease.epoch as f64);
    leases(&d::HELD, |lease| f64::from(!lease.left.is_zero()));
    let one = |metric, figure: fn(&Looked) -> Option<f64>| {
        let looked = looked.clone();
        meter.observe(metric, move |tell| {
            if let Some(figure) = figure(&looked.borrow()) {
                tell(figure, &[]);
            }
        });
    };
    one(&d::OVERDUE, |looked| looked.overdue.map(|overdue| overdue.as_secs_f64()));
    one(&d::OUTBOX, |looked| looked.outbox.map(|age| age.as_secs_f64()));
    one(&d::DEAD, |looked| looked.dead.map(|dead| dead as f64));
    one(&d::CHECKPOINT, |looked| {
        let signed = looked.lags.iter().find(|lag| lag.follower == Role::Proof.name());
        signed.map(|lag| lag.time.as_secs_f64())
    });
}
