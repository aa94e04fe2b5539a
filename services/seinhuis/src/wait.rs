//! Waiting for what isn't there yet: processes may be started in any order, and a database may come up after them.

use std::fmt::Display;
use std::time::Duration;

use seinhuis_eventstore::{Fault, Trouble};

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(500);
/// How many tries go by without a word while the reason stays the same: half a minute.
const QUIET: u32 = 60;

/// What was to be opened, however long that takes; only a fault that no waiting cures ends it. Each reason is said once,
/// and again now and then while it lasts.
pub(crate) async fn opened<T, F: std::error::Error>(
    what: impl Display,
    passes: impl Fn(&F) -> bool,
    mut open: impl AsyncFnMut() -> Result<T, F>,
) -> Result<T, F> {
    let (mut said, mut tries) = (String::new(), 0_u32);
    loop {
        let fault = match open().await {
            Err(fault) if passes(&fault) => fault,
            done => {
                if !said.is_empty() && done.is_ok() {
                    tracing::info!("{what} is there");
                }
                return done;
            }
        };
        let reason = in_one_line(&fault);
        if reason != said || tries >= QUIET {
            tracing::warn!("waiting for {what}: {reason}");
            (said, tries) = (reason, 0);
        }
        tries += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether a database may simply not be up yet.
pub(crate) fn may_come(fault: &Fault) -> bool {
    matches!(fault, Fault::Unavailable { trouble: Trouble::OutOfReach | Trouble::Locked, .. })
}

fn in_one_line(fault: &dyn std::error::Error) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod specs {
    use super::*;
    use std::sync::Arc;

    fn away(trouble: Trouble) -> Fault {
        let source = Arc::new(std::io::Error::other("connection refused"));
        Fault::Unavailable { what: "connect", trouble, source }
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_come_is_waited_for() {
        let mut left = 200;
        let there = opened("the log", may_come, async || {
            left -= 1;
            if left == 0 { Ok("open") } else { Err(away(Trouble::OutOfReach)) }
        });
        assert_eq!(there.await.ok(), Some("open"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_no_waiting_cures_is_said_at_once() {
        let mut tries = 0;
        let never: Result<(), _> = opened("the log", may_come, async || {
            tries += 1;
            Err(away(Trouble::Other))
        })
        .await;
        assert!(never.is_err() && tries == 1);
    }

    #[test]
    fn a_reason_is_one_line_with_its_causes() {
        let said = in_one_line(&away(Trouble::OutOfReach));
        assert_eq!(said, "the database can't connect: it is out of reach: connection refused");
    }
}
