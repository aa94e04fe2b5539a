//! Read models seen from a process that doesn't follow the log into them: how far they are, it has to ask.

use std::time::Duration;

use seinhuis_eventstore::Position;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::checkpoint::{self, Checkpoint};
use super::{Shared, Views};
use crate::backend::Backend;
use crate::fault::Fault;
use crate::model::Model;

/// How often it is looked how far the models are. A hint may be lost; this is what can be relied upon.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// How soon it is looked again for what a hint has promised and isn't there yet; from there, twice as long each time.
const SOON: Duration = Duration::from_millis(2);
/// How long to wait after a fault that may pass.
const PAUSE: Duration = Duration::from_secs(1);

impl Views {
    /// Opens what is at `url` for asking only: nothing is made there, nothing begins again. Where nobody has followed the
    /// log into the models yet, they are at its start, and a question meets [`Fault::NotMade`]. How far they are moves
    /// while [`Views::follow_progress`] runs.
    pub async fn look_in(url: &str, models: &[Model]) -> Result<Self, Fault> {
        let shared = Shared::new(Backend::look_in(url)?, models, true);
        let views = Self { shared: shared.into(), fence: None };
        let position = views.look().await?;
        views.shared.progress.send_replace(position);
        Ok(views)
    }

    /// Whether somebody has made all of the models, so that questions are answered.
    pub async fn are_made(&self) -> Result<bool, Fault> {
        let made = |found: Vec<Checkpoint>| found.len() == self.models().len();
        Ok(self.anything_is_made().await?
            && checkpoint::look(&self.shared.backend, self.models()).await.map(made)?)
    }

    /// Says that somebody has taken the log in up to `position`: it is looked for at once.
    pub fn hint(&self, position: Position) {
        self.shared
            .hinted
            .send_if_modified(|known| std::mem::replace(known, position.max(*known)) < position);
    }

    /// Keeps up with how far others take the log in, until `drain` is cancelled. A fault that may pass is logged and it
    /// is looked again.
    pub async fn follow_progress(self, drain: CancellationToken) -> Result<(), Fault> {
        let mut hints = self.shared.hinted.subscribe();
        let mut pause = SOON;
        loop {
            let promised = *hints.borrow_and_update();
            let failed = match self.look().await {
                Ok(position) => {
                    self.moved_to(position);
                    pause = if position < promised { LOOK_AGAIN.min(pause * 2) } else { LOOK_AGAIN };
                    false
                }
                Err(fault) if fault.is_passing() => {
                    tracing::warn!(%fault, "can't see how far the read models are, looking again");
                    pause = PAUSE;
                    true
                }
                Err(fault) => return Err(fault),
            };
            tokio::select! {
                () = drain.cancelled() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
                // The sender is ours, so this ends only with news. What can't be seen is no nearer for it.
                _ = hints.changed(), if !failed => pause = SOON,
            }
        }
    }

    fn moved_to(&self, position: Position) {
        self.shared.progress.send_if_modified(|at| std::mem::replace(at, position) != position);
    }

    /// Up to where all of them are, whatever version of the program made them: that is what is asked until they are rebuilt.
    /// One that isn't there is at the start.
    pub async fn look(&self) -> Result<Position, Fault> {
        if self.anything_is_made().await? {
            let found = checkpoint::look(&self.shared.backend, self.models()).await?;
            Ok(checkpoint::least(&found, self.models()))
        } else {
            Ok(Position::START)
        }
    }

    /// Asked first: a database writes every question for a table that isn't there into its own log.
    async fn anything_is_made(&self) -> Result<bool, Fault> {
        if self.position() > Position::START {
            return Ok(true);
        }
        match self.shared.backend.holds(&checkpoint::CHECKPOINT).await {
            Err(Fault::NotMade { .. }) => Ok(false),
            found => found,
        }
    }
}

impl Shared {
    pub(super) fn new(backend: Backend, models: &[Model], looks: bool) -> Self {
        assert!(!models.is_empty(), "a file of read models holds at least one");
        let mut models = models.to_vec();
        models.sort_unstable();
        models.dedup();
        let (progress, hinted) = (watch::Sender::default(), watch::Sender::default());
        Self { backend: backend.into(), models, others: vec![], looks, progress, hinted }
    }
}
