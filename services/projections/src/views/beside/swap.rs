//! The swap: tables made beside take the place of those that are asked, in one short change.

use seinhuis_eventstore::Position;

use super::{Claim, drop_all};
use crate::backend::{Change, Spilt};
use crate::fault::Fault;
use crate::model::Model;
use crate::views::checkpoint::{self, Checkpoint};
use crate::views::{Views, fence};

/// A swap under way: nobody changes the models that are asked meanwhile. Dropped, it didn't happen.
pub(crate) struct Swap<'v> {
    views: &'v Views,
    change: Change,
    asked: Vec<Checkpoint>,
}

impl Views {
    /// Begins a swap, unless a later holder of the lease was here, or somebody else claims the models.
    pub(crate) async fn swap(&self, claim: &Claim) -> Result<Swap<'_>, Fault> {
        let mut change = self.shared.backend.begin_swap().await?;
        if let Some(fence) = &self.fence {
            fence::pass(&mut change, fence).await?;
        }
        let asked = checkpoint::hold_any(&mut change, self.models()).await?;
        claim.hold(&mut change).await?;
        for at in asked.iter().filter(|at| claim.models.contains(&at.model)) {
            if at.version != at.model.version() && !claim.asked.contains(&(at.model, at.version)) {
                return Err(Fault::OtherVersion { model: at.model.name() });
            }
        }
        Ok(Swap { views: self, change, asked })
    }
}

impl Swap<'_> {
    /// Up to where those are that are asked now. Those that take their place are at least there, or what somebody read
    /// would be unsaid.
    pub(crate) fn asked(&self, claim: &Claim) -> Position {
        let ours = self.asked.iter().filter(|at| claim.models.contains(&at.model));
        ours.map(|at| at.position).max().unwrap_or_default()
    }

    /// Puts what memory still held into the tables beside, and these in the place of the others. Those of before are
    /// dropped afterwards.
    pub(crate) async fn finish(
        self,
        claim: &mut Claim,
        spilt: Vec<Spilt>,
        (position, leaf): (Position, Vec<u8>),
    ) -> Result<(), Fault> {
        let Self { views, mut change, asked } = self;
        if !spilt.is_empty() {
            claim.fill(&mut change, spilt).await?;
        }
        // Few rows, where a claim began again: those that were filled in bulk have theirs.
        claim.index(&mut change).await?;
        let mut left = Vec::new();
        for table in asked.iter().filter(|at| claim.models.contains(&at.model)).flat_map(Checkpoint::tables) {
            let gone = format!("{table}_was_{}", claim.generation);
            change.run(format!("ALTER TABLE {table} RENAME TO {gone}"), vec![]).await?;
            left.push(gone);
        }
        for table in claim.tables() {
            let place = table.place();
            change.run(format!("ALTER TABLE {place} RENAME TO {}", table.name), vec![]).await?;
        }
        checkpoint::made(&mut change, &claim.models, position, leaf).await?;
        (claim.position, claim.leaf) = (Position::START, vec![]);
        claim.write(&mut change, &left.join(",")).await?;
        change.commit().await?;
        let is_new = |model: &Model| claim.models.contains(model);
        let others = asked.iter().filter(|at| !is_new(&at.model)).map(|at| at.position);
        views.shared.progress.send_replace(others.fold(position, Position::min));
        Ok(())
    }
}

impl Views {
    /// Drops the tables that were asked before a swap.
    pub(crate) async fn drop_left(&self, claim: &Claim) -> Result<(), Fault> {
        let mut change = self.begin_making().await?;
        claim.hold(&mut change).await?;
        for model in &claim.models {
            drop_all(&mut change, *model).await?;
        }
        change.commit().await
    }
}
