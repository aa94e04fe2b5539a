//! What stood at a moment, found by index, against the whole log played up to there.

use std::str::FromStr;

use seinhuis_domain::area::AreaCode;
use seinhuis_eventstore::{Log, Position};
use seinhuis_projections::{Follower, Model, Rebuild, Views};

use crate::life::Life;
use crate::scene::{Scene, on_each_backend};
use crate::town::Size;

on_each_backend! {
    what_stood_at_random_moments_is_what_a_full_replay_shows
}

/// Probes where nobody asked for more, and events of the log for each.
const PROBES: usize = 150;
const EVENTS: u64 = 40;

/// `SEINHUIS_PROBES` says how many, `SEINHUIS_PROBES_SEED` which.
#[allow(clippy::print_stdout, reason = "with the seed it can be replayed")]
async fn what_stood_at_random_moments_is_what_a_full_replay_shows(scene: Scene) {
    let seed = set("SEINHUIS_PROBES_SEED").unwrap_or_else(|| fastrand::u64(..));
    let count = set("SEINHUIS_PROBES").unwrap_or(PROBES);
    println!("seed {seed}, {count} probes");
    let log = Log::open(&format!("sqlite:{}", scene.path("lives").display())).await.unwrap();
    let life = Life::new(Size::Pilot, seed).go_on(&log, (count as u64 * EVENTS).min(100_000)).await;
    let head = log.head();

    let versions = Views::open(&scene.url("versions"), &[Model::Versions]).await.unwrap();
    let rebuild = Rebuild::from(log.clone()).with(&versions, &[Model::Versions]).until(head);
    // Little memory: most of it lies in the tables before the end.
    rebuild.with_memory(4 << 20).run().await.unwrap();
    let board = Views::open(&scene.url("board"), &[Model::Board]).await.unwrap();
    let mut replay = Follower::new(log.clone(), board.clone());

    let mut random = fastrand::Rng::with_seed(seed);
    let mut positions: Vec<u64> = (0..count).map(|_| random.u64(1..=head.0)).collect();
    positions.sort_unstable();
    let mut cases = 0;
    for position in positions.into_iter().map(Position) {
        let areas: Vec<AreaCode> =
            (0..random.usize(1..4)).map(|_| random.choice(life.areas()).unwrap().clone()).collect();
        replay.catch_up_to(position).await.unwrap();
        let mut shown = board.board(&areas, 100_000).await.unwrap();
        shown.sort_unstable_by_key(|head| head.id);
        let stood = versions.open_cases_at(&areas, position).await.unwrap();
        let stood: Vec<_> = stood.into_iter().map(|version| version.head).collect();
        assert_eq!(stood, shown, "seed {seed}, position {position}, {areas:?}");
        cases += stood.len();
    }
    assert!(cases > count, "{cases} cases in {count} probes: too few to tell anything");
}

#[expect(clippy::disallowed_methods, reason = "tests are told how long to run")]
pub(crate) fn set<T: FromStr<Err: std::fmt::Debug>>(variable: &str) -> Option<T> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap())
}
