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
             ORDER BY CASE WHEN due_at <= ? THEN 1 ELSE 0 END DESC, rung DESC, due_at IS NULL, due_at, opened_at, id LIMIT ?",
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
            "SELECT {ALIKE}, count(*), sum(CASE WHEN due_at <= ? THEN 1 ELSE 0 END) FROM board_case \
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
            "SELECT count(*), coalesce(sum(CASE WHEN due_at <= ? THEN 1 ELSE 0 END), 0) FROM timers_timer WHERE area IN ({})",
            places(areas)
        );
        let values = std::iter::once(Cell::from(now)).chain(codes(areas)).collect();
        match self.ask(Model::Timers, sql, values).await?.into_iter().next() {
            Some(mut row) => Ok((row.whole()?, row.whole()?)),
            None => Ok((0, 0)),
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::Follower;
    use crate::scene::{Scene, on_each_backend, signal};

    on_each_backend! {
        what_is_past_its_deadline_comes_first_and_then_the_highest_rung
        cases_are_counted_by_all_that_a_board_counts_by
        planned_climbs_are_counted_and_those_that_are_due
    }

    async fn views(scene: &Scene) -> Views {
        let views = Views::open(&scene.url("views"), &[Model::Board, Model::Timers]).await.unwrap();
        Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap();
        views
    }

    fn ulft() -> [AreaCode; 1] {
        [AreaCode::new("WK150900").unwrap()]
    }

    async fn what_is_past_its_deadline_comes_first_and_then_the_highest_rung(mut scene: Scene) {
        let climbed = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        scene.climb(climbed).await;
        let overdue = scene.opened(&signal("wonion", "2", "housing.fin.hua")).await;
        let top = scene.opened(&signal("wonion", "3", "housing.fin.hua")).await;
        let due = scene.due("5wd");
        for _ in 0..3 {
            scene.climb(top).await;
        }
        let views = views(&scene).await;
        let seen = async |now| -> Vec<_> {
            views.workable(&ulft(), now, 10).await.unwrap().iter().map(|head| head.id).collect()
        };
        // The one on top has no deadline.
        assert_eq!(seen(Timestamp::UNIX_EPOCH).await, [top, climbed, overdue]);
        assert_eq!(seen(due).await, [overdue, top, climbed]);
    }

    async fn cases_are_counted_by_all_that_a_board_counts_by(scene: Scene) {
        for reference in ["1", "2"] {
            scene.opened(&signal("wonion", reference, "housing.fin.hua")).await;
        }
        scene.opened(&signal("gemeente", "3", "municipal.waste")).await;
        let (views, due) = (views(&scene).await, scene.due("5wd"));
        let counts = async |now| -> Vec<_> {
            let counts = views.workload(&ulft(), now).await.unwrap();
            counts.iter().map(|count| (count.lane, count.cases, count.overdue)).collect()
        };
        let before = due - jiff::SignedDuration::from_micros(1);
        assert_eq!(counts(before).await, [(Lane::Physical, 1, 0), (Lane::Social, 2, 0)]);
        assert_eq!(counts(due).await[1], (Lane::Social, 2, 2));
    }

    async fn planned_climbs_are_counted_and_those_that_are_due(scene: Scene) {
        scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        let (views, due) = (views(&scene).await, scene.due("5wd"));
        assert_eq!(views.timers_planned(&ulft(), Timestamp::UNIX_EPOCH).await.unwrap(), (1, 0));
        assert_eq!(views.timers_planned(&ulft(), due).await.unwrap(), (1, 1));
        assert_eq!(views.timers_planned(&[], due).await.unwrap(), (0, 0));
    }
}
