//! The models of a follower that stand before an event they can't understand. The others go on without them.

use std::collections::BTreeSet;

use seinhuis_eventstore::Position;

use crate::entry::Entry;
use crate::fault::Fault;
use crate::model::Model;

/// Which models, and what each of them stands before.
#[derive(Debug, Default)]
pub(super) struct Stopped(Vec<(Model, Entry)>);

impl Stopped {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of `models` that go on; the fault, where none does.
    pub(super) fn others(&self, models: &[Model]) -> Result<Vec<Model>, Fault> {
        let goes = |model: &Model| self.0.iter().all(|(stopped, _)| stopped != model);
        let others: Vec<Model> = models.iter().copied().filter(goes).collect();
        match self.first() {
            Some(fault) if others.is_empty() => Err(fault),
            _ => Ok(others),
        }
    }

    /// These as well. Gives what to say of them: a fault for each event that stops some.
    pub(super) fn add(&mut self, news: Vec<(Model, Entry)>) -> Vec<Fault> {
        let positions: BTreeSet<Position> = news.iter().map(|(_, entry)| entry.position()).collect();
        self.0.extend(news);
        positions.into_iter().filter_map(|position| self.at(position)).collect()
    }

    /// The first event that stops some, as a fault.
    pub(super) fn first(&self) -> Option<Fault> {
        self.at(self.0.iter().map(|(_, entry)| entry.position()).min()?)
    }

    fn at(&self, position: Position) -> Option<Fault> {
        let before = || self.0.iter().filter(|(_, entry)| entry.position() == position);
        let models: Vec<Model> = before().map(|(model, _)| *model).collect();
        before().next()?.1.poison(&models)
    }
}
