//! A part of a rebuild: models that lie in one place, and are swapped together.

use std::sync::Arc;
use std::time::Instant;

use seinhuis_eventstore::{Log, Position};
use tokio::task::JoinHandle;

use super::lane::{Lane, lanes};
use super::{FEW, Rebuilt};
use crate::backend::{Memory, Spilt};
use crate::entry::Entry;
use crate::fault::{Fault, NotYet};
use crate::model::Model;
use crate::views::{Claim, Views};

/// Models of one place under way.
pub(super) struct Part {
    views: Views,
    models: Vec<Model>,
    claim: Claim,
    lanes: Vec<Lane>,
    taking: Vec<JoinHandle<Result<Lane, Fault>>>,
    /// Up to where the lanes are, and the leaf there.
    pub(super) at: Position,
    leaf: Vec<u8>,
}

impl Part {
    /// Goes on with what lies beside `models`, or begins.
    pub(super) async fn claim(
        views: Views,
        models: Vec<Model>,
        in_lanes: usize,
        log: &Log,
    ) -> Result<Self, Fault> {
        let mut claim = views.claim(&models).await?;
        if let Some(before) = claim.position.0.checked_sub(1) {
            let page = log.read(Position(before), 1).await.map_err(Fault::Log)?;
            if page.events.first().is_none_or(|event| event.leaf[..] != claim.leaf[..]) {
                views.begin_again(&mut claim).await?;
            }
        }
        let lanes = lanes(&models, in_lanes, || Memory::before(views.behind(&claim)));
        let (at, leaf) = (claim.position, claim.leaf.clone());
        Ok(Self { views, models, claim, lanes, taking: vec![], at, leaf })
    }

    /// Goes on from what is written.
    pub(super) async fn again(self, in_lanes: usize, log: &Log) -> Result<Self, Fault> {
        Self::claim(self.views, self.models, in_lanes, log).await
    }

    pub(super) fn models(&self) -> impl Iterator<Item = Model> {
        self.models.iter().copied()
    }

    /// About how much memory its rows take.
    pub(super) fn bytes(&self) -> usize {
        self.lanes.iter().map(|lane| lane.memory.bytes()).sum()
    }

    /// Has its lanes begin to take in what is news of the page.
    pub(super) fn begin(&mut self, page: &Arc<[Entry]>) {
        let Some(last) = page.last().filter(|last| last.position() > self.at) else { return };
        let at = self.at;
        let take = |lane: Lane| tokio::spawn(lane.take(Arc::clone(page), at));
        self.taking = std::mem::take(&mut self.lanes).into_iter().map(take).collect();
        (self.at, self.leaf) = (last.position(), last.recorded.leaf.to_vec());
    }

    /// Returns once they have.
    pub(super) async fn taken(&mut self) -> Result<(), Fault> {
        for taking in self.taking.drain(..) {
            match taking.await {
                Ok(lane) => self.lanes.push(lane?),
                Err(ended) => std::panic::resume_unwind(ended.into_panic()),
            }
        }
        Ok(())
    }

    /// Writes what memory holds into the tables beside.
    pub(super) async fn write(&mut self) -> Result<(), Fault> {
        if self.at == self.claim.position {
            return Ok(());
        }
        let spilt = self.spilt();
        self.views.fill(&mut self.claim, spilt, (self.at, self.leaf.clone())).await?;
        for lane in &mut self.lanes {
            if let Some(behind) = self.views.behind(&self.claim) {
                lane.memory.lies_behind(behind);
            }
        }
        Ok(())
    }

    /// The same, and makes the indexes.
    pub(super) async fn write_all(&mut self) -> Result<(), Fault> {
        self.write().await?;
        if self.at > Position::START { self.views.index_beside(&mut self.claim).await } else { Ok(()) }
    }

    fn spilt(&mut self) -> Vec<Spilt> {
        self.lanes.iter_mut().flat_map(|lane| lane.memory.spill()).collect()
    }

    /// Takes the place of the models that are asked. When these are far ahead, it tells how far instead.
    pub(super) async fn swap(&mut self, log: &Log) -> Result<Result<Vec<Rebuilt>, Position>, Fault> {
        let views = self.views.clone();
        let began = Instant::now();
        let swap = views.swap(&self.claim).await?;
        let asked = swap.asked(&self.claim);
        let ahead = asked.0.saturating_sub(self.at.0);
        if ahead > FEW {
            return Ok(Err(asked));
        }
        if ahead > 0 {
            let events = log.read(self.at, ahead as usize).await.map_err(Fault::Log)?.events;
            let (page, poison) = Entry::page(events, &self.models);
            if let Some(fault) = poison {
                return Err(fault);
            }
            self.begin(&page.into());
            self.taken().await?;
        }
        if self.at < asked {
            return Err(NotYet { wanted: asked, at: self.at }.into());
        }
        let spilt = if self.at > self.claim.position { self.spilt() } else { vec![] };
        swap.finish(&mut self.claim, spilt, (self.at, self.leaf.clone())).await?;
        let (position, swap) = (self.at, began.elapsed());
        Ok(Ok(self.models.iter().map(|model| Rebuilt { model: *model, position, swap }).collect()))
    }

    /// Drops what was asked before the swap. Where that fails, the next who opens the place does it.
    pub(super) async fn drop_left(&self) {
        if let Err(fault) = self.views.drop_left(&self.claim).await {
            tracing::debug!(%fault, "tables of before are left for later");
        }
    }
}
