//! The work of areas at an instant: what to look at first, and how much there is. Asked of the board and the timers;
//! the instant is an argument, so that the tables need no clock.

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::sector::{Lane, Urgency};

use crate::board::{codes, places};
use crate::case_head::{self, CaseHead};
use crate::cell::{Cell, Cells};
use crate::fault::Fault;
use crate::model::Model;
use crate::views::Views;

/// Open cases alike in area, rung, lane, kind and urgency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// Where; exactly this area, not those in it.
    pub area: AreaCode,
    /// On which rung.
    pub rung: Rung,
    /// In which lane.
    pub lane: Lane,
    /// The kind of their first signals.
    pub kind: Kind,
    /// How fast.
    pub urgency: Urgency,
    /// How many.
    pub cases: u64,
    /// How many of them are past their deadline.
    pub overdue: u64,
}

impl Views {
    /// Up to `limit` open cases in `areas` in the order in which to look at them: those past their deadline at `now`
    /// first, then the highest rung, then the nearest deadline, then the oldest.
    pub async fn workable(
        &self,
        areas: &[AreaCode],
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<CaseHead>, Fault> {
        let columns = case_head::COLUMNS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
        let sql = format!(
            "SELECT {columns} FROM board_case WHERE resolved_at IS NULL AND area IN ({}) \
             ORDER BY coalesce(due_at <= ?, 0) DESC, rung DESC, due_at IS NULL, due_at, opened_at, id LIMIT ?",
            places(areas)
        );
        let values = codes(areas).into_iter().chain([now.into(), limit.into()]).collect();
        let rows = self.ask(Model::Board, sql, values).await?;
        rows.into_iter().map(CaseHead::read).collect()
    }

    /// How many cases are open in `areas`, alike in everything a board counts by.
    pub async fn workload(&self, areas: &[AreaCode], now: Timestamp) -> Result<Vec<Workload>, Fault> {
        const ALIKE: &str = "area, rung, lane, kind, urgency";
        let sql = format!(
            "SELECT {ALIKE}, count(*), sum(coalesce(due_at <= ?, 0)) FROM board_case \
             WHERE resolved_at IS NULL AND area IN ({}) GROUP BY {ALIKE} ORDER BY {ALIKE}",
            places(areas)
        );
        let values = std::iter::once(Cell::from(now)).chain(codes(areas)).collect();
        let read = |mut row: Cells| {
            Ok(Workload {
                area: row.named()?,
                rung: row.rung()?,
                lane: row.parsed()?,
                kind: row.named()?,
                urgency: row.parsed()?,
                cases: row.whole()?,
                overdue: row.whole()?,
            })
        };
        self.ask(Model::Board, sql, values).await?.into_iter().map(read).collect()
    }

    /// How many climbs are planned in `areas`, and how many of them are due at `now`.
    pub async fn timers_planned(&self, areas: &[AreaCode], now: Timestamp) -> Result<(u64, u64), Fault> {
        let sql = format!(
            "SELECT count(*), coalesce(sum(due_at <= ?), 0) FROM timers_timer WHERE area IN ({})",
            places(areas)
        );
        let values = std::iter::once(Cell::from(now)).chain(codes(areas)).collect();
        match self.ask(Model::Timers, sql, values).await?.into_iter().next() {
            Some(mut row) => Ok((row.whole()?, row.whole()?)),
            None => Ok((0, 0)),
        }
    }
}
