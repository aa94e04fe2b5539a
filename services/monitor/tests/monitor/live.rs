//! Boards, timers, notices and the pipeline as they change.

use std::time::Duration;

use seinhuis_contract::proto::monitor::v1::watch_notices_response::Event as Notices;
use seinhuis_contract::proto::monitor::v1::watch_timers_response::Event as Timers;
use seinhuis_contract::proto::monitor::v1::{
    ListNoticesRequest, NoticeStep, NoticeStepKind as Kind, TimerPlan, WatchBoardsRequest,
    WatchBoardsResponse, WatchNoticesRequest, WatchNoticesResponse, WatchPipelineRequest,
    WatchPipelineResponse, WatchTimersRequest, WatchTimersResponse,
};
use seinhuis_contract::time;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::example;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::person::{Person, PersonCommand};
use tokio::time::timeout;
use tonic::{Code, Streaming};

use crate::scene::{PATIENCE, Scene, token};

/// The next answer that is as wanted; those before it are let go.
async fn until<T>(stream: &mut Streaming<T>, wanted: impl Fn(&T) -> bool) -> T {
    let found = async {
        loop {
            let answer = stream.message().await.unwrap().expect("the stream goes on");
            if wanted(&answer) {
                return answer;
            }
        }
    };
    timeout(PATIENCE, found).await.expect("it is told in time")
}

fn open(board: &WatchBoardsResponse) -> (u64, u64) {
    let counts = board.counts.clone().unwrap();
    (counts.open, counts.overdue)
}

#[tokio::test]
async fn a_board_is_told_at_once_and_then_whenever_it_changes_and_when_time_alone_changes_it() {
    let scene = Scene::begin().await;
    scene.settled().await;
    let watch = async |who: &str| {
        let request = WatchBoardsRequest::default();
        scene.boards(who).watch_boards(request).await.unwrap().into_inner()
    };
    let (mut all, mut elsewhere) = (watch("college").await, watch("teamlid-gendringen").await);
    assert_eq!(open(&until(&mut all, |_| true).await), (0, 0));
    assert_eq!(open(&until(&mut elsewhere, |_| true).await), (0, 0));
    let case = scene.open(example::signal("wonion", "1", "housing.soc.gel")).await;
    let board = until(&mut all, |board| open(board).0 == 1).await;
    let per_area: Vec<_> = board
        .sub_areas
        .iter()
        .map(|area| (area.area_code.as_str(), area.counts.clone().unwrap().open))
        .collect();
    assert_eq!((board.area_code.as_str(), per_area), ("GM1509", vec![("WK150900", 1), ("WK150901", 0)]));
    scene.clock.set(scene.state(case).await.planned.unwrap().due_at);
    assert_eq!(open(&until(&mut all, |board| open(board).1 == 1).await), (1, 1));
    // Who comes later is told what was seen last.
    assert_eq!(open(&until(&mut watch("college").await, |_| true).await), (1, 1));
    let mut facts = example::signal("wonion", "2", "housing.soc.gel");
    facts.area = AreaCode::new("WK150901").unwrap();
    scene.open(facts).await;
    assert_eq!(open(&until(&mut elsewhere, |_| true).await), (1, 0), "nothing of others' areas in between");
}

fn plan(answer: WatchTimersResponse) -> TimerPlan {
    match answer.event {
        Some(Timers::Plan(plan)) => plan,
        other => panic!("no plan: {other:?}"),
    }
}

#[tokio::test]
async fn timers_are_told_as_they_are_planned_and_when_one_fires() {
    let scene = Scene::begin().await;
    scene.settled().await;
    let request = WatchTimersRequest::default();
    let mut stream = scene.timers("regisseur-ulft").watch_timers(request).await.unwrap().into_inner();
    let first = plan(until(&mut stream, |_| true).await);
    assert_eq!((first.timers, first.total, first.overdue), (vec![], 0, 0));
    let case = scene.open(example::signal("wonion", "1", "housing.soc.gel")).await;
    let is_plan = |answer: &WatchTimersResponse| matches!(answer.event, Some(Timers::Plan(_)));
    let next = plan(until(&mut stream, is_plan).await);
    assert_eq!((next.timers[0].number.clone(), next.total), (case.number(), 1));
    let due_at = scene.state(case).await.planned.unwrap().due_at;
    scene.climb(case).await;
    let is_fired = |answer: &WatchTimersResponse| matches!(answer.event, Some(Timers::Fired(_)));
    let Some(Timers::Fired(fired)) = until(&mut stream, is_fired).await.event else { panic!("it fired") };
    assert_eq!((fired.number, fired.planned_at), (case.number(), Some(time::to_wire(due_at))));
    assert_eq!(fired.late, Some(time::span_to_wire(jiff::SignedDuration::ZERO)));
    let too_many = WatchTimersRequest { max_timers: 1_001, ..Default::default() };
    let refused = scene.timers("college").watch_timers(too_many).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

async fn steps(stream: &mut Streaming<WatchNoticesResponse>, count: usize) -> Vec<NoticeStep> {
    let mut steps = Vec::new();
    while steps.len() < count {
        let is_step = |answer: &WatchNoticesResponse| matches!(answer.event, Some(Notices::Step(_)));
        let Some(Notices::Step(step)) = until(stream, is_step).await.event else { panic!("a step") };
        steps.push(step);
    }
    steps
}

#[tokio::test]
async fn notices_are_told_step_by_step_without_whom_they_are_to() {
    let scene = Scene::begin().await;
    let case = scene.open(example::signal("politie", "1", "police.e33")).await;
    scene.climb(case).await;
    scene.settled().await;
    let rung = scene.state(case).await.rung;
    scene.told(case, rung, "regisseur-ulft").await;
    let inbox = scene.inbox("regisseur-ulft").list_notices(ListNoticesRequest::default()).await.unwrap();
    let notice = inbox.into_inner().notices.remove(0);
    let watch = async |who: &str| {
        let request = WatchNoticesRequest::default();
        scene.inbox(who).watch_notices(request).await.unwrap().into_inner()
    };
    let told = steps(&mut watch("regisseur-ulft").await, 2).await;
    assert_eq!([told[0].kind(), told[1].kind()], [Kind::Planned, Kind::Delivered]);
    assert!(told[0].notice_ids.contains(&notice.id), "{:?}", told[0]);
    assert_eq!(told[1].notice_ids, [notice.id]);
    assert_eq!((told[1].channel.as_str(), told[1].attempts, told[1].count), ("file", 1, 1));
    assert_eq!((told[0].number.clone(), told[0].area_code.as_str()), (case.number(), "WK150900"));
    assert!(!format!("{told:?}").contains("regisseur-ulft"));

    let outline = steps(&mut watch("beheerder").await, 2).await;
    for (seen, sharp) in outline.iter().zip(&told) {
        assert_eq!((seen.position, seen.kind(), seen.count), (sharp.position, sharp.kind(), sharp.count));
        assert_eq!((seen.case_id.as_str(), seen.number.as_str(), seen.area_code.as_str()), ("", "", ""));
        assert!(seen.notice_ids.is_empty() && seen.rung == 0);
    }
    // He begins again after the first, and hears the second.
    let request = WatchNoticesRequest { after_position: told[0].position, ..Default::default() };
    let mut again = scene.inbox("college").watch_notices(request).await.unwrap().into_inner();
    assert_eq!(steps(&mut again, 1).await, told[1..]);
    assert!(Rung::ALL.contains(&rung));
}

async fn flow(stream: &mut Streaming<WatchPipelineResponse>) -> WatchPipelineResponse {
    until(stream, |_| true).await
}

#[tokio::test]
async fn operations_see_how_fast_everything_flows_and_for_how_long_it_has_waited() {
    let scene = Scene::stalled().await;
    let before = scene.log.head();
    let request = WatchPipelineRequest {};
    let mut stream = scene.pipeline("beheerder").watch_pipeline(request).await.unwrap().into_inner();
    let first = flow(&mut stream).await;
    assert_eq!((first.head, first.rate, first.streams), (before.0, None, 1));
    let views = &first.followers[0];
    assert_eq!((views.name.as_str(), views.lag, views.rate), ("views", before.0, None));
    scene.clock.advance(jiff::SignedDuration::from_secs(90));
    let waited = |answer: &WatchPipelineResponse| {
        answer.followers.iter().all(|f| f.lag_time.as_ref().is_some_and(|lag| lag.seconds >= 90))
    };
    assert!(until(&mut stream, waited).await.rate.is_some(), "two looks make a rate");
    scene.follow();
    scene.open(example::signal("wonion", "1", "housing.soc.gel")).await;
    let flowed = |answer: &WatchPipelineResponse| {
        let followed = answer
            .followers
            .iter()
            .all(|f| f.lag == 0 && f.lag_time == Some(prost_types::Duration::default()));
        followed && answer.timers.as_ref().is_some_and(|timers| timers.planned == 1)
    };
    let last = until(&mut stream, flowed).await;
    assert!(last.timers.unwrap().first_due_at.is_some());
    assert!(last.tallies.iter().any(|tally| tally.name == "cases.opened" && tally.count == 1));
}

#[tokio::test]
async fn a_revoked_token_ends_every_stream_it_opened_also_in_silence() {
    let scene = Scene::begin().await;
    scene.settled().await;
    let boards = WatchBoardsRequest::default();
    let mut boards = scene.boards("college").watch_boards(boards).await.unwrap().into_inner();
    let timers = WatchTimersRequest::default();
    let mut timers = scene.timers("college").watch_timers(timers).await.unwrap().into_inner();
    let notices = WatchNoticesRequest::default();
    let mut notices = scene.inbox("college").watch_notices(notices).await.unwrap().into_inner();
    let pipeline = WatchPipelineRequest {};
    let mut pipeline = scene.pipeline("college").watch_pipeline(pipeline).await.unwrap().into_inner();
    until(&mut boards, |_| true).await;
    until(&mut timers, |_| true).await;
    until(&mut notices, |_| true).await;
    until(&mut pipeline, |_| true).await;
    let revoke = PersonCommand::RevokeToken(token("college").hash());
    scene.log.execute::<Person>(&(), "college", revoke, &scene.context()).await.unwrap();
    let ends = [
        ended(&mut boards).await,
        ended(&mut timers).await,
        ended(&mut notices).await,
        ended(&mut pipeline).await,
    ];
    assert_eq!(ends, [Code::Unauthenticated; 4]);
}

/// How a stream ends.
async fn ended<T>(stream: &mut Streaming<T>) -> Code {
    let end = async {
        loop {
            match stream.message().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("it ends with a reason"),
                Err(status) => return status.code(),
            }
        }
    };
    timeout(Duration::from_secs(3), end).await.expect("it ends at once")
}
