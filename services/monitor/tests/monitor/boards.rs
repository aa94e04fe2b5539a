//! The board against a count by hand over the log.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use seinhuis_contract::proto::monitor::v1::{BoardCounts, GetBoardRequest, GetBoardResponse};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::{Act, CaseCommand, CaseState};
use seinhuis_domain::example;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::Urgency;
use tonic::Code;

use crate::chance::Chance;
use crate::scene::Scene;

const AREAS: [&str; 4] = ["GM1509", "WK150900", "WK150901", "BU15090001"];
const KINDS: [&str; 4] = ["housing.soc.gel", "police.e33", "municipal.waste", "housing.fin.hua"];

/// A case as the log alone tells it, with the kind of its first signal.
struct Known {
    state: CaseState,
    kind: &'static str,
    opened_at: jiff::Timestamp,
}

impl Known {
    fn overdue(&self, now: jiff::Timestamp) -> bool {
        self.state.planned.as_ref().is_some_and(|step| step.due_at <= now)
    }
}

/// Some weeks of a municipality: cases open, are picked up, climb and close. The open ones.
async fn history(scene: &Scene, chance: &mut Chance) -> Vec<Known> {
    let mut opened: Vec<(CaseId, &'static str, jiff::Timestamp)> = Vec::new();
    for n in 0..60 {
        scene.clock.advance(jiff::SignedDuration::from_hours(chance.below(24) as i64));
        let kind = KINDS[chance.below(KINDS.len())];
        let mut facts = example::signal("wonion", &format!("s{n}"), kind);
        facts.area = AreaCode::new(AREAS[chance.below(AREAS.len())]).unwrap();
        facts.urgency = [Urgency::Normal, Urgency::Urgent][chance.below(2)];
        opened.push((scene.open(facts).await, kind, scene.clock.now()));
        let (case, ..) = opened[chance.below(opened.len())];
        let state = scene.state(case).await;
        let act = Act { by: "role:test".into(), at: scene.clock.now(), note: None };
        let due = state.planned.clone().filter(|step| step.due_at <= act.at);
        match (chance.below(3), due) {
            _ if state.resolved => {}
            (0, _) => drop(scene.case(case, CaseCommand::Acknowledge { act }).await),
            (1, _) => drop(scene.case(case, CaseCommand::Resolve { act }).await),
            (_, Some(step)) => {
                let at = act.at;
                scene.case(case, CaseCommand::RaiseByTimer { step, at }).await;
            }
            (_, None) => {}
        }
    }
    let mut open = Vec::new();
    for (case, kind, opened_at) in opened {
        let state = scene.state(case).await;
        if !state.resolved {
            open.push(Known { state, kind, opened_at });
        }
    }
    open
}

fn lies_in(area: &AreaCode, outer: &str) -> bool {
    area.as_str() == outer || outer == "GM1509" || (area.as_str() == "BU15090001" && outer == "WK150900")
}

/// Every figure of the counts, by name.
fn figures(counts: &BoardCounts) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::from([("open".to_owned(), counts.open), ("overdue".to_owned(), counts.overdue)]);
    all.extend(counts.by_rung.iter().map(|c| (c.rung().as_str_name().to_lowercase(), c.count)));
    all.extend(counts.by_lane.iter().map(|c| (c.lane().as_str_name().to_lowercase(), c.count)));
    all.extend(counts.by_urgency.iter().map(|c| (c.urgency().as_str_name().to_lowercase(), c.count)));
    all.extend(counts.by_kind.iter().map(|c| (c.kind.clone(), c.count)));
    all
}

fn counted<'a>(cases: impl Iterator<Item = &'a Known>, now: jiff::Timestamp) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::from([("open".to_owned(), 0), ("overdue".to_owned(), 0)]);
    for case in cases {
        let state = &case.state;
        let names = [
            "open".to_owned(),
            format!("rung_{}", state.rung),
            format!("lane_{}", state.lane),
            format!("urgency_{}", state.urgency),
            Kind::from_code(case.kind).unwrap().code().to_owned(),
        ];
        for name in names.into_iter().chain(case.overdue(now).then(|| "overdue".to_owned())) {
            *all.entry(name).or_default() += 1;
        }
    }
    all
}

async fn board(scene: &Scene, who: &str, area: &str, max_rows: u32) -> GetBoardResponse {
    let request = GetBoardRequest { area_code: area.into(), max_rows };
    scene.boards(who).get_board(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn the_board_equals_a_count_by_hand_in_every_area() {
    for seed in [1, 2, 3] {
        println!("seed {seed}");
        let scene = Scene::begin().await;
        let open = history(&scene, &mut Chance(seed)).await;
        scene.settled().await;
        let now = scene.clock.now();
        assert!(open.iter().any(|case| case.overdue(now)) && open.iter().any(|case| !case.overdue(now)));
        for area in AREAS {
            let board = board(&scene, "college", area, 0).await;
            let here = || open.iter().filter(|case| lies_in(&case.state.area, area));
            assert_eq!(figures(board.counts.as_ref().unwrap()), counted(here(), now), "{area}");
            for sub_area in &board.sub_areas {
                let inner = open.iter().filter(|case| lies_in(&case.state.area, &sub_area.area_code));
                assert_eq!(figures(sub_area.counts.as_ref().unwrap()), counted(inner, now), "{sub_area:?}");
            }
            let mut workable: Vec<&Known> = here().collect();
            workable.sort_by_key(|case| {
                let due = case.state.planned.as_ref().map(|step| step.due_at);
                (
                    !case.overdue(now),
                    Reverse(case.state.rung),
                    due.is_none(),
                    due,
                    case.opened_at,
                    case.state.id,
                )
            });
            let wanted: Vec<_> = workable.iter().map(|case| case.state.id.to_string()).collect();
            let rows: Vec<_> = board.rows.iter().map(|row| row.case_id.clone()).collect();
            assert_eq!(rows, wanted, "{area}");
            for (row, case) in board.rows.iter().zip(workable) {
                assert_eq!(row.overdue, case.overdue(now));
                assert_eq!(row.signals as usize, case.state.signals.len());
            }
        }
    }
}

#[tokio::test]
async fn fewer_rows_are_the_first_ones_and_the_counts_stay() {
    let scene = Scene::begin().await;
    history(&scene, &mut Chance(4)).await;
    scene.settled().await;
    let all = board(&scene, "college", "GM1509", 0).await;
    let few = board(&scene, "college", "GM1509", 5).await;
    assert_eq!(few.rows, all.rows[..5]);
    assert_eq!(few.counts, all.counts);
}

#[tokio::test]
async fn sub_areas_are_one_level_below() {
    let scene = Scene::begin().await;
    let codes = async |who: &str, area: &str| -> Vec<String> {
        board(&scene, who, area, 0).await.sub_areas.into_iter().map(|sub_area| sub_area.area_code).collect()
    };
    assert_eq!(codes("college", "GM1509").await, ["WK150900", "WK150901"]);
    assert_eq!(codes("regisseur-ulft", "").await, ["BU15090001"]);
    assert_eq!(codes("regisseur-ulft", "BU15090001").await, Vec::<String>::new());
}

#[tokio::test]
async fn an_analyst_gets_the_counts_and_no_case() {
    let scene = Scene::begin().await;
    history(&scene, &mut Chance(5)).await;
    scene.settled().await;
    let (analyst, college) = (board(&scene, "analist", "", 0).await, board(&scene, "college", "", 0).await);
    assert_eq!(analyst.counts, college.counts);
    assert_eq!(analyst.rows, []);
    assert!(!college.rows.is_empty());
}

#[tokio::test]
async fn a_row_tells_age_and_time_to_its_deadline() {
    let scene = Scene::begin().await;
    scene.open(example::signal("wonion", "1", "housing.soc.gel")).await;
    scene.settled().await;
    // Monday to Thursday: Tuesday and Wednesday are over. Five working days end with Monday the 16th.
    scene.at("2026-03-12T09:30:00Z");
    let row = board(&scene, "regisseur-ulft", "WK150900", 0).await.rows.remove(0);
    assert_eq!((row.age_working_days, row.age.unwrap().seconds), (2, 3 * 86_400));
    assert_eq!(
        (row.overdue, row.time_to_deadline.unwrap().seconds),
        (false, 4 * 86_400 + 13 * 3_600 + 1_800)
    );
    scene.at("2026-03-16T23:00:00Z");
    let row = board(&scene, "regisseur-ulft", "WK150900", 0).await.rows.remove(0);
    assert_eq!((row.overdue, row.time_to_deadline.unwrap().seconds, row.age_working_days), (true, 0, 5));
}

#[tokio::test]
async fn an_area_that_is_not_on_the_map_is_not_found_and_one_that_is_not_his_is_denied() {
    let scene = Scene::begin().await;
    let refused = async |area: &str| {
        let request = GetBoardRequest { area_code: area.into(), max_rows: 0 };
        scene.boards("regisseur-ulft").get_board(request).await.unwrap_err().code()
    };
    assert_eq!(refused("WK999999").await, Code::NotFound);
    assert_eq!(refused("WK150901").await, Code::PermissionDenied);
    assert_eq!(refused("GM1509").await, Code::PermissionDenied);
    assert_eq!(refused("geen code").await, Code::InvalidArgument);
}
