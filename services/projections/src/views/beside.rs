//! Models that are made anew beside those that are asked: where their tables are and how far they are, so that a rebuild
//! that was cut off is gone on with, and nothing of it is left lying.

mod row;
mod swap;

use std::sync::Arc;

use seinhuis_eventstore::Position;

use super::checkpoint::Checkpoint;
use super::{Views, checkpoint};
use crate::backend::{Behind, Change, Spilt};
use crate::cell::cells;
use crate::fault::Fault;
use crate::model::Model;
use crate::table::Table;
use row::{Row, are_one, hold};

pub(super) use row::{BESIDE, drop_all, drop_left};

/// Models under way beside those that are asked. Only the latest who claimed them goes on.
#[derive(Debug)]
pub(crate) struct Claim {
    models: Vec<Model>,
    /// The versions of those that were asked when this began.
    asked: Vec<(Model, u32)>,
    turn: u32,
    pub(super) generation: u32,
    /// Up to where their tables are.
    pub(crate) position: Position,
    pub(crate) leaf: Vec<u8>,
    indexed: bool,
}

impl Views {
    /// Goes on with what was made beside `models` and not finished, or begins.
    pub(crate) async fn claim(&self, models: &[Model]) -> Result<Claim, Fault> {
        let mut change = self.begin_making().await?;
        let asked = checkpoint::hold_any(&mut change, models).await?;
        let rows = hold(&mut change, models).await?;
        let turn = 1 + rows.iter().map(|row| row.turn).max().unwrap_or_default();
        let mut claim = Claim {
            models: models.to_vec(),
            asked: asked.into_iter().map(|at| (at.model, at.version)).collect(),
            turn,
            generation: 1 + rows.iter().map(|row| row.generation).max().unwrap_or_default(),
            position: Position::START,
            leaf: vec![],
            indexed: false,
        };
        match rows.first() {
            Some(first) if are_one(&rows, models) => {
                claim.generation = first.generation;
                (claim.position, claim.indexed) = (first.position, first.indexed);
                claim.leaf.clone_from(&first.leaf);
            }
            _ => {
                for model in models {
                    drop_all(&mut change, *model).await?;
                }
            }
        }
        claim.write(&mut change, "").await?;
        change.commit().await?;
        Ok(claim)
    }

    /// Begins from the start after all: what lay beside was made from another log.
    pub(crate) async fn begin_again(&self, claim: &mut Claim) -> Result<(), Fault> {
        let mut change = self.begin_making().await?;
        claim.hold(&mut change).await?;
        for model in &claim.models {
            drop_all(&mut change, *model).await?;
        }
        claim.generation += 1;
        (claim.position, claim.leaf, claim.indexed) = (Position::START, vec![], false);
        claim.write(&mut change, "").await?;
        change.commit().await
    }

    /// Puts what memory held into the tables beside, which then are at `position`.
    pub(crate) async fn fill(
        &self,
        claim: &mut Claim,
        spilt: Vec<Spilt>,
        (position, leaf): (Position, Vec<u8>),
    ) -> Result<(), Fault> {
        let mut change = self.shared.backend.begin_beside().await?;
        claim.fill(&mut change, spilt).await?;
        (claim.position, claim.leaf) = (position, leaf);
        claim.write(&mut change, "").await?;
        change.commit().await
    }

    /// Makes the indexes of the tables beside, unless they are there.
    pub(crate) async fn index_beside(&self, claim: &mut Claim) -> Result<(), Fault> {
        if claim.indexed {
            return Ok(());
        }
        let mut change = self.shared.backend.begin_beside().await?;
        claim.hold(&mut change).await?;
        claim.index(&mut change).await?;
        claim.write(&mut change, "").await?;
        change.commit().await
    }

    /// The models that another version of the program had made when this was opened; in a long log also those that are still
    /// at its start. One that another version has made since is left to it.
    pub(crate) async fn wanting(&self, long: bool) -> Result<Vec<Model>, Fault> {
        let mut now = self.snapshot().await?;
        let found = checkpoint::checkpoints(&mut now, self.models()).await?;
        now.done().await?;
        let mut wanting = Vec::new();
        for at in found.into_iter().filter(|at| !at.model.tables().is_empty()) {
            let is_ours = at.version == at.model.version();
            if !is_ours && !self.shared.others.contains(&(at.model, at.version)) {
                return Err(Fault::OtherVersion { model: at.model.name() });
            }
            if !is_ours || long && at.position == Position::START {
                wanting.push(at.model);
            }
        }
        Ok(wanting)
    }

    /// How far the models here are, and up to where what lies beside them is. Nothing of what isn't made.
    pub(crate) async fn found(&self) -> Result<(Vec<Checkpoint>, Vec<(String, Position)>), Fault> {
        let made = match self.shared.backend.holds(&BESIDE).await {
            Err(Fault::NotMade { .. }) => false,
            holds => holds?,
        };
        if !made {
            return Ok((vec![], vec![]));
        }
        let asked = checkpoint::look(&self.shared.backend, self.models()).await?;
        let rows = self.shared.backend.fetch(BESIDE.name, BESIDE.scan(), vec![]).await?;
        let rows: Vec<Row> = rows.into_iter().map(Row::read).collect::<Result<_, _>>()?;
        let under_way = rows.into_iter().filter(|row| row.position > Position::START);
        Ok((asked, under_way.map(|row| (row.model, row.position)).collect()))
    }

    /// What lies behind memory once the tables beside hold something.
    pub(crate) fn behind(&self, claim: &Claim) -> Option<Behind> {
        let behind = || Behind { backend: self.shared.backend.clone(), generation: claim.generation };
        (claim.position > Position::START).then(behind)
    }
}

impl Claim {
    /// Its tables, beside those that are asked.
    fn tables(&self) -> impl Iterator<Item = Table> {
        self.models.iter().flat_map(|model| model.tables()).map(|table| table.beside(self.generation))
    }

    /// Holds it for the length of the change, unless somebody else has claimed the models since.
    async fn hold(&self, change: &mut Change) -> Result<(), Fault> {
        let rows = hold(change, &self.models).await?;
        if rows.len() == self.models.len() && rows.iter().all(|row| row.turn == self.turn) {
            return Ok(());
        }
        let names: Vec<&str> = self.models.iter().map(|model| model.name()).collect();
        Err(Fault::Superseded { models: names.join(", ") })
    }

    async fn fill(&self, change: &mut Change, spilt: Vec<Spilt>) -> Result<(), Fault> {
        self.hold(change).await?;
        let is_new = self.position == Position::START;
        let mut empty: Vec<Table> = if is_new { self.tables().collect() } else { vec![] };
        for spilt in spilt {
            empty.retain(|table| table.name != spilt.table.name);
            spilt.pour(change, self.generation, is_new).await?;
        }
        for table in empty {
            change.create_filled(&table, Arc::default()).await?;
        }
        Ok(())
    }

    /// Makes the indexes of its tables, unless they are there.
    async fn index(&mut self, change: &mut Change) -> Result<(), Fault> {
        if !self.indexed {
            for table in self.tables() {
                change.index(&table).await?;
            }
            self.indexed = true;
        }
        Ok(())
    }

    /// Writes down how far it is, and the tables that are `left` to go.
    async fn write(&self, change: &mut Change, left: &str) -> Result<(), Fault> {
        let row = |model: &Model| {
            let made = model.tables().iter().map(|table| table.beside(self.generation).place());
            let is_made = self.position > Position::START;
            let made: Vec<_> = made.filter(|_| is_made).collect();
            cells![
                model.name(),
                self.turn,
                self.generation,
                model.version(),
                self.position,
                self.leaf.clone(),
                i64::from(self.indexed),
                made.join(","),
                left,
            ]
        };
        change.put(&BESIDE, self.models.iter().map(row).collect()).await
    }
}
