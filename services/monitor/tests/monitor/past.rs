//! The past against the boards that were looked at when it was the present.

use seinhuis_contract::proto::history::v1::get_as_of_request::Moment;
use seinhuis_contract::proto::history::v1::{
    Clock, Every, Flow, GetAsOfRequest, GetAsOfResponse, GetSeriesRequest, Period, Step,
};
use seinhuis_contract::proto::monitor::v1::{GetBoardRequest, GetBoardResponse};
use seinhuis_contract::time;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::{Act, CaseCommand};
use seinhuis_domain::example;
use seinhuis_domain::ids::{PartnerId, SubjectId};
use tonic::{Code, Status};

use crate::scene::Scene;

async fn board(scene: &Scene, who: &str, area: &str) -> GetBoardResponse {
    let request = GetBoardRequest { area_code: area.into(), max_rows: 0 };
    scene.boards(who).get_board(request).await.unwrap().into_inner()
}

async fn as_of(
    scene: &Scene,
    who: &str,
    area: &str,
    moment: Option<Moment>,
) -> Result<GetAsOfResponse, Status> {
    let request = GetAsOfRequest { area_code: area.into(), moment, ..Default::default() };
    scene.past(who).get_as_of(request).await.map(tonic::Response::into_inner)
}

fn instant(text: &str) -> Option<Moment> {
    Some(Moment::Instant(time::to_wire(text.parse().unwrap())))
}

/// Some weeks: cases open in both areas, are handed over, climb and close. The boards as they were looked at meanwhile.
async fn some_weeks(scene: &Scene) -> Vec<GetBoardResponse> {
    let (mut seen, mut open) = (Vec::new(), Vec::new());
    for n in 0..24 {
        let mut facts = example::signal("wonion", &format!("s{n}"), "housing.soc.gel");
        facts.area = AreaCode::new(["WK150900", "WK150901", "BU15090001"][n % 3]).unwrap();
        open.push(scene.open(facts).await);
        scene.clock.advance(jiff::SignedDuration::from_hours(31));
        let act = Act { by: "role:test".into(), at: scene.clock.now(), note: None };
        let case = open[n / 2];
        match n % 4 {
            0 => drop(scene.case(case, CaseCommand::Acknowledge { act }).await),
            1 => {
                let to = PartnerId::new("politie").unwrap();
                scene.case(case, CaseCommand::HandOver { to, act }).await;
            }
            2 => drop(scene.case(open.remove(n / 2), CaseCommand::Resolve { act }).await),
            _ => {
                let state = scene.state(case).await;
                if let Some(step) = state.planned.filter(|step| step.due_at <= act.at) {
                    let at = act.at;
                    scene.case(case, CaseCommand::RaiseByTimer { step, at }).await;
                }
            }
        }
        scene.settled().await;
        for area in ["GM1509", "WK150900"] {
            seen.push(board(scene, "college", area).await);
        }
        // So that nothing else is recorded at the instant of these boards.
        scene.clock.advance(jiff::SignedDuration::from_mins(1));
    }
    seen
}

#[tokio::test]
async fn every_board_that_was_looked_at_is_shown_again_by_its_instant_and_by_its_position() {
    let scene = Scene::begin().await;
    let boards = some_weeks(&scene).await;
    scene.at("2027-01-04T09:00:00Z");
    let mut same = 0;
    for board in boards {
        let then = Some(Moment::Instant(board.as_of.unwrap()));
        let by_instant = as_of(&scene, "college", &board.area_code, then).await.unwrap();
        assert_eq!((by_instant.position, by_instant.instant), (board.as_of_position, board.as_of));
        assert_eq!(by_instant.figures.as_ref().unwrap().counts, board.counts);
        assert_eq!((&by_instant.rows, &by_instant.sub_areas), (&board.rows, &board.sub_areas));
        let then = Some(Moment::Position(board.as_of_position));
        let by_position = as_of(&scene, "college", &board.area_code, then).await.unwrap();
        assert_eq!(by_position.position, board.as_of_position);
        // Where the last event was recorded when the board was looked at, it is the same moment.
        if by_position.instant == board.as_of {
            same += 1;
            assert_eq!(by_position, by_instant);
        }
    }
    assert!(same > 20, "{same}");
}

#[tokio::test]
async fn now_is_the_last_of_all_moments() {
    let scene = Scene::begin().await;
    some_weeks(&scene).await;
    let now = as_of(&scene, "college", "GM1509", None).await.unwrap();
    let board = board(&scene, "college", "GM1509").await;
    assert_eq!((now.rows, now.position), (board.rows, board.as_of_position));
    assert!(!now.alarms.is_empty(), "weeks without a word raise no alarm");
    let alarmed: u64 = now.figures.unwrap().by_alarm.iter().map(|c| c.count).sum();
    assert_eq!(alarmed, now.alarms.len() as u64);
}

#[tokio::test]
async fn a_theme_over_all_areas_adds_up_to_what_is_open_for_it_and_a_gap_is_a_kind_without_a_taker() {
    let scene = Scene::begin().await;
    some_weeks(&scene).await;
    let untaken = scene.open(example::signal("politie", "e33", "police.e33")).await;
    let mut care = example::signal("sensire", "z", "care.loneliness");
    care.area = AreaCode::new("WK150901").unwrap();
    scene.open(care).await;
    scene.settled().await;
    let now = as_of(&scene, "analist", "GM1509", None).await.unwrap();
    let figures = now.figures.unwrap();
    for theme in &now.themes {
        let goal = figures.by_goal.iter().find(|count| count.goal == theme.goal).unwrap();
        assert_eq!(theme.counts.as_ref().unwrap().open, goal.count);
        let inside: u64 = theme.areas.iter().map(|area| area.counts.as_ref().unwrap().open).sum();
        assert_eq!(inside, goal.count);
    }
    assert_eq!(now.themes.iter().map(|theme| theme.areas.len()).sum::<usize>(), 2);
    assert_eq!((figures.gaps[0].kind.as_str(), figures.gaps[0].no_lead), ("police.e33", 1), "{untaken}");
    let share: u32 = figures.by_track.iter().map(|track| track.percent).sum();
    assert_eq!(share, 100);
}

#[tokio::test]
async fn an_analyst_gets_figures_of_the_past_and_no_case() {
    let scene = Scene::begin().await;
    some_weeks(&scene).await;
    let (analyst, college) = (
        as_of(&scene, "analist", "GM1509", instant("2026-03-20T09:00:00Z")).await.unwrap(),
        as_of(&scene, "college", "GM1509", instant("2026-03-20T09:00:00Z")).await.unwrap(),
    );
    assert_eq!(analyst.figures, college.figures);
    assert_eq!((analyst.rows.len(), analyst.alarms.len()), (0, 0));
    assert!(!college.rows.is_empty());
}

#[tokio::test]
async fn a_moment_that_never_was_is_refused_and_said_why() {
    let scene = Scene::begin().await;
    some_weeks(&scene).await;
    let head = scene.log.head().0;
    let refused = async |moment| as_of(&scene, "college", "GM1509", moment).await.unwrap_err();
    for (moment, code, words) in [
        (Some(Moment::Position(0)), Code::InvalidArgument, "1 or more"),
        (Some(Moment::Position(head + 1)), Code::OutOfRange, "the log ends at position"),
        (instant("2026-03-09T09:29:59Z"), Code::InvalidArgument, "not before the log's first event"),
        (instant("2126-03-09T09:29:59Z"), Code::InvalidArgument, "not after the hub's clock"),
    ] {
        let status = refused(moment).await;
        assert_eq!(status.code(), code, "{status}");
        assert!(status.message().contains(words), "{status}");
    }
    let nowhere = as_of(&scene, "college", "GM9999", None).await.unwrap_err();
    assert_eq!(nowhere.code(), Code::NotFound);
    let not_his = as_of(&scene, "regisseur-ulft", "WK150901", None).await.unwrap_err();
    assert_eq!(not_his.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_series_says_at_each_moment_what_one_question_would_say() {
    let scene = Scene::begin().await;
    some_weeks(&scene).await;
    let at = |text: &str| Some(time::to_wire(text.parse().unwrap()));
    let request = GetSeriesRequest {
        area_code: "GM1509".into(),
        from: at("2026-03-02T09:00:00Z"),
        until: at("2026-04-06T08:00:00Z"),
        every: Every::Week.into(),
        map: 0,
    };
    let points = scene.past("analist").get_series(request).await.unwrap().into_inner().points;
    assert_eq!(points.len(), 6);
    assert_eq!(
        (points[0].position, points[0].figures.as_ref().unwrap().counts.clone().unwrap().open),
        (0, 0)
    );
    for point in &points[2..] {
        let then = Some(Moment::Instant(point.instant.unwrap()));
        let once = as_of(&scene, "analist", "GM1509", then).await.unwrap();
        assert_eq!((once.position, once.figures), (point.position, point.figures.clone()));
    }
}

async fn since(scene: &Scene, who: &str, from: &str, clock: Clock) -> Result<Period, Status> {
    let request = GetAsOfRequest {
        area_code: "GM1509".into(),
        since: Some(time::to_wire(from.parse().unwrap())),
        clock: clock.into(),
        ..Default::default()
    };
    scene.past(who).get_as_of(request).await.map(|answer| answer.into_inner().period.unwrap())
}

#[tokio::test]
async fn a_period_and_the_one_before_it_add_up_to_both_together() {
    let scene = Scene::begin().await;
    some_weeks(&scene).await;
    scene.at("2026-04-20T08:00:00Z");
    let asked = async |from| since(&scene, "analist", from, Clock::Recorded).await.unwrap();
    let weeks = asked("2026-03-30T08:00:00Z").await;
    let whole = asked("2026-03-09T09:00:00Z").await;
    let count = |flow: &Option<Flow>| {
        let flow = flow.as_ref().unwrap();
        let opened = flow.steps.iter().find(|s| s.step() == Step::Opened).map_or(0, |s| s.count);
        (flow.signals, opened)
    };
    let (now, before, both) = (count(&weeks.flow), count(&weeks.before), count(&whole.flow));
    assert!(now.0 > 0 && before.0 > 0, "{now:?} {before:?}");
    assert_eq!((now.0 + before.0, now.1 + before.1), both);
    assert_eq!(both, (24, 24));
    assert_eq!(weeks.before_from, whole.from);
}

#[tokio::test]
async fn a_series_tells_what_happened_between_its_moments() {
    let scene = Scene::begin().await;
    some_weeks(&scene).await;
    let at = |text: &str| Some(time::to_wire(text.parse().unwrap()));
    let request = GetSeriesRequest {
        area_code: "GM1509".into(),
        from: at("2026-03-09T00:00:00Z"),
        until: at("2026-04-06T08:00:00Z"),
        every: Every::Week.into(),
        map: 0,
    };
    let points = scene.past("analist").get_series(request).await.unwrap().into_inner().points;
    let signals: Vec<u64> = points.iter().map(|point| point.flow.as_ref().unwrap().signals).collect();
    assert_eq!((signals[0], signals.iter().sum::<u64>()), (0, 22), "{signals:?}");
}

#[tokio::test]
async fn who_comes_back_is_named_to_those_who_see_cases_and_counted_for_an_analyst() {
    let scene = Scene::begin().await;
    let subject: SubjectId = "6f3b7a0e-8f0b-4b52-9d5e-000000000001".parse().unwrap();
    for (reference, occurred_at) in [("1", "2026-03-09T08:00:00Z"), ("2", "2026-02-01T08:00:00Z")] {
        let mut facts = example::signal("wonion", reference, "housing.soc.gel");
        (facts.subjects, facts.occurred_at) = (vec![subject], occurred_at.parse().unwrap());
        scene.report(facts).await;
    }
    scene.settled().await;
    scene.clock.advance(jiff::SignedDuration::from_hours(1));
    let march = async |who, clock| since(&scene, who, "2026-02-28T23:00:00Z", clock).await.unwrap();
    let (college, analyst) =
        (march("college", Clock::Recorded).await, march("analist", Clock::Recorded).await);
    assert_eq!(college.repeats.len(), 1);
    assert_eq!((college.repeats[0].subject_id.clone(), college.repeats[0].signals), (subject.to_string(), 2));
    assert_eq!((analyst.repeats.len(), analyst.flow.clone()), (0, college.flow));
    assert_eq!(analyst.flow.unwrap().repeats[0].subjects, 1);
    // By the partner's clock one of the two is of an earlier month.
    let flow = march("college", Clock::Occurred).await.flow.unwrap();
    assert_eq!((flow.signals, flow.repeats.len()), (1, 0));
}

#[tokio::test]
async fn a_period_that_doesnt_begin_before_its_end_is_refused() {
    let scene = Scene::begin().await;
    some_weeks(&scene).await;
    let refused = since(&scene, "college", "2126-03-09T09:00:00Z", Clock::Recorded).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().contains("before the moment"), "{refused}");
}
