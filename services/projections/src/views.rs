//! A file of read models, or a place for them in a database: opening it, taking pages in, and waiting for it to get
//! somewhere.

mod beside;
mod checkpoint;
mod fence;
mod look;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use seinhuis_eventstore::{Fence, Position};
use tokio::sync::watch;

use crate::backend::{Backend, Change, Draft, Snapshot};
use crate::cell::{Cell, Cells};
use crate::entry::Entry;
use crate::fault::{Fault, NotYet};
use crate::model::Model;

pub(crate) use beside::Claim;
pub(crate) use checkpoint::{Checkpoint, checkpoints};

/// Read models in one place, open. Clones are the same place.
#[derive(Debug, Clone)]
pub struct Views {
    shared: Arc<Shared>,
    /// Shown with every change.
    fence: Option<Fence>,
}

#[derive(Debug)]
struct Shared {
    backend: Arc<Backend>,
    models: Vec<Model>,
    /// Those that were of another version when this was opened.
    others: Vec<(Model, u32)>,
    /// Others follow the log into them.
    looks: bool,
    progress: watch::Sender<Position>,
    /// Up to where others say they are.
    hinted: watch::Sender<Position>,
}

/// What became of a page.
#[derive(Debug)]
pub(crate) struct Taken {
    /// Up to where all are that were to take it in.
    pub(crate) at: Position,
    /// Those that can't go on, and what each of them stands before.
    pub(crate) stopped: Vec<(Model, Entry)>,
}

/// The least position of these models.
fn least<'a>(held: impl Iterator<Item = &'a Checkpoint>) -> Position {
    held.map(|at| at.position).min().unwrap_or_default()
}

impl Views {
    /// Opens the file at `url`, as in `sqlite:/var/lib/seinhuis/views.sqlite`, making it when it isn't there, or the
    /// place in the database at `postgres://…`, which all models share. The folder or the database must exist. A model
    /// that another version of the program made is asked as it is until a follower has rebuilt it.
    pub async fn open(url: &str, models: &[Model]) -> Result<Self, Fault> {
        let mut shared = Shared::new(Backend::open(url).await?, models, false);
        let mut change = shared.backend.begin_making().await?;
        let (position, others) = checkpoint::prepare(&mut change, &shared.models).await?;
        shared.others = others;
        change.commit().await?;
        shared.progress.send_replace(position);
        Ok(Self { shared: Arc::new(shared), fence: None })
    }

    /// The same place, for the holder of a lease: once a later holder has shown his epoch there, nothing gets in through
    /// this handle any more.
    #[must_use]
    pub fn under(&self, fence: Option<Fence>) -> Self {
        Self { shared: Arc::clone(&self.shared), fence }
    }

    /// Shows the epoch of the fence, so that from here on nothing of an earlier holder gets in. Without a fence there
    /// is nothing to show.
    pub async fn raise(&self) -> Result<(), Fault> {
        if self.fence.is_none() {
            return Ok(());
        }
        let mut change = self.begin().await?;
        change.last().await?;
        change.commit().await
    }

    /// The models in it.
    pub fn models(&self) -> &[Model] {
        &self.shared.models
    }

    /// Up to where all of them have taken the log in.
    pub fn position(&self) -> Position {
        *self.shared.progress.borrow()
    }

    /// Sees [`Views::position`] move.
    pub fn progress(&self) -> watch::Receiver<Position> {
        self.shared.progress.subscribe()
    }

    /// Returns once all models have taken the log in up to `position`, so that who wrote there reads what he wrote.
    pub async fn reached(&self, position: Position, timeout: Duration) -> Result<(), NotYet> {
        let mut progress = self.progress();
        let there = progress.wait_for(|at| *at >= position);
        // The sender is ours, so the wait can't end for lack of one.
        let reached = tokio::time::timeout(timeout, there).await.is_ok();
        if reached { Ok(()) } else { Err(NotYet { wanted: position, at: self.position() }) }
    }

    /// Closes it. Clones are of no more use then.
    pub async fn close(self) {
        self.shared.backend.close().await;
    }

    /// Has the models `going` take in entries that follow each other, in one transaction with how far that is. What a model
    /// has taken in before, it skips; before what it can't understand it stops, and keeps what it has.
    pub(crate) async fn take(&self, page: &[Entry], going: &[Model]) -> Result<Taken, Fault> {
        let (Some(first), Some(last)) = (page.first(), page.last()) else {
            return Ok(Taken { at: self.position(), stopped: vec![] });
        };
        let mut change = self.begin().await?;
        // Read anew in every change: somebody else may follow into the same place, and a database that crashed may have
        // lost its last changes. Then these entries come too early.
        let mut held = checkpoint::hold(&mut change, self.models()).await?;
        let goes = |at: &Checkpoint| going.contains(&at.model);
        let (mut stopped, mut reached) = (Vec::new(), BTreeMap::<usize, Vec<Model>>::new());
        if least(held.iter().filter(|at| goes(at))).0 + 1 >= first.position().0 {
            for at in held.iter_mut().filter(|at| goes(at) && at.position < last.position()) {
                let from = page.partition_point(|entry| entry.position() <= at.position);
                let poison = page[from..].iter().position(|entry| entry.stops(at.model)).map(|n| from + n);
                stopped.extend(poison.map(|poison| (at.model, page[poison].clone())));
                let until = poison.unwrap_or(page.len());
                if until > from {
                    at.model.apply(&page[from..until], &mut Draft::Stored(&mut change)).await?;
                    at.position = page[until - 1].position();
                    reached.entry(until - 1).or_default().push(at.model);
                }
            }
        }
        for (last, models) in reached {
            checkpoint::advance(&mut change, &models, &page[last].recorded).await?;
        }
        change.commit().await?;
        self.shared.progress.send_replace(least(held.iter()));
        Ok(Taken { at: least(held.iter().filter(|at| goes(at))), stopped })
    }

    /// Empties `models` and has them begin again.
    pub(crate) async fn restart(&self, models: &[Model]) -> Result<(), Fault> {
        let mut change = self.begin().await?;
        for model in models {
            checkpoint::restart(&mut change, *model).await?;
        }
        change.commit().await?;
        self.shared.progress.send_replace(Position::START);
        Ok(())
    }

    /// Begins a change, unless a later holder of the lease was here.
    async fn begin(&self) -> Result<Change, Fault> {
        self.passed(self.shared.backend.begin().await?).await
    }

    /// Begins a change of the tables themselves, likewise.
    async fn begin_making(&self) -> Result<Change, Fault> {
        self.passed(self.shared.backend.begin_making().await?).await
    }

    /// # Panics
    /// When this was opened for asking only.
    async fn passed(&self, mut change: Change) -> Result<Change, Fault> {
        assert!(!self.shared.looks, "who only looks at read models was to change them");
        if let Some(fence) = &self.fence {
            fence::pass(&mut change, fence).await?;
        }
        Ok(change)
    }

    pub(crate) async fn snapshot(&self) -> Result<Snapshot, Fault> {
        self.shared.backend.snapshot().await
    }

    /// Asks `model` one question.
    pub(crate) async fn ask(
        &self,
        model: Model,
        sql: impl Into<String>,
        values: Vec<Cell>,
    ) -> Result<Vec<Cells>, Fault> {
        self.must_hold(model);
        self.shared.backend.fetch(model.name(), sql, values).await
    }

    /// # Panics
    /// When `model` isn't in this file: then the program asks the wrong one.
    pub(crate) fn must_hold(&self, model: Model) {
        assert!(
            self.shared.models.contains(&model),
            "{model} was asked of a file that holds {:?}",
            self.shared.models
        );
    }
}
