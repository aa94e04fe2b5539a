//! Cases that could have happened, made by command: many at once, as from many partners.

use futures::{StreamExt, stream};
use seinhuis_domain::case::CaseCommand;
use seinhuis_domain::matching::Match;

use crate::scene::{Scene, pseudonym, signal};

/// Cases under way at the same moment.
const AT_ONCE: usize = 128;
const KINDS: [(&str, &str); 4] = [
    ("wonion", "housing.soc.gel"),
    ("politie", "police.e33"),
    ("sensire", "care.loneliness"),
    ("gemeente", "municipal.waste"),
];

/// Lets `cases` cases happen. The same seed makes the same ones.
pub(crate) async fn happen(scene: &Scene, seed: u64, cases: usize) {
    let mut random = fastrand::Rng::with_seed(seed);
    let drawn: Vec<usize> = (0..cases).map(|_| random.usize(..)).collect();
    let each = stream::iter(drawn.into_iter().enumerate());
    each.for_each_concurrent(AT_ONCE, async |(case, drawn)| {
        one(scene, &format!("{seed}-{case}"), drawn).await
    })
    .await;
}

/// One case from its signal on: `drawn` says what becomes of it.
pub(crate) async fn one(scene: &Scene, reference: &str, drawn: usize) {
    let (partner, kind) = KINDS[drawn % KINDS.len()];
    let mut facts = signal(partner, reference, kind);
    facts.subjects = vec![pseudonym(drawn as u128 % 100_000)];
    facts.household = Some(pseudonym(drawn as u128 / 7 % 100_000));
    let case = scene.opened(&facts).await;
    let act = || scene.act();
    if drawn.is_multiple_of(3) {
        let because = Match::SameHousehold { household: pseudonym(drawn as u128 / 7 % 100_000) };
        scene.attached(case, &signal(partner, &format!("{reference}-2"), kind), because).await;
    }
    match drawn / 12 % 4 {
        0 => scene.case(case, CaseCommand::Acknowledge { act: act() }).await.unwrap(),
        1 => {
            let step = scene.planned(case).await.unwrap();
            let at = scene.now.max(step.due_at);
            scene.case(case, CaseCommand::RaiseByTimer { step, at }).await.unwrap();
        }
        2 => scene.case(case, CaseCommand::Resolve { act: act() }).await.unwrap(),
        _ => {}
    }
}
