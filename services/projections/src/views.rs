//! A file of read models: opening it, taking pages in, and waiting for it to get somewhere.

mod checkpoint;

use std::sync::Arc;
use std::time::Duration;

use seinhuis_eventstore::Position;
use tokio::sync::watch;

use crate::backend::{Backend, Snapshot};
use crate::cell::{Cell, Cells};
use crate::entry::Entry;
use crate::fault::{Fault, NotYet};
use crate::model::Model;

pub(crate) use checkpoint::checkpoints;

/// Read models in one file, open. Clones are the same file.
#[derive(Debug, Clone)]
pub struct Views(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    backend: Backend,
    models: Vec<Model>,
    progress: watch::Sender<Position>,
}

impl Views {
    /// Opens the file at `url`, as in `sqlite:/var/lib/seinhuis/views.sqlite`, making it when it isn't there. The
    /// folder must exist. A model of another version than the file's begins again from the start of the log.
    pub async fn open(url: &str, models: &[Model]) -> Result<Self, Fault> {
        assert!(!models.is_empty(), "a file of read models holds at least one");
        let mut models = models.to_vec();
        models.sort_unstable();
        models.dedup();
        let backend = Backend::open(url).await?;
        let mut draft = backend.begin().await?;
        let position = checkpoint::prepare(&mut draft, &models).await?;
        draft.commit().await?;
        Ok(Self(Arc::new(Shared { backend, models, progress: watch::Sender::new(position) })))
    }

    /// The models in it.
    pub fn models(&self) -> &[Model] {
        &self.0.models
    }

    /// Up to where all of them have taken the log in.
    pub fn position(&self) -> Position {
        *self.0.progress.borrow()
    }

    /// Sees [`Views::position`] move.
    pub fn progress(&self) -> watch::Receiver<Position> {
        self.0.progress.subscribe()
    }

    /// Returns once all models have taken the log in up to `position`, so that who wrote there reads what he wrote.
    pub async fn reached(&self, position: Position, timeout: Duration) -> Result<(), NotYet> {
        let mut progress = self.progress();
        let there = progress.wait_for(|at| *at >= position);
        // The sender is ours, so the wait can't end for lack of one.
        let reached = tokio::time::timeout(timeout, there).await.is_ok();
        if reached { Ok(()) } else { Err(NotYet { wanted: position, at: self.position() }) }
    }

    /// Closes the file. Clones are of no more use then.
    pub async fn close(self) {
        self.0.backend.close().await;
    }

    /// Takes in entries that follow each other, in one transaction with how far that is. What a model has taken in
    /// before, it skips. Tells up to where all models are.
    pub(crate) async fn take(&self, page: &[Entry]) -> Result<Position, Fault> {
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(self.position()) };
        let mut draft = self.0.backend.begin().await?;
        // Read anew in every change: somebody else may follow into the same file.
        let before = checkpoint::read(&mut draft, &self.0.models).await?;
        for at in &before {
            let model = at.model;
            if at.position.0 + 1 < first.position().0 {
                return Err(Fault::Gap { model: model.name(), at: at.position, given: first.position() });
            }
            let news = &page[page.partition_point(|entry| entry.position() <= at.position)..];
            if !news.is_empty() {
                model.apply(news, &mut draft).await?;
                checkpoint::advance(&mut draft, model, &last.recorded).await?;
            }
        }
        draft.commit().await?;
        let reached = before.iter().map(|at| at.position.max(last.position())).min().unwrap_or_default();
        self.0.progress.send_replace(reached);
        Ok(reached)
    }

    /// Empties `models` and has them begin again.
    pub(crate) async fn restart(&self, models: &[Model]) -> Result<(), Fault> {
        let mut draft = self.0.backend.begin().await?;
        for model in models {
            checkpoint::restart(&mut draft, *model).await?;
        }
        draft.commit().await?;
        self.0.progress.send_replace(Position::START);
        Ok(())
    }

    pub(crate) async fn snapshot(&self) -> Result<Snapshot, Fault> {
        self.0.backend.snapshot().await
    }

    /// Asks `model` one question.
    pub(crate) async fn ask(
        &self,
        model: Model,
        sql: impl Into<String>,
        values: Vec<Cell>,
    ) -> Result<Vec<Cells>, Fault> {
        self.must_hold(model);
        self.0.backend.fetch(model.name(), sql, values).await
    }

    /// # Panics
    /// When `model` isn't in this file: then the program asks the wrong one.
    pub(crate) fn must_hold(&self, model: Model) {
        assert!(self.0.models.contains(&model), "{model} was asked of a file that holds {:?}", self.0.models);
    }
}
