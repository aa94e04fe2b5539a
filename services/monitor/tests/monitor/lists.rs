//! Own signals, timers, the inbox and the pipeline.

use seinhuis_contract::proto::monitor::v1::{
    GetPipelineRequest, ListNoticesRequest, ListOwnSignalsRequest, ListTimersRequest, NoticeState,
    OwnSignalState,
};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::example;
use tonic::Code;

use crate::scene::Scene;

#[tokio::test]
async fn a_partner_pages_through_its_own_signals_and_sees_nobody_elses() {
    let scene = Scene::begin().await;
    for n in 0..5 {
        scene.report(example::signal("wonion", &format!("w{n}"), "housing.soc.gel")).await;
        scene.report(example::signal("politie", &format!("p{n}"), "police.e33")).await;
    }
    scene.settled().await;
    let (mut seen, mut pages, mut page_token) = (Vec::new(), 0, String::new());
    loop {
        let request = ListOwnSignalsRequest { page_size: 2, page_token, reference: String::new() };
        let page = scene.own_signals("wonion").list_own_signals(request).await.unwrap().into_inner();
        seen.extend(page.signals.into_iter().map(|signal| signal.reference));
        (pages, page_token) = (pages + 1, page.next_page_token);
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!((pages, seen), (3, (0..5).map(|n| format!("w{n}")).collect()));
}

#[tokio::test]
async fn a_partner_sees_what_became_of_a_signal_by_its_reference() {
    let scene = Scene::begin().await;
    let case = scene.open(example::signal("wonion", "2026-17", "housing.soc.gel")).await;
    scene.settled().await;
    let request = ListOwnSignalsRequest { reference: "2026-17".into(), ..Default::default() };
    let own =
        scene.own_signals("wonion").list_own_signals(request.clone()).await.unwrap().into_inner().signals;
    assert_eq!(
        (own[0].state(), own[0].case_number.as_str()),
        (OwnSignalState::InCase, case.number().as_str())
    );
    let others = scene.own_signals("politie").list_own_signals(request).await.unwrap().into_inner().signals;
    assert_eq!(others, []);
}

#[tokio::test]
async fn a_page_token_nobody_gave_and_a_page_too_large_are_refused() {
    let scene = Scene::begin().await;
    for request in [
        ListOwnSignalsRequest { page_token: "17".into(), ..Default::default() },
        ListOwnSignalsRequest { page_size: 1_001, ..Default::default() },
    ] {
        let status = scene.own_signals("wonion").list_own_signals(request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
    }
}

#[tokio::test]
async fn timers_are_those_of_ones_own_areas_the_soonest_first() {
    let scene = Scene::begin().await;
    let ulft = scene.open(example::signal("wonion", "1", "housing.soc.gel")).await;
    let mut facts = example::signal("wonion", "2", "housing.soc.gel");
    facts.area = AreaCode::new("WK150901").unwrap();
    let gendringen = scene.open(facts).await;
    // No partner leads this one, which is due sooner than a pick-up.
    let no_lead = scene.open(example::signal("politie", "3", "police.e33")).await;
    scene.settled().await;
    let list = async |who: &str, due_only| {
        let request = ListTimersRequest { due_only, ..Default::default() };
        let answer = scene.timers(who).list_timers(request).await.unwrap().into_inner();
        let numbers: Vec<_> = answer.timers.iter().map(|timer| timer.number.clone()).collect();
        (numbers, answer.total)
    };
    assert_eq!(list("regisseur-ulft", false).await, (vec![no_lead.number(), ulft.number()], 2));
    assert_eq!(list("teamlid-gendringen", false).await, (vec![gendringen.number()], 1));
    assert_eq!(list("college", true).await, (vec![], 0));
    scene.clock.set(scene.state(no_lead).await.planned.unwrap().due_at);
    assert_eq!(list("college", true).await, (vec![no_lead.number()], 1));
}

#[tokio::test]
async fn each_finds_what_he_was_told_in_his_inbox_the_newest_first_and_nobody_elses() {
    let scene = Scene::begin().await;
    let first = scene.open(example::signal("politie", "1", "police.e33")).await;
    scene.climb(first).await;
    let second = scene.open(example::signal("politie", "2", "police.e33")).await;
    scene.climb(second).await;
    scene.settled().await;
    let page = async |page_token: &str| {
        let request = ListNoticesRequest { page_size: 1, page_token: page_token.into() };
        scene.inbox("regisseur-ulft").list_notices(request).await.unwrap().into_inner()
    };
    let newest = page("").await;
    assert_eq!(
        (newest.notices[0].number.as_str(), newest.notices[0].state()),
        (second.number().as_str(), NoticeState::Waiting)
    );
    let older = page(&newest.next_page_token).await;
    assert_eq!(older.notices[0].number, first.number());
    assert_eq!(page(&older.next_page_token).await.notices, []);
    let others = scene.inbox("teamlid-ulft").list_notices(ListNoticesRequest::default()).await.unwrap();
    assert_eq!(others.into_inner().notices, []);
    let strange = ListNoticesRequest { page_token: "17".into(), ..Default::default() };
    assert_eq!(scene.inbox("college").list_notices(strange).await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn operations_see_how_far_everything_is_and_what_was_counted() {
    let scene = Scene::begin().await;
    scene.open(example::signal("wonion", "1", "housing.soc.gel")).await;
    let head = scene.settled().await;
    let seen = scene.pipeline("beheerder").get_pipeline(GetPipelineRequest {}).await.unwrap().into_inner();
    assert_eq!(seen.head, head.0);
    let followers: Vec<_> = seen.followers.iter().map(|f| (f.name.as_str(), f.lag)).collect();
    assert_eq!(followers, [("views", 0), ("timers", 0), ("notices", 0)]);
    let counted = |name: &str| seen.tallies.iter().find(|tally| tally.name == name).map(|tally| tally.count);
    assert_eq!(counted("signals.housing"), Some(1));
    assert_eq!(counted("cases.opened"), Some(1));
    assert_eq!(counted("denied.NO_TOKEN"), Some(3));
}
