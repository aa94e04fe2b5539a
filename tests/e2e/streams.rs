//! What happens is told as it happens: facts, boards, timers and the pipeline; and who watched while the hub was killed goes on
//! where he was.

use std::time::Duration;

use seinhuis::client::{Authed, authed};
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{Common, receipt::Outcome};
use seinhuis_contract::proto::monitor::v1::board_service_client::BoardServiceClient;
use seinhuis_contract::proto::monitor::v1::log_service_client::LogServiceClient;
use seinhuis_contract::proto::monitor::v1::pipeline_service_client::PipelineServiceClient;
use seinhuis_contract::proto::monitor::v1::timer_service_client::TimerServiceClient;
use seinhuis_contract::proto::monitor::v1::watch_facts_response::Event;
use seinhuis_contract::proto::monitor::v1::watch_timers_response::Event as Timers;
use seinhuis_contract::proto::monitor::v1::{
    WatchBoardsRequest, WatchFactsRequest, WatchFactsResponse, WatchPipelineRequest, WatchTimersRequest,
};
use seinhuis_domain::kind::Kind;
use seinhuis_testkit::Topology;
use tokio::time::timeout;
use tonic::Streaming;
use tonic::transport::Endpoint;

use crate::scene::report;

/// How long anything may take to be told.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_as_it_happens_and_a_killed_hub_costs_nobody_a_fact() {
    told_as_it_happens(Topology::Embedded).await;
}

async fn told_as_it_happens(topology: Topology) {
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    let wonion = hub.partner("wonion").unwrap();
    let regisseur = hub.person("gebiedsregisseur-ulft").unwrap();
    let served = topology.serve(&hub).unwrap();
    let monitor = connected(served.monitor(), &regisseur).await;

    let mut facts = facts(&monitor, None).await;
    let mut seen = vec![];
    tell(&mut facts, &mut seen, |event| matches!(event, Event::Progress(_))).await;
    reported(served.ingest(), &wonion, "1").await;
    // The signal, the case it opens, and the climb that is planned for it.
    for wanted in ["signal.reported", "case.opened", "case.step_planned"] {
        tell(&mut facts, &mut seen, |event| matches!(event, Event::Fact(fact) if fact.r#type == wanted))
            .await;
    }

    let boards = WatchBoardsRequest::default();
    let boards = BoardServiceClient::new(monitor.clone()).watch_boards(boards).await.unwrap();
    let is_open = |counts: Option<u64>| counts == Some(1);
    until(boards.into_inner(), |board| is_open(board.counts.as_ref().map(|counts| counts.open))).await;
    let timers = WatchTimersRequest::default();
    let timers = TimerServiceClient::new(monitor.clone()).watch_timers(timers).await.unwrap();
    until(timers.into_inner(), |said| matches!(&said.event, Some(Timers::Plan(plan)) if plan.total == 1))
        .await;
    let pipeline = WatchPipelineRequest {};
    let pipeline = PipelineServiceClient::new(monitor.clone()).watch_pipeline(pipeline).await.unwrap();
    let flow = until(pipeline.into_inner(), |flow| {
        flow.rate.is_some() && flow.followers.iter().all(|follower| follower.lag == 0)
    })
    .await;
    let casework = flow.followers.iter().find(|follower| follower.name == "casework").unwrap();
    // In one process nobody needs a lease, and the follower is at hand.
    assert_eq!(casework.lease.is_some(), topology == Topology::Split, "{casework:?}");
    assert_eq!(casework.faults, (topology == Topology::Embedded).then_some(0), "{casework:?}");

    served.process("monitor", 1).kill().unwrap();
    served.process("monitor", 1).start().unwrap();
    let monitor = connected(served.monitor(), &regisseur).await;
    reported(served.ingest(), &wonion, "2").await;
    let mut again = self::facts(&monitor, seen.last().copied()).await;
    let mut opened = false;
    while !opened {
        tell(&mut again, &mut seen, |event| {
            opened = matches!(event, Event::Fact(fact) if fact.r#type == "case.opened");
            matches!(event, Event::Fact(_))
        })
        .await;
    }
    // Who reads all of it later reads the same.
    let (mut whole, mut all) = (self::facts(&monitor, Some(0)).await, vec![]);
    while all.last() < seen.last() {
        tell(&mut whole, &mut all, |event| matches!(event, Event::Fact(_))).await;
    }
    assert_eq!(seen, all);
}

async fn connected(url: &str, token: &str) -> Authed {
    let channel = Endpoint::from_shared(url.to_owned()).unwrap().connect().await.unwrap();
    authed(channel, token).unwrap()
}

/// Facts after a position, or from now on.
async fn facts(monitor: &Authed, after: Option<u64>) -> Streaming<WatchFactsResponse> {
    let request = WatchFactsRequest {
        after_position: after.unwrap_or_default(),
        from_now: after.is_none(),
        ..Default::default()
    };
    LogServiceClient::new(monitor.clone()).watch_facts(request).await.unwrap().into_inner()
}

/// Notes the positions of facts until one that is `wanted` was told.
async fn tell(
    stream: &mut Streaming<WatchFactsResponse>,
    seen: &mut Vec<u64>,
    mut wanted: impl FnMut(&Event) -> bool,
) {
    let told = async {
        loop {
            let event = stream.message().await.unwrap().unwrap().event.unwrap();
            if let Event::Fact(fact) = &event {
                seen.push(fact.position);
            }
            if wanted(&event) {
                return;
            }
        }
    };
    timeout(PATIENCE, told).await.expect("it is told in time");
}

/// The first answer that is as wanted.
async fn until<T>(mut stream: Streaming<T>, wanted: impl Fn(&T) -> bool) -> T {
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

async fn reported(url: &str, token: &str, reference: &str) {
    let occurred = "2026-03-02T06:00:00Z".parse().unwrap();
    let common = Common {
        reference: reference.into(),
        occurred_at: Some(seinhuis_contract::time::to_wire(occurred)),
        area_code: "WK150900".into(),
        urgency: 1,
        ..Default::default()
    };
    let signal = SectorSignal::new(Kind::from_code("housing.soc.gel").unwrap(), common);
    let receipt = report(url, token, signal).await;
    assert!(matches!(receipt.outcome, Some(Outcome::Accepted(_))), "{receipt:?}");
}
