//! How far each model is. Kept beside the tables, so that a row and the position it is from can't part.

use seinhuis_eventstore::{Position, Recorded};

use super::beside::{self, BESIDE};
use super::fence::FENCE;
use crate::backend::{Backend, Change, Snapshot};
use crate::cell::{Cell, Cells, cells};
use crate::fault::Fault;
use crate::model::Model;
use crate::table::{Merge, Table};

/// `leaf` is that of the event at `position`: it tells this log from another one. `tables` says what to drop when the
/// version has moved on.
pub(super) const CHECKPOINT: Table = Table {
    name: "checkpoint",
    generation: 0,
    columns: &[
        ("model", "TEXT NOT NULL"),
        ("version", "INTEGER NOT NULL"),
        ("position", "INTEGER NOT NULL"),
        ("leaf", "BLOB NOT NULL"),
        ("tables", "TEXT NOT NULL"),
    ],
    key: 1,
    merge: Merge::Replace,
    indexes: &[],
};

/// How far one model is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    pub(crate) model: Model,
    pub(crate) position: Position,
    /// The leaf of the event there; empty at the start.
    pub(crate) leaf: Vec<u8>,
    /// Of the program that made it.
    pub(crate) version: u32,
    tables: String,
}

impl Checkpoint {
    fn row(mut cells: Cells) -> Result<Option<Self>, Fault> {
        let name = cells.text()?;
        let (version, position, leaf, tables) =
            (cells.whole()?, cells.position()?, cells.blob()?, cells.text()?);
        let model = Model::ALL.iter().copied().find(|model| model.name() == name);
        // A model that is no more; its tables do no harm.
        Ok(model.map(|model| Self { model, position, leaf, version, tables }))
    }

    /// What its tables are called.
    pub(super) fn tables(&self) -> impl Iterator<Item = &str> {
        listed_names(&self.tables)
    }
}

/// Names with a comma between; none of nothing.
pub(super) fn listed_names(names: &str) -> impl Iterator<Item = &str> {
    names.split(',').filter(|name| !name.is_empty())
}

/// Makes sure that every one of `models` has tables. Those that another version made stay, and are asked until they are
/// rebuilt; a model without any tables has nothing to be asked for, and begins again. Tells up to where all are, and which
/// are of what other version.
pub(super) async fn prepare(
    change: &mut Change,
    models: &[Model],
) -> Result<(Position, Vec<(Model, u32)>), Fault> {
    for table in [&CHECKPOINT, &FENCE, &BESIDE] {
        if !change.holds(table).await? {
            change.create(table).await?;
        }
    }
    beside::drop_left(change, models).await?;
    let kept = read(change, models).await?;
    let (mut position, mut others): (Option<Position>, _) = (None, Vec::new());
    for model in models {
        let at = match kept.iter().find(|at| at.model == *model) {
            Some(at) if at.version == model.version() || !model.tables().is_empty() => {
                others.extend((at.version != model.version()).then_some((*model, at.version)));
                at.position
            }
            _ => {
                restart(change, *model).await?;
                Position::START
            }
        };
        position = Some(position.map_or(at, |least| least.min(at)));
    }
    Ok((position.unwrap_or_default(), others))
}

/// How far each of `models` is.
async fn read(change: &mut Change, models: &[Model]) -> Result<Vec<Checkpoint>, Fault> {
    listed(change.load(&CHECKPOINT, names(models)).await?)
}

/// How far each of `models` is, whatever version made it. Whoever else would change one waits until this change ends.
pub(super) async fn hold_any(change: &mut Change, models: &[Model]) -> Result<Vec<Checkpoint>, Fault> {
    listed(change.hold(&CHECKPOINT, names(models)).await?)
}

/// The same, where all are of this version.
pub(super) async fn hold(change: &mut Change, models: &[Model]) -> Result<Vec<Checkpoint>, Fault> {
    let held = hold_any(change, models).await?;
    for model in models {
        match held.iter().find(|at| at.model == *model) {
            Some(at) if at.version == model.version() => {}
            _ => return Err(Fault::OtherVersion { model: model.name() }),
        }
    }
    Ok(held)
}

/// How far each of `models` is, at the moment of `snapshot`.
pub(crate) async fn checkpoints(snapshot: &mut Snapshot, models: &[Model]) -> Result<Vec<Checkpoint>, Fault> {
    let rows = snapshot.fetch(CHECKPOINT.name, CHECKPOINT.scan(), vec![]).await?;
    Ok(listed(rows)?.into_iter().filter(|at| models.contains(&at.model)).collect())
}

/// How far each of `models` is that are there, as somebody sees who doesn't make them.
pub(super) async fn look(backend: &Backend, models: &[Model]) -> Result<Vec<Checkpoint>, Fault> {
    let found = listed(backend.fetch(CHECKPOINT.name, CHECKPOINT.scan(), vec![]).await?)?;
    Ok(found.into_iter().filter(|at| models.contains(&at.model)).collect())
}

/// Up to where all of `models` are; one that isn't there is at the start.
pub(super) fn least(found: &[Checkpoint], models: &[Model]) -> Position {
    let at =
        |model: &Model| found.iter().find(|at| at.model == *model).map_or(Position::START, |at| at.position);
    models.iter().map(at).min().unwrap_or_default()
}

/// Writes down that `models` have taken the log in up to `last`.
pub(super) async fn advance(change: &mut Change, models: &[Model], last: &Recorded) -> Result<(), Fault> {
    let row = |model: &Model| cells![last.position, last.leaf.to_vec(), model.name()];
    change.set(&CHECKPOINT, &["position", "leaf"], models.iter().map(row).collect()).await
}

/// Empties `model` and puts it back to the start.
pub(super) async fn restart(change: &mut Change, model: Model) -> Result<(), Fault> {
    // Held first, as for a page: who follows into the model at this moment waits, or is waited for.
    if let Some(at) = hold_any(change, &[model]).await?.first() {
        for table in at.tables() {
            change.run(format!("DROP TABLE IF EXISTS {table}"), vec![]).await?;
        }
    }
    beside::drop_all(change, model).await?;
    for table in model.tables() {
        change.create(table).await?;
    }
    made(change, &[model], Position::START, vec![]).await
}

/// Writes down that `models` have the tables of this version, with the log in them up to `position`.
pub(super) async fn made(
    change: &mut Change,
    models: &[Model],
    position: Position,
    leaf: Vec<u8>,
) -> Result<(), Fault> {
    let row = |model: &Model| {
        let tables: Vec<&str> = model.tables().iter().map(|table| table.name).collect();
        cells![model.name(), model.version(), position, leaf.clone(), tables.join(",")]
    };
    change.put(&CHECKPOINT, models.iter().map(row).collect()).await
}

pub(super) fn names(models: &[Model]) -> Vec<Cell> {
    models.iter().map(|model| model.name().into()).collect()
}

fn listed(rows: Vec<Cells>) -> Result<Vec<Checkpoint>, Fault> {
    rows.into_iter().filter_map(|row| Checkpoint::row(row).transpose()).collect()
}
