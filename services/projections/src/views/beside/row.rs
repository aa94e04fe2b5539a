//! What is written down of models that are made beside others.

use seinhuis_eventstore::Position;

use crate::backend::Change;
use crate::cell::{Cell, Cells};
use crate::fault::Fault;
use crate::model::Model;
use crate::table::{Merge, Table};
use crate::views::checkpoint::{listed_names, names};

/// What is made beside each model. `turn` tells whose it is: who comes later takes it over. `made` are its tables, and
/// `leftover` those that were asked before and are to go.
pub(in crate::views) const BESIDE: Table = Table {
    name: "rebuild",
    generation: 0,
    columns: &[
        ("model", "TEXT NOT NULL"),
        ("turn", "INTEGER NOT NULL"),
        ("generation", "INTEGER NOT NULL"),
        ("version", "INTEGER NOT NULL"),
        ("position", "INTEGER NOT NULL"),
        ("leaf", "BLOB NOT NULL"),
        ("indexed", "INTEGER NOT NULL"),
        ("made", "TEXT NOT NULL"),
        ("leftover", "TEXT NOT NULL"),
    ],
    key: 1,
    merge: Merge::Replace,
    indexes: &[],
};

/// One row of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) model: String,
    pub(super) turn: u32,
    pub(super) generation: u32,
    pub(super) version: u32,
    pub(super) position: Position,
    pub(super) leaf: Vec<u8>,
    pub(super) indexed: bool,
    pub(super) made: String,
    pub(super) left: String,
}

impl Row {
    pub(super) fn read(mut row: Cells) -> Result<Self, Fault> {
        Ok(Self {
            model: row.text()?,
            turn: row.whole()?,
            generation: row.whole()?,
            version: row.whole()?,
            position: row.position()?,
            leaf: row.blob()?,
            indexed: row.int()? == 1,
            made: row.text()?,
            left: row.text()?,
        })
    }
}

/// Holds the rows of `models` for the length of the change.
pub(super) async fn hold(change: &mut Change, models: &[Model]) -> Result<Vec<Row>, Fault> {
    change.hold(&BESIDE, names(models)).await?.into_iter().map(Row::read).collect()
}

/// Whether there is something beside all of `models`, made together by this version.
pub(super) fn are_one(rows: &[Row], models: &[Model]) -> bool {
    let is_whole = |model: &Model| {
        rows.iter()
            .any(|row| row.model == model.name() && row.version == model.version() && row.left.is_empty())
    };
    let alike = |row: &Row| (row.generation, row.position, row.leaf.clone(), row.indexed);
    models.iter().all(is_whole)
        && rows.iter().all(|row| row.position > Position::START && alike(row) == alike(&rows[0]))
}

/// Drops the tables of before a swap that nobody got to.
pub(in crate::views) async fn drop_left(change: &mut Change, models: &[Model]) -> Result<(), Fault> {
    for row in hold(change, models).await?.iter().filter(|row| !row.left.is_empty()) {
        if let Some(model) = models.iter().find(|model| model.name() == row.model) {
            drop_all(change, *model).await?;
        }
    }
    Ok(())
}

/// Drops everything that lies beside `model`.
pub(in crate::views) async fn drop_all(change: &mut Change, model: Model) -> Result<(), Fault> {
    for mut row in hold(change, &[model]).await? {
        for table in listed_names(&row.made).chain(listed_names(&row.left)) {
            change.run(format!("DROP TABLE IF EXISTS {table}"), vec![]).await?;
        }
        row.turn += 1;
        row.position = Position::START;
        let Row { model, turn, generation, version, position, .. } = row;
        let none = || Cell::Text(String::new());
        let row = vec![
            model.into(),
            turn.into(),
            generation.into(),
            version.into(),
            position.into(),
            Cell::Blob(vec![]),
            Cell::Int(0),
            none(),
            none(),
        ];
        change.put(&BESIDE, vec![row]).await?;
    }
    Ok(())
}
