//! What the manager of services (systemd) is told: that the process serves, that it stops, and that it is alive
//! (sd_notify(3)). Without one, nobody is told.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;

/// Says that the process serves.
pub fn serves(title: &str, url: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(&format!("serves {title} at {url}"))]);
}

/// Says that the process finishes what is under way.
pub fn stops() {
    tell(&[NotifyState::Stopping, NotifyState::Status("finishing what is under way")]);
}

/// Says that the process is alive, at twice the pace that is asked for, until `drain` is cancelled. Whoever is stuck so
/// that no task gets its turn says nothing, and is started anew.
pub(super) async fn alive(drain: CancellationToken) -> Result<(), std::convert::Infallible> {
    let Some(within) = sd_notify::watchdog_enabled() else { return Ok(()) };
    let pace = (within / 2).max(Duration::from_millis(1));
    loop {
        tell(&[NotifyState::Watchdog]);
        tokio::select! {
            () = drain.cancelled() => return Ok(()),
            () = tokio::time::sleep(pace) => {}
        }
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(error = &error as &dyn std::error::Error, "the manager of services can't be told");
    }
}
