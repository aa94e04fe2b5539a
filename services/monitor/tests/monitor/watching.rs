//! Following the log.

use std::collections::BTreeSet;

use seinhuis_contract::proto::monitor::v1::watch_facts_response::Event;
use seinhuis_contract::proto::monitor::v1::{Fact, WatchFactsRequest, WatchFactsResponse};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::example;
use seinhuis_domain::person::{Person, PersonCommand};
use seinhuis_eventstore::{Log, Position};
use tokio::time::timeout;
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt;

use crate::scene::{PATIENCE, Scene, WATCHES, token};

pub(crate) fn from(after_position: u64, area: &str) -> WatchFactsRequest {
    WatchFactsRequest { after_position, area_code: area.into(), ..Default::default() }
}

pub(crate) async fn watch(
    scene: &Scene,
    who: &str,
    request: WatchFactsRequest,
) -> Streaming<WatchFactsResponse> {
    scene.facts(who).watch_facts(request).await.unwrap().into_inner()
}

pub(crate) async fn next(stream: &mut Streaming<WatchFactsResponse>) -> Result<Event, Status> {
    let answer = timeout(PATIENCE, stream.message()).await.expect("something is said in time")?;
    Ok(answer.expect("the stream goes on").event.unwrap())
}

/// Every fact up to `head`, and no further.
pub(crate) async fn facts_to(stream: &mut Streaming<WatchFactsResponse>, head: Position) -> Vec<Fact> {
    let mut facts = Vec::new();
    loop {
        match next(stream).await.unwrap() {
            Event::Progress(progress) if progress.position >= head.0 => return facts,
            Event::Progress(_) | Event::Parked(_) => {}
            Event::Fact(fact) => {
                assert!(fact.position <= head.0, "beyond the end: {fact:?}");
                facts.push(fact);
            }
        }
    }
}

async fn some_cases(scene: &Scene, cases: usize) -> Position {
    for n in 0..cases {
        let mut facts = example::signal("wonion", &format!("dhr-jansen-{n}"), "housing.soc.gel");
        facts.area = AreaCode::new(["WK150900", "WK150901", "BU15090001"][n % 3]).unwrap();
        scene.open(facts).await;
    }
    scene.settled().await
}

/// The positions of the facts about `areas`.
async fn about(log: &Log, areas: &[&str]) -> Vec<u64> {
    let rows = log.read(Position::START, 100_000).await.unwrap().events;
    let here = rows.into_iter().filter(|row| row.area.as_ref().is_some_and(|a| areas.contains(&a.as_str())));
    here.map(|row| row.position.0).collect()
}

const ULFT: &[&str] = &["WK150900", "BU15090001"];

#[tokio::test]
async fn a_regisseur_sees_what_happens_in_his_areas_and_nothing_else() {
    let scene = Scene::begin().await;
    let head = some_cases(&scene, 9).await;
    let facts = facts_to(&mut watch(&scene, "regisseur-ulft", from(0, "")).await, head).await;
    assert_eq!(facts.iter().map(|fact| fact.position).collect::<Vec<_>>(), about(&scene.log, ULFT).await);
    for fact in &facts {
        assert!(ULFT.contains(&fact.area_code.as_str()), "{fact:?}");
        assert!(!fact.summary_dutch.is_empty() && !fact.summary_english.is_empty(), "{fact:?}");
        let said = format!("{fact:?}");
        assert!(
            !said.contains("jansen") && !said.contains("regisseur-ulft") && !said.contains("role:"),
            "{said}"
        );
    }
    let inner = facts_to(&mut watch(&scene, "regisseur-ulft", from(0, "BU15090001")).await, head).await;
    assert_eq!(
        inner.iter().map(|f| f.position).collect::<Vec<_>>(),
        about(&scene.log, &["BU15090001"]).await
    );
}

#[tokio::test]
async fn an_operator_sees_every_fact_and_not_what_it_says_or_where() {
    let scene = Scene::begin().await;
    let head = some_cases(&scene, 3).await;
    let facts = facts_to(&mut watch(&scene, "beheerder", from(0, "")).await, head).await;
    assert_eq!(facts.iter().map(|fact| fact.position).collect::<Vec<_>>(), (1..=head.0).collect::<Vec<_>>());
    for fact in facts {
        let outline = (fact.area_code.as_str(), fact.summary_dutch.as_str(), fact.summary_english.as_str());
        assert_eq!(outline, ("", "", ""));
        assert!(!fact.r#type.is_empty() && fact.recorded_at.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_who_comes_back_again_and_again_misses_nothing_and_sees_nothing_twice() {
    let scene = Scene::begin().await;
    some_cases(&scene, 30).await;
    let written = about(&scene.log, ULFT).await.len() + 300;
    let writing = async {
        for n in 0..300 {
            let facts = example::signal("wonion", &format!("live-{n}"), "housing.soc.gel");
            scene.report(facts).await;
            tokio::task::yield_now().await;
        }
    };
    let (mut seen, mut resume) = (Vec::new(), 0);
    let reading = async {
        // Leaves after one answer, after two, after three … and at last stays.
        'again: for taken in 1.. {
            let mut stream = watch(&scene, "regisseur-ulft", from(resume, "")).await;
            for _ in 0..taken {
                match next(&mut stream).await.unwrap() {
                    Event::Progress(progress) => resume = progress.position,
                    Event::Parked(parked) => resume = parked.position,
                    Event::Fact(fact) => {
                        resume = fact.position;
                        seen.push(fact.position);
                    }
                }
                if seen.len() >= written {
                    break 'again;
                }
            }
        }
    };
    tokio::join!(writing, reading);
    assert_eq!(seen, about(&scene.log, ULFT).await);
}

#[tokio::test]
async fn a_long_log_comes_in_pages_without_gap_or_double() {
    let scene = Scene::begin().await;
    let reporting = (0..1_300).map(|n| {
        let mut facts = example::signal("wonion", &format!("s{n}"), "housing.soc.gel");
        facts.area = AreaCode::new(["WK150900", "WK150901"][n % 2]).unwrap();
        scene.report(facts)
    });
    futures::future::join_all(reporting).await;
    let head = scene.settled().await;
    for (who, wanted) in
        [("beheerder", (1..=head.0).collect()), ("regisseur-ulft", about(&scene.log, ULFT).await)]
    {
        let facts = facts_to(&mut watch(&scene, who, from(0, "")).await, head).await;
        assert_eq!(facts.iter().map(|fact| fact.position).collect::<Vec<_>>(), wanted, "{who}");
    }
}

#[tokio::test]
async fn a_reader_who_stays_sees_each_new_fact_as_it_comes() {
    let scene = Scene::begin().await;
    let head = some_cases(&scene, 1).await;
    let request = WatchFactsRequest { from_now: true, ..Default::default() };
    let mut stream = watch(&scene, "regisseur-ulft", request).await;
    assert!(matches!(next(&mut stream).await, Ok(Event::Progress(p)) if p.position == head.0));
    for n in 0..5 {
        let reported = scene.report(example::signal("politie", &format!("live-{n}"), "police.e33")).await;
        let Ok(Event::Fact(fact)) = next(&mut stream).await else { panic!("a fact") };
        assert_eq!((fact.position, fact.r#type.as_str()), (reported.position.0, "signal.reported"));
    }
}

#[tokio::test]
async fn a_position_the_log_has_not_reached_is_out_of_range() {
    let scene = Scene::begin().await;
    let head = scene.log.head().0;
    let status = scene.facts("college").watch_facts(from(head + 1, "")).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange);
    assert!(scene.facts("college").watch_facts(from(head, "")).await.is_ok());
}

#[tokio::test]
async fn draining_ends_the_stream_with_a_status_that_asks_to_come_back() {
    let scene = Scene::begin().await;
    let head = some_cases(&scene, 1).await;
    let mut stream = watch(&scene, "college", from(0, "")).await;
    facts_to(&mut stream, head).await;
    scene.drain.cancel();
    let status = next(&mut stream).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.get_details_retry_info().is_some());
    assert_eq!(scene.facts("college").watch_facts(from(0, "")).await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn a_revoked_token_ends_the_stream_it_opened() {
    let scene = Scene::begin().await;
    let head = scene.log.head();
    let mut stream = watch(&scene, "college", from(0, "")).await;
    facts_to(&mut stream, head).await;
    let revoke = PersonCommand::RevokeToken(token("college").hash());
    scene.log.execute::<Person>(&(), "college", revoke, &scene.context()).await.unwrap();
    scene.settled().await;
    scene.report(example::signal("politie", "after", "police.e33")).await;
    let status = loop {
        match next(&mut stream).await {
            Ok(Event::Fact(fact)) => panic!("nothing is said any more: {fact:?}"),
            Ok(Event::Progress(_) | Event::Parked(_)) => {}
            Err(status) => break status,
        }
    };
    assert_eq!(status.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn many_readers_at_once_each_see_the_same() {
    let scene = Scene::begin().await;
    let head = some_cases(&scene, 6).await;
    let reading = (0..16).map(|_| async {
        let facts = facts_to(&mut watch(&scene, "college", from(0, "")).await, head).await;
        facts.into_iter().map(|fact| fact.position).collect::<Vec<_>>()
    });
    let seen: BTreeSet<_> = futures::future::join_all(reading).await.into_iter().collect();
    assert_eq!(seen.len(), 1);
}

/// INV-11: live streams are bounded.
#[tokio::test]
async fn one_reader_too_many_is_asked_to_come_back_and_finds_room_when_another_leaves() {
    let scene = Scene::begin().await;
    let mut streams = Vec::new();
    for _ in 0..WATCHES {
        streams.push(watch(&scene, "college", from(0, "")).await);
    }
    let status = scene.facts("college").watch_facts(from(0, "")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.get_details_retry_info().is_some());
    streams.pop();
    let room = async {
        while scene.facts("college").watch_facts(from(0, "")).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, room).await.expect("the place of the one who left is free again");
}
