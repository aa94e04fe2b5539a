//! What a case file tells.

use seinhuis_domain::case::CaseCommand;
use seinhuis_domain::ids::NoticeId;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::matching::Match;

use super::*;
use crate::scene::{Scene, on_each_backend, pseudonym, signal};
use crate::{Follower, Model, Views};

on_each_backend! {
    a_case_file_tells_every_step_with_its_position_signals_and_notices_included
    a_step_holds_the_json_that_the_log_holds
    a_case_is_found_by_its_number_and_by_its_signals
    a_long_history_comes_page_by_page
}

async fn views(scene: &Scene) -> Views {
    let views = Views::open(&scene.url("views"), &[Model::CaseFile]).await.unwrap();
    Follower::new(scene.log.clone(), views.clone()).with_page(2).catch_up().await.unwrap();
    views
}

fn names(file: &CaseFile) -> Vec<&str> {
    file.history.iter().map(|entry| entry.name.as_str()).collect()
}

async fn a_case_file_tells_every_step_with_its_position_signals_and_notices_included(mut scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let stranger = scene.opened(&signal("wonion", "9", "housing.fin.hua")).await;
    let because = Match::SameSubject { subject: pseudonym(1) };
    scene.attached(case, &signal("wonion", "2", "housing.fin.hua"), because).await;
    scene.climb(case).await;
    scene
        .settle(
            case,
            NoticeId::of("any", &"wijkteam".to_owned().try_into().unwrap()),
            Rung::Team,
            "wijkteam",
            false,
        )
        .await;
    let file = views(&scene).await.case_file(case).await.unwrap().unwrap();
    assert_eq!(
        names(&file),
        [
            "signal.reported",
            "case.opened",
            "case.step_planned",
            "signal.reported",
            "case.signal_attached",
            "case.rung_reached",
            "notice.delivered"
        ]
    );
    let positions: Vec<u64> = file.history.iter().map(|entry| entry.position.0).collect();
    // 1 is the profile; 5 to 7 are the other case.
    assert_eq!(positions, [2, 3, 4, 8, 9, 10, 11]);
    assert_eq!(file.signals().map(|signal| signal.reference.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!((file.id(), file.head.signals, file.more), (case, 2, false));
    assert_eq!(file.history[0].actor, "partner:wonion");
    assert_ne!(case, stranger);
}

async fn a_step_holds_the_json_that_the_log_holds(scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    scene.case(case, CaseCommand::Acknowledge { act: scene.act() }).await.unwrap();
    let file = views(&scene).await.case_file(case).await.unwrap().unwrap();
    for step in file.history {
        let page = scene.log.read(Position(step.position.0 - 1), 1).await.unwrap();
        if let HistoryFact::Payload(json) = step.fact {
            assert_eq!(json.as_bytes(), page.events[0].payload);
            assert_eq!(step.recorded_at, page.events[0].recorded_at);
        }
    }
}

async fn a_case_is_found_by_its_number_and_by_its_signals(scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let because = Match::SameSubject { subject: pseudonym(1) };
    let second = scene.attached(case, &signal("wonion", "2", "housing.fin.hua"), because).await;
    let alone = scene.report(&signal("wonion", "3", "housing.fin.hua")).await;
    let views = views(&scene).await;
    assert_eq!(views.cases_numbered(&case.number().to_lowercase()).await.unwrap(), [case]);
    assert_eq!(views.cases_numbered("0000-0000").await.unwrap(), []);
    assert_eq!(views.case_of_signal(second).await.unwrap(), Some(case));
    assert_eq!(views.case_of_signal(alone).await.unwrap(), None);
    let nobody = CaseId::opened_by(alone);
    assert_eq!(views.case_file(nobody).await.unwrap(), None);
}

async fn a_long_history_comes_page_by_page(scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let because = Match::SameSubject { subject: pseudonym(1) };
    for reference in 2..8 {
        scene.attached(case, &signal("wonion", &reference.to_string(), "housing.fin.hua"), because).await;
    }
    let views = views(&scene).await;
    let whole = views.case_file(case).await.unwrap().unwrap().history;
    let (mut seen, mut after) = (vec![], Position::START);
    loop {
        let page = views.case_history(case, after, 4).await.unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 4);
        after = last.position;
        seen.extend(page);
    }
    assert_eq!(seen, whole);
}
