//! What a signal is held against.

use seinhuis_domain::case::CaseCommand;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::matching::{Candidate, Match};
use seinhuis_domain::signal::SignalFacts;

use super::*;
use crate::scene::{Scene, on_each_backend, pseudonym, signal};
use crate::{Follower, Model, Views};

on_each_backend! {
    a_signal_waits_until_a_case_takes_it_in
    an_open_case_is_recognised_by_person_household_and_place
    a_place_counts_only_for_the_same_kind
    a_household_is_no_person_even_under_one_pseudonym
    an_attached_signal_adds_what_it_is_about_and_moves_last_seen
    a_closed_case_is_not_recognised_until_it_is_reopened
    nobody_is_recognised_by_an_erased_subject_again
    many_signals_are_held_against_the_same_as_each_alone
}

fn about(reference: &str, subject: u128, household: u128, place: u128) -> SignalFacts {
    let some = |number| (number > 0).then(|| pseudonym(number));
    let mut facts = signal("wonion", reference, "housing.soc.gel");
    facts.subjects = some(subject).into_iter().collect();
    (facts.household, facts.place) = (some(household), some(place));
    facts
}

async fn views(scene: &Scene) -> Views {
    let views = Views::open(&scene.url("matching"), &[Model::Matching]).await.unwrap();
    Follower::new(scene.log.clone(), views.clone()).with_page(3).catch_up().await.unwrap();
    views
}

/// Reports a signal and tells what it is held against.
async fn held_against(scene: &Scene, facts: &SignalFacts) -> Vec<Candidate> {
    let id = scene.report(facts).await;
    let views = views(scene).await;
    let pending = views.pending(100).await.unwrap();
    let signal = pending.iter().find(|pending| pending.signal.id == id).unwrap();
    views.candidates(std::slice::from_ref(signal)).await.unwrap().remove(0)
}

fn shared(candidates: &[Candidate]) -> Vec<(CaseId, Match)> {
    candidates.iter().map(|candidate| (candidate.case, candidate.shared)).collect()
}

async fn a_signal_waits_until_a_case_takes_it_in(scene: Scene) {
    let (first, second) = (about("1", 1, 2, 3), about("2", 4, 0, 0));
    let (one, two) = (scene.report(&first).await, scene.report(&second).await);
    let waiting = views(&scene).await.pending(10).await.unwrap();
    assert_eq!(waiting.iter().map(|p| p.signal.id).collect::<Vec<_>>(), [one, two]);
    assert_eq!((waiting[0].household, waiting[0].place), (Some(pseudonym(2)), Some(pseudonym(3))));
    assert_eq!(waiting[0].signal.subjects, [pseudonym(1)]);
    assert_eq!((waiting[0].recorded_at, waiting[0].position), (scene.now, Position(2)));
    scene.open(&first, one).await;
    let waiting = views(&scene).await.pending(10).await.unwrap();
    assert_eq!(waiting.iter().map(|p| p.signal.id).collect::<Vec<_>>(), [two]);
}

async fn an_open_case_is_recognised_by_person_household_and_place(scene: Scene) {
    let case = scene.opened(&about("1", 1, 2, 3)).await;
    let candidates = held_against(&scene, &about("2", 1, 2, 3)).await;
    assert_eq!(
        shared(&candidates),
        [
            (case, Match::SameSubject { subject: pseudonym(1) }),
            (case, Match::SameHousehold { household: pseudonym(2) }),
            (case, Match::SamePlaceAndKind { place: pseudonym(3) }),
        ]
    );
    assert!(candidates.iter().all(|c| (c.opened_at, c.last_seen) == (scene.now, scene.now)));
    assert_eq!(held_against(&scene, &about("3", 4, 5, 6)).await, []);
    assert_eq!(held_against(&scene, &about("4", 0, 0, 0)).await, []);
}

async fn a_place_counts_only_for_the_same_kind(scene: Scene) {
    scene.opened(&about("1", 0, 0, 3)).await;
    let mut other = about("2", 0, 0, 3);
    other.kind = "housing.fin.hua".to_owned().try_into().unwrap();
    assert_eq!(held_against(&scene, &other).await, []);
    assert_eq!(held_against(&scene, &about("3", 0, 0, 3)).await.len(), 1);
}

async fn a_household_is_no_person_even_under_one_pseudonym(scene: Scene) {
    scene.opened(&about("1", 7, 0, 0)).await;
    assert_eq!(held_against(&scene, &about("2", 0, 7, 7)).await, []);
}

async fn an_attached_signal_adds_what_it_is_about_and_moves_last_seen(mut scene: Scene) {
    let opened = scene.now;
    let case = scene.opened(&about("1", 1, 0, 3)).await;
    scene.later(30);
    let because = Match::SameSubject { subject: pseudonym(1) };
    scene.attached(case, &about("2", 1, 2, 0), because).await;
    let seen = scene.now;
    scene.later(30);
    let candidates = held_against(&scene, &about("3", 1, 2, 3)).await;
    let last_seen: Vec<_> = candidates.iter().map(|candidate| candidate.last_seen).collect();
    assert_eq!(last_seen, [seen, seen, opened]);
}

async fn a_closed_case_is_not_recognised_until_it_is_reopened(scene: Scene) {
    let case = scene.opened(&about("1", 1, 0, 0)).await;
    scene.case(case, CaseCommand::Resolve { act: scene.act() }).await.unwrap();
    assert_eq!(held_against(&scene, &about("2", 1, 0, 0)).await, []);
    scene.case(case, CaseCommand::Reopen { act: scene.act() }).await.unwrap();
    assert_eq!(held_against(&scene, &about("3", 1, 0, 0)).await.len(), 1);
}

async fn nobody_is_recognised_by_an_erased_subject_again(scene: Scene) {
    let case = scene.opened(&about("1", 1, 2, 3)).await;
    let waiting = scene.report(&about("2", 1, 2, 3)).await;
    scene.erase(pseudonym(1)).await;
    let pending = views(&scene).await.pending(10).await.unwrap();
    assert_eq!((pending[0].signal.id, pending[0].signal.subjects.len()), (waiting, 0));
    // Events after the erasure may still name the subject: a signal under way, or one that waited.
    let because = Match::SameHousehold { household: pseudonym(2) };
    scene.attach(case, &about("2", 1, 2, 3), waiting, because).await.unwrap();
    let left = held_against(&scene, &about("3", 1, 2, 0)).await;
    assert_eq!(shared(&left), [(case, because)]);
    let views = views(&scene).await;
    let mut asking = views.pending(10).await.unwrap().remove(0);
    (asking.signal.subjects, asking.household) = (vec![pseudonym(1)], None);
    assert_eq!(views.candidates(&[asking]).await.unwrap(), [vec![]]);
    for household in [2, 3] {
        scene.erase(pseudonym(household)).await;
    }
    assert_eq!(held_against(&scene, &about("4", 1, 2, 3)).await, []);
}

async fn many_signals_are_held_against_the_same_as_each_alone(scene: Scene) {
    for number in 1..4 {
        scene.opened(&about(&number.to_string(), number, number + 10, number + 20)).await;
    }
    scene.report(&about("asking", 1, 12, 23)).await;
    let views = views(&scene).await;
    let asking = views.pending(10).await.unwrap().remove(0);
    // More keys than one statement asks for, most of which nobody has.
    let mut signals: Vec<_> = (0..400_u128)
        .map(|number| {
            let mut signal = asking.clone();
            signal.signal.subjects = vec![pseudonym(number % 200 + 1)];
            signal.household = (number % 3 == 0).then(|| pseudonym(number % 20 + 1));
            signal
        })
        .collect();
    signals.push(asking);
    let together = views.candidates(&signals).await.unwrap();
    assert!(together.iter().any(|found| found.len() > 1), "{together:?}");
    for (signal, found) in signals.iter().zip(&together).step_by(7) {
        assert_eq!(&views.candidates(std::slice::from_ref(signal)).await.unwrap()[0], found);
    }
    assert_eq!(together.last().unwrap().len(), 3);
}
