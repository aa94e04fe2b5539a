//! How far each model is. Kept beside the tables, so that a row and the position it is from can't part.

use seinhuis_eventstore::{Position, Recorded};

use super::fence::FENCE;
use crate::backend::{Backend, Draft, Snapshot};
use crate::cell::{Cell, Cells, cells};
use crate::fault::Fault;
use crate::model::Model;
use crate::table::{Merge, Table};

/// `leaf` is that of the event at `position`: it tells this log from another one. `tables` says what to drop when the
/// version has moved on.
pub(super) const CHECKPOINT: Table = Table {
    name: "checkpoint",
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
    version: u32,
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
}

/// Makes sure that every one of `models` has its tables, in their present shape. Tells up to where all are.
pub(super) async fn prepare(draft: &mut Draft, models: &[Model]) -> Result<Position, Fault> {
    for table in [&CHECKPOINT, &FENCE] {
        if !draft.holds(table).await? {
            draft.create(table).await?;
        }
    }
    let kept = read(draft, models).await?;
    let mut position: Option<Position> = None;
    for model in models {
        let at = match kept.iter().find(|at| at.model == *model) {
            Some(at) if at.version == model.version() => at.position,
            _ => {
                restart(draft, *model).await?;
                Position::START
            }
        };
        position = Some(position.map_or(at, |least| least.min(at)));
    }
    Ok(position.unwrap_or_default())
}

/// How far each of `models` is.
async fn read(draft: &mut Draft, models: &[Model]) -> Result<Vec<Checkpoint>, Fault> {
    listed(draft.load(&CHECKPOINT, names(models)).await?)
}

/// How far each of `models` is. Whoever else would take a page into one of them waits until this change ends.
pub(super) async fn hold(draft: &mut Draft, models: &[Model]) -> Result<Vec<Checkpoint>, Fault> {
    let held = listed(draft.hold(&CHECKPOINT, names(models)).await?)?;
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

/// Up to where all of `models` are, as somebody sees who doesn't make them.
pub(super) async fn look(backend: &Backend, models: &[Model]) -> Result<Position, Fault> {
    let found = listed(backend.fetch(CHECKPOINT.name, CHECKPOINT.scan(), vec![]).await?)?;
    let ours = |model: &Model| found.iter().find(|at| at.model == *model && at.version == model.version());
    Ok(models
        .iter()
        .map(|model| ours(model).map_or(Position::START, |at| at.position))
        .min()
        .unwrap_or_default())
}

/// Whether all of `models` are there, as this version makes them.
pub(super) async fn are_made(backend: &Backend, models: &[Model]) -> Result<bool, Fault> {
    let found = listed(backend.fetch(CHECKPOINT.name, CHECKPOINT.scan(), vec![]).await?)?;
    let is = |model: &Model| found.iter().any(|at| at.model == *model && at.version == model.version());
    Ok(models.iter().all(is))
}

/// Writes down that `models` have taken the log in up to `last`.
pub(super) async fn advance(draft: &mut Draft, models: &[Model], last: &Recorded) -> Result<(), Fault> {
    let row = |model: &Model| cells![last.position, last.leaf.to_vec(), model.name()];
    draft.set(&CHECKPOINT, &["position", "leaf"], models.iter().map(row).collect()).await
}

/// Empties `model` and puts it back to the start.
pub(super) async fn restart(draft: &mut Draft, model: Model) -> Result<(), Fault> {
    // Held first, as for a page: who follows into the model at this moment waits, or is waited for.
    if let Some(at) = listed(draft.hold(&CHECKPOINT, names(&[model])).await?)?.first() {
        for table in at.tables.split(',').filter(|table| !table.is_empty()) {
            draft.run(format!("DROP TABLE IF EXISTS {table}"), vec![]).await?;
        }
    }
    for table in model.tables() {
        draft.create(table).await?;
    }
    let tables: Vec<&str> = model.tables().iter().map(|table| table.name).collect();
    let row = cells![model.name(), model.version(), Position::START, Vec::<u8>::new(), tables.join(",")];
    draft.put(&CHECKPOINT, vec![row]).await
}

fn names(models: &[Model]) -> Vec<Cell> {
    models.iter().map(|model| model.name().into()).collect()
}

fn listed(rows: Vec<Cells>) -> Result<Vec<Checkpoint>, Fault> {
    rows.into_iter().filter_map(|row| Checkpoint::row(row).transpose()).collect()
}
