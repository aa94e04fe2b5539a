//! What stood at a position is found, and it is what a board of that moment shows.

use jiff::SignedDuration;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::CaseCommand;
use seinhuis_domain::ids::{CaseId, PartnerId};
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::matching::Match;

use super::*;
use crate::scene::{Scene, on_each_backend, pseudonym, signal};
use crate::{Follower, Model, Views};

on_each_backend! {
    what_stood_at_any_position_is_what_a_board_showed_then
    who_led_and_since_when_nobody_did_is_known_of_every_position
    an_instant_is_the_last_position_recorded_by_then
    a_clock_that_lags_behind_takes_no_event_back_that_was_known
    areas_are_asked_one_by_one
    a_position_that_was_not_taken_in_yet_is_said_to_be_ahead_and_passes
}

async fn versions(scene: &Scene) -> Views {
    let views = Views::open(&scene.url("versions"), &[Model::Versions]).await.unwrap();
    Follower::new(scene.log.clone(), views.clone()).with_page(7).catch_up().await.unwrap();
    views
}

fn area(code: &str) -> AreaCode {
    AreaCode::new(code).unwrap()
}

fn partner(name: &str) -> PartnerId {
    PartnerId::new(name).unwrap()
}

/// Thirty cases in two areas, and a hundred and fifty steps of whichever of them, drawn from `seed`.
async fn lived(scene: &mut Scene, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut cases = Vec::new();
    for n in 0..30 {
        let mut facts = signal("wonion", &n.to_string(), "housing.fin.hua");
        facts.area = area(if random.bool() { "WK150900" } else { "WK150901" });
        cases.push(scene.opened(&facts).await);
        scene.later(random.i64(0..3));
    }
    for n in 0..150 {
        scene.later(random.i64(0..9));
        let case = cases[random.usize(..cases.len())];
        step(scene, case, &mut random, n).await;
    }
}

async fn step(scene: &mut Scene, case: CaseId, random: &mut fastrand::Rng, n: u32) {
    let act = scene.act();
    let command = match random.u32(0..9) {
        0 => CaseCommand::Acknowledge { act },
        1 => CaseCommand::Refuse { partner: partner("wonion"), act },
        2 => CaseCommand::AssignLead { lead: partner("sensire"), act },
        3 => CaseCommand::HandOver { to: partner("politie"), act },
        4 => CaseCommand::RaiseRung { to: Rung::Regisseur, act },
        5 => CaseCommand::Resolve { act },
        6 => CaseCommand::Reopen { act },
        7 => {
            let facts = signal("politie", &format!("more-{n}"), "police.e33");
            let signal = scene.report(&facts).await;
            // Refused by a case that is closed.
            drop(scene.attach(case, &facts, signal, Match::SameSubject { subject: pseudonym(1) }).await);
            return;
        }
        _ => CaseCommand::LowerRung { to: Rung::Workfloor, act },
    };
    // What the rules refuse is part of life.
    drop(scene.case(case, command).await);
}

async fn what_stood_at_any_position_is_what_a_board_showed_then(mut scene: Scene) {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    lived(&mut scene, seed).await;
    let versions = versions(&scene).await;
    let board = Views::open(&scene.url("board"), &[Model::Board]).await.unwrap();
    let mut follower = Follower::new(scene.log.clone(), board.clone());
    let areas = [area("WK150900"), area("WK150901")];
    for position in 1..=scene.head().0 {
        follower.catch_up_to(Position(position)).await.unwrap();
        let mut shown = board.board(&areas, 1_000).await.unwrap();
        shown.sort_unstable_by_key(|head| head.id);
        let stood = versions.open_cases_at(&areas, Position(position)).await.unwrap();
        let stood: Vec<_> = stood.into_iter().map(|version| version.head).collect();
        assert_eq!(stood, shown, "position {position}");
    }
}

async fn who_led_and_since_when_nobody_did_is_known_of_every_position(mut scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let (opened, at_first) = (scene.now, scene.head());
    scene.later(5);
    scene.case(case, CaseCommand::Refuse { partner: partner("wonion"), act: scene.act() }).await.unwrap();
    let (refused, in_between) = (scene.now, scene.head());
    scene.later(5);
    scene.case(case, CaseCommand::AssignLead { lead: partner("sensire"), act: scene.act() }).await.unwrap();
    scene.case(case, CaseCommand::Acknowledge { act: scene.act() }).await.unwrap();
    let versions = versions(&scene).await;
    let at = async |position| versions.open_cases_at(&[area("WK150900")], position).await.unwrap().remove(0);
    let first = at(at_first).await;
    assert_eq!((first.lead_since, first.no_lead_since, first.heard_at), (Some(opened), None, None));
    let between = at(in_between).await;
    assert_eq!((between.lead_since, between.no_lead_since), (None, Some(refused)));
    assert_eq!((between.heard_at, between.handovers_before_action), (Some(refused), None));
    let last = at(scene.head()).await;
    assert_eq!((last.lead_since, last.no_lead_since), (Some(scene.now), None));
    assert_eq!((last.refusals_ever, last.handovers_before_action), (1, Some(1)));
}

async fn an_instant_is_the_last_position_recorded_by_then(mut scene: Scene) {
    let mut known = vec![(scene.now, scene.head())];
    for n in 0..300 {
        scene.later(1);
        scene.report(&signal("wonion", &n.to_string(), "housing.fin.hua")).await;
        known.push((scene.now, scene.head()));
    }
    let versions = versions(&scene).await;
    let before = known[0].0 - SignedDuration::from_micros(1);
    assert_eq!(versions.position_at(&scene.log, before).await.unwrap(), Position::START);
    for (instant, position) in known {
        for later in [0, 1, 3_599_999_999] {
            let instant = instant + SignedDuration::from_micros(later);
            assert_eq!(versions.position_at(&scene.log, instant).await.unwrap(), position, "{instant}");
        }
    }
}

async fn a_clock_that_lags_behind_takes_no_event_back_that_was_known(mut scene: Scene) {
    let noon = scene.now;
    scene.report(&signal("wonion", "1", "housing.fin.hua")).await;
    scene.now -= SignedDuration::from_mins(20);
    scene.report(&signal("wonion", "2", "housing.fin.hua")).await;
    let (lags, last) = (scene.now, scene.head());
    let versions = versions(&scene).await;
    assert_eq!(versions.position_at(&scene.log, noon).await.unwrap(), last);
    assert_eq!(versions.position_at(&scene.log, lags).await.unwrap(), Position::START);
}

async fn areas_are_asked_one_by_one(scene: Scene) {
    scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let versions = versions(&scene).await;
    let asked = async |areas: &[AreaCode]| versions.open_cases_at(areas, scene.head()).await.unwrap().len();
    assert_eq!(asked(&[area("WK150900")]).await, 1);
    assert_eq!(asked(&[area("WK150901")]).await, 0);
    assert_eq!(asked(&[]).await, 0);
}

async fn a_position_that_was_not_taken_in_yet_is_said_to_be_ahead_and_passes(scene: Scene) {
    let versions = versions(&scene).await;
    scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let ahead = versions.open_cases_at(&[area("WK150900")], scene.head()).await.unwrap_err();
    assert!(matches!(ahead, Fault::Behind(not_yet) if not_yet.wanted == scene.head()), "{ahead:?}");
    assert!(ahead.is_passing());
}
