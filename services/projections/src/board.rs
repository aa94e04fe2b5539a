//! The board: the open cases of areas. A closed case leaves it, a reopened one comes back.

use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::sector::Lane;

use crate::backend::Draft;
use crate::case_head::{self, CaseHead};
use crate::cell::Cell;
use crate::entry::Entry;
use crate::fault::Fault;
use crate::model::Model;
use crate::table::{Merge, Table};
use crate::views::Views;

pub(crate) const VERSION: u32 = 4;

/// Every case: a closed one may come back, and its opening is told only once.
const CASE: Table = Table {
    name: "board_case",
    generation: 0,
    columns: case_head::COLUMNS,
    key: 1,
    merge: Merge::Replace,
    indexes: &[
        ("open", "(area) WHERE resolved_at IS NULL"),
        ("feedback_due", "(area) WHERE feedback_due IS NOT NULL"),
    ],
};

pub(crate) const TABLES: &[&Table] = &[&CASE];

pub(crate) async fn apply(page: &[Entry], draft: &mut Draft<'_>) -> Result<(), Fault> {
    case_head::fold(page, &CASE, draft).await
}

/// Open cases alike in area, rung and lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardCount {
    /// Where; exactly this area, not those in it.
    pub area: AreaCode,
    /// On which rung.
    pub rung: Rung,
    /// In which lane.
    pub lane: Lane,
    /// How many.
    pub cases: u64,
}

impl Views {
    /// Up to `limit` open cases in `areas`: highest rung first, then by deadline, those without one last. Cases lie
    /// in the area of their first signal, so who asks for a district passes what lies in it too.
    pub async fn board(&self, areas: &[AreaCode], limit: usize) -> Result<Vec<CaseHead>, Fault> {
        let sql = format!(
            "SELECT {} FROM board_case WHERE resolved_at IS NULL AND area IN ({}) \
             ORDER BY rung DESC, due_at IS NULL, due_at, opened_at, id LIMIT ?",
            CASE.all_names(),
            places(areas)
        );
        let mut values = codes(areas);
        values.push(limit.into());
        let rows = self.ask(Model::Board, sql, values).await?;
        rows.into_iter().map(CaseHead::read).collect()
    }

    /// Up to `limit` closed cases in `areas` of which those who reported are still to hear: the longest due first.
    pub async fn feedback_owed(&self, areas: &[AreaCode], limit: usize) -> Result<Vec<CaseHead>, Fault> {
        let sql = format!(
            "SELECT {} FROM board_case WHERE feedback_due IS NOT NULL AND area IN ({}) \
             ORDER BY feedback_due, resolved_at, id LIMIT ?",
            CASE.all_names(),
            places(areas)
        );
        let values = codes(areas).into_iter().chain([limit.into()]).collect();
        let rows = self.ask(Model::Board, sql, values).await?;
        rows.into_iter().map(CaseHead::read).collect()
    }

    /// How many cases are open in `areas`, by area, rung and lane.
    pub async fn board_counts(&self, areas: &[AreaCode]) -> Result<Vec<BoardCount>, Fault> {
        let sql = format!(
            "SELECT area, rung, lane, count(*) FROM board_case WHERE resolved_at IS NULL AND area IN ({}) \
             GROUP BY area, rung, lane ORDER BY area, rung, lane",
            places(areas)
        );
        let rows = self.ask(Model::Board, sql, codes(areas)).await?;
        let count = |mut row: crate::cell::Cells| {
            Ok(BoardCount { area: row.named()?, rung: row.rung()?, lane: row.parsed()?, cases: row.whole()? })
        };
        rows.into_iter().map(count).collect()
    }
}

/// A question mark for each of `items`; of none, what nothing is equal to.
pub(crate) fn places<T>(items: &[T]) -> String {
    if items.is_empty() { "NULL".to_owned() } else { vec!["?"; items.len()].join(",") }
}

/// The codes as values.
pub(crate) fn codes(areas: &[AreaCode]) -> Vec<Cell> {
    areas.iter().map(|area| area.as_str().into()).collect()
}

#[cfg(test)]
mod specs {
    use seinhuis_domain::case::CaseCommand;
    use seinhuis_domain::feedback::Outcome;
    use seinhuis_domain::ids::CaseId;

    use super::*;
    use crate::Follower;
    use crate::scene::{Scene, on_each_backend, signal};

    on_each_backend! {
        an_open_case_is_on_the_board_with_its_deadline
        a_closed_case_leaves_the_board_and_a_reopened_one_comes_back
        a_board_shows_the_areas_asked_for_and_no_other
        the_highest_rung_comes_first_then_the_nearest_deadline
        cases_are_counted_by_area_rung_and_lane
        a_closed_case_is_owed_feedback_until_those_who_reported_know_how_it_ended
    }

    async fn board(scene: &Scene, areas: &[&str]) -> Vec<CaseHead> {
        let views = Views::open(&scene.url("board"), &[Model::Board]).await.unwrap();
        Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap();
        let areas: Vec<_> = areas.iter().map(|area| AreaCode::new(*area).unwrap()).collect();
        views.board(&areas, 100).await.unwrap()
    }

    fn ids(board: &[CaseHead]) -> Vec<CaseId> {
        board.iter().map(|head| head.id).collect()
    }

    async fn an_open_case_is_on_the_board_with_its_deadline(scene: Scene) {
        let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        let board = board(&scene, &["WK150900"]).await;
        assert_eq!(ids(&board), [case]);
        let head = &board[0];
        assert_eq!((head.number.clone(), head.rung, head.signals), (case.number(), Rung::Workfloor, 1));
        assert_eq!(head.planned.as_ref().map(|step| step.due_at), Some(scene.due("5wd")));
        assert_eq!(head.position, scene.head());
    }

    async fn a_closed_case_leaves_the_board_and_a_reopened_one_comes_back(scene: Scene) {
        let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        scene.case(case, CaseCommand::Resolve { act: scene.act() }).await.unwrap();
        assert_eq!(ids(&board(&scene, &["WK150900"]).await), []);
        scene.case(case, CaseCommand::Reopen { act: scene.act() }).await.unwrap();
        let again = board(&scene, &["WK150900"]).await;
        assert_eq!((ids(&again), again[0].cycle), (vec![case], 1));
    }

    async fn a_board_shows_the_areas_asked_for_and_no_other(scene: Scene) {
        let ulft = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        let mut elsewhere = signal("wonion", "2", "housing.fin.hua");
        elsewhere.area = AreaCode::new("WK150901").unwrap();
        let gendringen = scene.opened(&elsewhere).await;
        assert_eq!(ids(&board(&scene, &["WK150900"]).await), [ulft]);
        assert_eq!(board(&scene, &["WK150900", "WK150901"]).await.len(), 2);
        assert_eq!(ids(&board(&scene, &["WK150901", "GM1509"]).await), [gendringen]);
        assert_eq!(ids(&board(&scene, &[]).await), []);
    }

    async fn the_highest_rung_comes_first_then_the_nearest_deadline(mut scene: Scene) {
        let climbed = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        scene.climb(climbed).await;
        scene.later(1);
        let first = scene.opened(&signal("wonion", "2", "housing.fin.hua")).await;
        scene.later(48);
        let second = scene.opened(&signal("wonion", "3", "housing.fin.hua")).await;
        assert_eq!(ids(&board(&scene, &["WK150900"]).await), [climbed, first, second]);
    }

    async fn a_closed_case_is_owed_feedback_until_those_who_reported_know_how_it_ended(mut scene: Scene) {
        let mut closed = Vec::new();
        for reference in ["1", "2"] {
            let case = scene.opened(&signal("wonion", reference, "housing.fin.hua")).await;
            scene.case(case, CaseCommand::Resolve { act: scene.act() }).await.unwrap();
            closed.push((case, scene.due("5wd")));
            scene.later(48);
        }
        scene.opened(&signal("wonion", "3", "housing.fin.hua")).await;
        let views = Views::open(&scene.url("board"), &[Model::Board]).await.unwrap();
        let mut follower = Follower::new(scene.log.clone(), views.clone());
        let ulft = [AreaCode::new("WK150900").unwrap()];
        let mut owed = async || {
            follower.catch_up().await.unwrap();
            let owed = views.feedback_owed(&ulft, 100).await.unwrap();
            owed.into_iter().map(|head| (head.id, head.feedback_due.unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(owed().await, closed);
        let tell = CaseCommand::GiveFeedback { outcome: Outcome::Resolved, act: scene.act() };
        scene.case(closed[0].0, tell).await.unwrap();
        assert_eq!(owed().await, closed[1..]);
        scene.case(closed[1].0, CaseCommand::Reopen { act: scene.act() }).await.unwrap();
        assert_eq!(owed().await, []);
    }

    async fn cases_are_counted_by_area_rung_and_lane(mut scene: Scene) {
        let climbed = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
        scene.climb(climbed).await;
        for reference in ["2", "3"] {
            scene.opened(&signal("wonion", reference, "housing.fin.hua")).await;
        }
        scene.opened(&signal("gemeente", "4", "municipal.waste")).await;
        let views = Views::open(&scene.url("board"), &[Model::Board]).await.unwrap();
        Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap();
        let ulft = AreaCode::new("WK150900").unwrap();
        let counts = views.board_counts(std::slice::from_ref(&ulft)).await.unwrap();
        let seen: Vec<_> = counts.iter().map(|c| (c.rung, c.lane, c.cases)).collect();
        let (physical, social) = (Lane::Physical, Lane::Social);
        assert_eq!(
            seen,
            [(Rung::Workfloor, physical, 1), (Rung::Workfloor, social, 2), (Rung::Team, social, 1)]
        );
        assert!(counts.iter().all(|count| count.area == ulft));
    }
}
