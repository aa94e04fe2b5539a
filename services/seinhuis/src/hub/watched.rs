//! How a process is watched from outside: its measures, and the window to look in by. It begins before anything else, so
//! that a process that waits for its database can be seen to live and not to be ready, and ends last.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use seinhuis_runtime::{Entropy, Supervisor};
use tokio::net::TcpListener;

use super::duties::Duties;
use super::health::Health;
use super::measures::Measures;
use super::ready::Ready;
use super::window::{AskReady, Window};
use crate::config::Config;

/// How long it may take to close the window.
const DEADLINE: Duration = Duration::from_secs(5);

/// What watches a process.
pub struct Watched {
    name: String,
    measures: Option<Measures>,
    serves: Arc<OnceLock<AskReady>>,
    supervisor: Supervisor,
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Watched {
    /// Opens the window, where the settings have one, and begins to measure.
    ///
    /// # Errors
    /// When the port is taken, or measures can't be sent where they are to go.
    pub async fn begin(config: &Config) -> anyhow::Result<Self> {
        let name = seinhuis_runtime::process::name(&Entropy::os());
        let settings = &config.telemetry;
        let measures = Measures::begin(settings, name.clone())?;
        let watched = Self { name, measures, serves: Arc::default(), supervisor: Supervisor::new() };
        if let (Some(address), Some(measures)) = (settings.listen, &watched.measures) {
            let listener = TcpListener::bind(address).await;
            let listener =
                listener.with_context(|| format!("telemetry.listen: can't listen on {address}"))?;
            tracing::info!(address = %listener.local_addr()?, "machines that watch can look in");
            let serves = Arc::clone(&watched.serves);
            let ready = move || serves.get().map_or_else(Ready::not_yet, |ask| ask());
            let window = Window { measures: measures.clone(), ready: Arc::new(ready) };
            watched.supervisor.spawn("window", window.serve(listener, watched.supervisor.draining()));
        }
        Ok(watched)
    }

    /// What the process is called, among those of its hub.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What it measures into.
    pub(super) fn measures(&self) -> Option<Measures> {
        self.measures.clone()
    }

    /// From here on `health` and `duties` say whether it is ready.
    pub(super) fn serves(&self, health: Health, duties: Duties) {
        // A process serves once.
        let _ = self.serves.set(Arc::new(move || Ready::of(&health, &duties)));
    }

    /// Closes the window, and sends what was measured last.
    pub(super) async fn end(self) {
        if let Err(cut) = self.supervisor.drain(DEADLINE).await {
            tracing::debug!(%cut, "somebody still looked in");
        }
        if let Some(measures) = self.measures {
            // It blocks; a task that dies has nobody to tell.
            let _ = tokio::task::spawn_blocking(move || measures.close()).await;
        }
    }
}
