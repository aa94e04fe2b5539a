//! A lane: models that are folded one after the other, beside those of other lanes.

use std::sync::Arc;

use seinhuis_eventstore::Position;

use crate::backend::{Draft, Memory};
use crate::entry::Entry;
use crate::fault::Fault;
use crate::model::Model;

/// Some models, in memory.
#[derive(Debug)]
pub(super) struct Lane {
    models: Vec<Model>,
    pub(super) memory: Memory,
}

impl Lane {
    /// Takes in those events of the page that come after `at`.
    pub(super) async fn take(mut self, page: Arc<[Entry]>, at: Position) -> Result<Self, Fault> {
        let from = page.partition_point(|entry| entry.position() <= at);
        for model in &self.models {
            model.apply(&page[from..], &mut Draft::Memory(&mut self.memory)).await?;
        }
        Ok(self)
    }
}

/// Up to `lanes` lanes for `models`. Those that hold the heads of cases share them and stay together.
pub(super) fn lanes(models: &[Model], lanes: usize, memory: impl Fn() -> Memory) -> Vec<Lane> {
    let heads = |model: &Model| matches!(model, Model::Board | Model::CaseFile | Model::OwnSignals);
    let (with, without): (Vec<_>, Vec<_>) = models.iter().copied().partition(heads);
    let split = if lanes > 1 { vec![with, without] } else { vec![models.to_vec()] };
    let lane = |models| Lane { models, memory: memory() };
    split.into_iter().filter(|models| !models.is_empty()).map(lane).collect()
}
