//! Between processes: says how far the log is when this one wrote to it, and hears it of the others. A hint either way:
//! the log is also looked at now and then, so that losing all hints costs a quarter of a second and nothing else.

use std::time::Duration;

use seinhuis_bus::Bus;
use seinhuis_eventstore::{Log, Position};
use seinhuis_runtime::trace::{Kind, Step};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::health::Health;

/// Between two looks at a log of which nothing is heard.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Between two looks whatever is heard: the log may grow thousands of times a second, and one look sees all of it.
const BREATH: Duration = Duration::from_millis(2);

/// Says how far the log is, whenever this process sees it grow.
pub(super) async fn tell(
    log: Log,
    bus: Bus,
    drain: CancellationToken,
) -> Result<(), std::convert::Infallible> {
    let (mut heads, mut said) = (log.watch(), Position::START);
    loop {
        tokio::select! {
            () = drain.cancelled() => return Ok(()),
            head = heads.past(said) => {
                bus.announce_in(head.0, log.take_traced());
                said = head;
            }
        }
    }
}

/// Looks at the log when it is said to have grown, and now and then in any case. Whoever follows it in this process is
/// woken by that.
pub(super) async fn hear(
    log: Log,
    bus: Bus,
    health: Health,
    drain: CancellationToken,
) -> Result<(), std::convert::Infallible> {
    let mut heard = bus.heads();
    loop {
        tokio::select! {
            () = drain.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK_AGAIN) => {}
            () = news(&mut heard, &log) => {}
        }
        let step = Step::within("process wake-up", Kind::Consumer, bus.heard_in());
        step.word("messaging.system", "nats").word("messaging.operation.type", "process");
        let looked = step.run(log.look()).await;
        drop(step);
        if let Err(fault) = &looked {
            tracing::debug!(fault = fault as &dyn std::error::Error, "the log doesn't answer");
        }
        health.reachable(looked.is_ok()).await;
        tokio::time::sleep(BREATH).await;
    }
}

/// Resolves when the log is said to be longer than it is known to be here. What was said before is not looked at twice:
/// it may have been wrong.
async fn news(heard: &mut watch::Receiver<u64>, log: &Log) {
    while heard.changed().await.is_ok() {
        if *heard.borrow_and_update() > log.head().0 {
            return;
        }
    }
    std::future::pending().await
}
