//! Who may make which call about a case in Ulft: every call, everybody. Denied unless allowed.

use std::collections::BTreeSet;

use seinhuis_contract::gate::METHODS;
use seinhuis_contract::proto::case::v1::act_request::Action;
use seinhuis_contract::proto::case::v1::{
    Acknowledge, ActRequest, Decide, GetCaseRequest, ReadContentRequest, WhyRequest,
};
use seinhuis_contract::proto::history::v1::{
    Every, ExportEventsRequest, ExportModelRequest, Format, GetAsOfRequest, GetSeriesRequest,
    RebuildProjectionRequest,
};
use seinhuis_contract::proto::monitor::v1::{
    GetBoardRequest, GetPipelineRequest, ListNoticesRequest, ListOwnSignalsRequest, ListTimersRequest,
    ReadFeedbackRequest, WatchBoardsRequest, WatchFactsRequest, WatchNoticesRequest, WatchPipelineRequest,
    WatchTimersRequest,
};
use seinhuis_contract::proto::proof::v1::{
    GetCheckpointRequest, GetConsistencyProofRequest, GetInclusionProofRequest,
};
use seinhuis_domain::example;
use tonic::{Code, Status};

use crate::scene::Scene;

const EVERYBODY: [&str; 9] = [
    "nobody",
    "a-stranger",
    "wonion",
    "beheerder",
    "analist",
    "teamlid-gendringen",
    "teamlid-ulft",
    "regisseur-ulft",
    "college",
];

/// Whoever has a token.
const ANYBODY: &[&str] =
    &["wonion", "beheerder", "analist", "teamlid-gendringen", "teamlid-ulft", "regisseur-ulft", "college"];

/// One call, and who may make it.
const CALLS: &[(&str, &[&str])] = &[
    ("/seinhuis.case.v1.CaseService/GetCase", &["teamlid-ulft", "regisseur-ulft", "college"]),
    ("/seinhuis.case.v1.CaseService/Why", &["teamlid-ulft", "regisseur-ulft", "college"]),
    ("/seinhuis.case.v1.CaseService/ReadContent", &["teamlid-ulft", "regisseur-ulft", "college"]),
    ("/seinhuis.case.v1.CaseService/Act", &["teamlid-ulft", "regisseur-ulft", "college"]),
    ("/seinhuis.case.v1.CaseService/Act decide", &["regisseur-ulft", "college"]),
    (
        "/seinhuis.history.v1.HistoryService/ExportEvents",
        &["analist", "teamlid-ulft", "regisseur-ulft", "college"],
    ),
    (
        "/seinhuis.history.v1.HistoryService/ExportModel figures",
        &["analist", "teamlid-ulft", "regisseur-ulft", "college"],
    ),
    ("/seinhuis.history.v1.HistoryService/ExportModel cases", &["teamlid-ulft", "regisseur-ulft", "college"]),
    (
        "/seinhuis.history.v1.HistoryService/GetAsOf",
        &["analist", "teamlid-ulft", "regisseur-ulft", "college"],
    ),
    (
        "/seinhuis.history.v1.HistoryService/GetSeries",
        &["analist", "teamlid-ulft", "regisseur-ulft", "college"],
    ),
    ("/seinhuis.history.v1.HistoryService/RebuildProjection", &["beheerder"]),
    ("/seinhuis.monitor.v1.BoardService/GetBoard", &["analist", "teamlid-ulft", "regisseur-ulft", "college"]),
    (
        "/seinhuis.monitor.v1.BoardService/WatchBoards",
        &["analist", "teamlid-ulft", "regisseur-ulft", "college"],
    ),
    ("/seinhuis.monitor.v1.TimerService/WatchTimers", &["teamlid-ulft", "regisseur-ulft", "college"]),
    (
        "/seinhuis.monitor.v1.NoticeService/WatchNotices",
        &["beheerder", "analist", "teamlid-gendringen", "teamlid-ulft", "regisseur-ulft", "college"],
    ),
    (
        "/seinhuis.monitor.v1.NoticeService/WatchNotices Ulft",
        &["analist", "teamlid-ulft", "regisseur-ulft", "college"],
    ),
    (
        "/seinhuis.monitor.v1.PipelineService/WatchPipeline",
        &["beheerder", "analist", "teamlid-gendringen", "teamlid-ulft", "regisseur-ulft", "college"],
    ),
    (
        "/seinhuis.monitor.v1.LogService/WatchFacts",
        &["beheerder", "analist", "teamlid-gendringen", "teamlid-ulft", "regisseur-ulft", "college"],
    ),
    (
        "/seinhuis.monitor.v1.LogService/WatchFacts Ulft",
        &["analist", "teamlid-ulft", "regisseur-ulft", "college"],
    ),
    ("/seinhuis.monitor.v1.OwnSignalsService/ListOwnSignals", &["wonion"]),
    ("/seinhuis.monitor.v1.OwnSignalsService/ReadFeedback", &["wonion"]),
    ("/seinhuis.monitor.v1.TimerService/ListTimers", &["teamlid-ulft", "regisseur-ulft", "college"]),
    (
        "/seinhuis.monitor.v1.NoticeService/ListNotices",
        &["beheerder", "analist", "teamlid-gendringen", "teamlid-ulft", "regisseur-ulft", "college"],
    ),
    (
        "/seinhuis.monitor.v1.PipelineService/GetPipeline",
        &["beheerder", "analist", "teamlid-gendringen", "teamlid-ulft", "regisseur-ulft", "college"],
    ),
    ("/seinhuis.proof.v1.ProofService/GetCheckpoint", ANYBODY),
    ("/seinhuis.proof.v1.ProofService/GetInclusionProof", ANYBODY),
    ("/seinhuis.proof.v1.ProofService/GetConsistencyProof", ANYBODY),
];

async fn call(scene: &Scene, call: &str, who: &str, case: &str) -> Result<(), Status> {
    let (case, ulft) = (case.to_owned(), "WK150900".to_owned());
    let (path, detail) = call.split_once(' ').unwrap_or((call, ""));
    let watch = |area_code| WatchFactsRequest { area_code, ..Default::default() };
    let act = |action| ActRequest {
        case: case.clone(),
        note: String::new(),
        action: Some(action),
        seen_position: 0,
    };
    match (path.rsplit('/').next().unwrap(), detail) {
        ("GetCase", _) => drop(scene.cases(who).get_case(GetCaseRequest { case }).await?),
        ("Why", _) => drop(scene.cases(who).why(WhyRequest { case }).await?),
        ("ReadContent", _) => drop(scene.cases(who).read_content(ReadContentRequest { case }).await?),
        ("Act", "decide") => {
            let decide = act(Action::Decide(Decide { lead: "wonion".into() }));
            drop(scene.cases(who).act(decide).await?);
        }
        ("Act", _) => drop(scene.cases(who).act(act(Action::Acknowledge(Acknowledge {}))).await?),
        ("GetBoard", _) => {
            let request = GetBoardRequest { area_code: ulft, max_rows: 0 };
            drop(scene.boards(who).get_board(request).await?);
        }
        ("ExportEvents", _) => {
            let format = Format::Csv.into();
            let request = ExportEventsRequest { area_code: ulft, format, ..Default::default() };
            drop(scene.past(who).export_events(request).await?);
        }
        ("ExportModel", model) => {
            let (model, format) = (model.to_owned(), Format::Csv.into());
            let request = ExportModelRequest { model, area_code: ulft, format, ..Default::default() };
            drop(scene.past(who).export_model(request).await?);
        }
        ("GetAsOf", _) => {
            let request = GetAsOfRequest { area_code: ulft, ..Default::default() };
            drop(scene.past(who).get_as_of(request).await?);
        }
        ("GetSeries", _) => {
            let at = Some(seinhuis_contract::time::to_wire(scene.clock.now()));
            let every = Every::Day.into();
            let request = GetSeriesRequest { area_code: ulft, from: at, until: at, every, map: 0 };
            drop(scene.past(who).get_series(request).await?);
        }
        ("RebuildProjection", _) => {
            let request = RebuildProjectionRequest { models: vec!["tally".into()] };
            let mut answers = scene.past(who).rebuild_projection(request).await?.into_inner();
            while answers.message().await?.is_some() {}
        }
        ("WatchFacts", "Ulft") => drop(scene.facts(who).watch_facts(watch(ulft)).await?),
        ("WatchFacts", _) => drop(scene.facts(who).watch_facts(watch(String::new())).await?),
        ("WatchBoards", _) => {
            drop(scene.boards(who).watch_boards(WatchBoardsRequest { area_code: ulft }).await?);
        }
        ("WatchTimers", _) => {
            let request = WatchTimersRequest { area_code: ulft, max_timers: 0 };
            drop(scene.timers(who).watch_timers(request).await?);
        }
        ("WatchNotices", detail) => {
            let area_code = if detail.is_empty() { String::new() } else { ulft };
            let request = WatchNoticesRequest { area_code, ..Default::default() };
            drop(scene.inbox(who).watch_notices(request).await?);
        }
        ("WatchPipeline", _) => drop(scene.pipeline(who).watch_pipeline(WatchPipelineRequest {}).await?),
        ("ListOwnSignals", _) => {
            drop(scene.own_signals(who).list_own_signals(ListOwnSignalsRequest::default()).await?);
        }
        ("ReadFeedback", _) => {
            let request = ReadFeedbackRequest { reference: "1".into() };
            drop(scene.own_signals(who).read_feedback(request).await?);
        }
        ("ListTimers", _) => {
            let request = ListTimersRequest { area_code: ulft, ..Default::default() };
            drop(scene.timers(who).list_timers(request).await?);
        }
        ("ListNotices", _) => {
            drop(scene.inbox(who).list_notices(ListNoticesRequest::default()).await?);
        }
        ("GetPipeline", _) => drop(scene.pipeline(who).get_pipeline(GetPipelineRequest {}).await?),
        ("GetCheckpoint", _) => {
            drop(scene.proofs(who).get_checkpoint(GetCheckpointRequest { size: None }).await?);
        }
        ("GetInclusionProof", _) => {
            let request = GetInclusionProofRequest { position: 1, size: None };
            drop(scene.proofs(who).get_inclusion_proof(request).await?);
        }
        ("GetConsistencyProof", _) => {
            let mut proofs = scene.proofs(who);
            let last = proofs.get_checkpoint(GetCheckpointRequest { size: None }).await?.into_inner();
            let request = GetConsistencyProofRequest { old_size: last.size, new_size: None };
            drop(proofs.get_consistency_proof(request).await?);
        }
        other => panic!("no such call: {other:?}"),
    }
    Ok(())
}

#[tokio::test]
async fn everybody_may_make_exactly_the_calls_that_are_his() {
    let scene = Scene::begin().await;
    let case = scene.open(example::signal("wonion", "1", "housing.soc.gel")).await.to_string();
    scene.settled().await;
    scene.sign().await;
    for (path, allowed) in CALLS {
        for who in EVERYBODY {
            let outcome = call(&scene, path, who, &case).await.map_err(|status| status.code());
            match who {
                "nobody" | "a-stranger" => assert_eq!(outcome, Err(Code::Unauthenticated), "{who} {path}"),
                who if allowed.contains(&who) => {
                    // What the rules of the case say to somebody who may ask is no denial.
                    assert!(
                        matches!(outcome, Ok(()) | Err(Code::FailedPrecondition)),
                        "{who} {path} {outcome:?}"
                    );
                }
                who => assert_eq!(outcome, Err(Code::PermissionDenied), "{who} {path}"),
            }
        }
    }
}

#[test]
fn no_call_is_left_out_of_the_table() {
    let ours = |path: &&str| !path.starts_with("/seinhuis.ingest.") && !path.starts_with("/grpc.");
    let all: BTreeSet<_> = METHODS.iter().map(|(path, _)| *path).filter(ours).collect();
    let told: BTreeSet<_> = CALLS.iter().map(|(call, _)| call.split(' ').next().unwrap()).collect();
    assert_eq!(told, all);
}
