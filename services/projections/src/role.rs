//! Roles: what follows the log and acts on it. All go on through faults that may pass, in one way.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::fault::Fault;

/// How long to wait after a fault that may pass.
const PAUSE: Duration = Duration::from_secs(1);

/// Something that follows the log and acts on what it finds.
pub trait Role: Send {
    /// How the log names it, as in `role:casework`.
    const ACTOR: &'static str;

    /// Works until `drain` is cancelled or something fails. Can be called again after a fault.
    fn go_on(&mut self, drain: &CancellationToken) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Has a role work until the hub drains. A fault that may pass is logged and the role goes on after a pause; an event
/// that can't be understood ends it.
pub async fn work<R: Role>(mut role: R, drain: CancellationToken) -> Result<(), Fault> {
    loop {
        match role.go_on(&drain).await {
            Err(fault) if fault.is_passing() => {
                tracing::warn!(role = R::ACTOR, fault = &fault as &dyn std::error::Error, "trying again");
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    () = drain.cancelled() => return Ok(()),
                }
            }
            ended => return ended,
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_eventstore::Trouble;
    use std::sync::Arc;

    /// Fails so often with what may pass, then for good.
    struct Stumbling(u32);

    impl Role for Stumbling {
        const ACTOR: &'static str = "role:stumbling";

        async fn go_on(&mut self, _: &CancellationToken) -> Result<(), Fault> {
            match self.0.checked_sub(1) {
                Some(left) => {
                    self.0 = left;
                    let source = Arc::new(std::io::Error::other("busy"));
                    Err(Fault::Unavailable { what: "answer", trouble: Trouble::Locked, source })
                }
                None => Err(Fault::Address { url: "nowhere".into() }),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_pass_is_tried_again_and_what_may_not_ends_the_role() {
        let ended = work(Stumbling(3), CancellationToken::new()).await;
        assert!(matches!(ended, Err(Fault::Address { .. })), "{ended:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_drain_ends_the_wait() {
        let drain = CancellationToken::new();
        drain.cancel();
        assert!(work(Stumbling(u32::MAX), drain).await.is_ok());
    }
}
