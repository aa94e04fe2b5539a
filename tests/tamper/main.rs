//! A small signed log is tampered with straight in its database, at random: every edit is found and located, by the hub's
//! own verifier and by the stand-alone one (INV-10).
//!
//! `cargo xtask tamper` runs as many edits as one likes; a test run makes a few hundred. The guards of the database are
//! dropped first: they only keep honest programs from mistakes.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that meets what it did not expect must fail"
)]

mod edits;
mod judges;
mod place;
mod scene;
mod state;
mod tally;

use fastrand::Rng;

use edits::KINDS;
use judges::Judges;
use place::Place;
use tally::Tally;

/// Edits of an ordinary test run, on either backend.
const SOME: usize = 150;

#[tokio::test(flavor = "multi_thread")]
async fn every_edit_is_found_and_located_on_sqlite() {
    tamper("sqlite", Place::sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_edit_is_found_and_located_on_postgres() {
    tamper("postgres", Place::postgres).await;
}

async fn tamper(backend: &str, place: fn() -> Place) {
    let edits = setting("SEINHUIS_TAMPER").map_or(SOME, |count| count.parse().unwrap());
    let seed =
        setting("SEINHUIS_TAMPER_SEED").map_or_else(|| fastrand::u64(..), |seed| seed.parse().unwrap());
    println!("{backend}, seed {seed}");
    let mut rng = Rng::with_seed(seed);
    let mut place = place();
    let signed = scene::signed(&place).await;
    let judges = Judges::of(signed);
    let truth = place.break_in().await;
    judges.assert_sound().await;
    let mut tally = Tally::default();
    while tally.edits() < edits {
        let (kind, edit) = KINDS[tally.edits() % KINDS.len()];
        let mut state = truth.clone();
        let Some(touched) = edit(&mut state, &mut rng) else { continue };
        // A draw that changes nothing, or nothing that this database can hold, is drawn again.
        if state == truth || !place.put(&state).await {
            continue;
        }
        tally.count(kind, touched, judges.judge().await);
    }
    assert!(place.put(&truth).await);
    judges.assert_sound().await;
    judges.close().await;
    println!("{tally}");
    tally.assert_all_found();
}

#[expect(clippy::disallowed_methods, reason = "how many edits, and from which seed, is asked from outside")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
