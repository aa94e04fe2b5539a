//! Why a case went as it did.

use seinhuis_contract::proto::case::v1::act_request::Action;
use seinhuis_contract::proto::case::v1::{Acknowledge, ActRequest, WhyRequest, WhyStep};
use seinhuis_domain::example;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::matching::Match;

use crate::scene::Scene;

const SOMEBODY: &str = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001";

/// A family seen by housing and police: two signals become one joint case, which stalls and climbs to the regisseur.
async fn story(scene: &Scene) -> Vec<WhyStep> {
    let subject = SOMEBODY.parse().unwrap();
    let [mut first, mut second] = [("wonion", "housing.soc.gel"), ("politie", "police.e33")]
        .map(|(p, k)| example::signal(p, "dhr-jansen", k));
    (first.subjects, second.subjects) = (vec![subject], vec![subject]);
    let case = scene.open(first).await;
    scene.attach(case, second, Match::SameSubject { subject }).await;
    scene.climb(case).await;
    scene.settled().await;
    scene.told(case, Rung::Regisseur, "regisseur-ulft").await;
    let action = Some(Action::Acknowledge(Acknowledge {}));
    let act = ActRequest { case: case.to_string(), note: String::new(), action, seen_position: 0 };
    scene.cases("regisseur-ulft").act(act).await.unwrap();
    let answer =
        scene.cases("regisseur-ulft").why(WhyRequest { case: case.number() }).await.unwrap().into_inner();
    assert_eq!(answer.number, case.number());
    answer.steps
}

/// INV-12: everything is explained, each step with event positions.
#[tokio::test]
async fn every_step_is_told_in_order_with_what_it_follows_from() {
    let scene = Scene::begin().await;
    let first = scene.log.head().0 + 1;
    let steps = story(&scene).await;
    let told: Vec<_> = steps.iter().map(|step| (step.position - first, step.dutch.as_str())).collect();
    let begins = [
        (0, "Signaal van Wonion"),
        (1, "Zaak geopend"),
        (2, "Klimt naar het team als niemand de zaak oppakt"),
        (3, "Signaal van Politie"),
        (4, "Signaal over verward of onbegrepen gedrag toegevoegd; regel 'zelfde persoon'"),
        (5, "Zaak is nu integraal"),
        (6, "Zaak ligt bij het team: signalen van meerdere partners kwamen samen"),
        (7, "Zaak ligt bij de regisseur: niemand heeft de zaak op tijd opgepakt"),
        (8, "regisseur-ulft kreeg bericht"),
        (9, "regisseur-ulft neemt de zaak in behandeling"),
        (10, "Klimt naar het college als er geen uitkomst is"),
    ];
    assert_eq!(told.len(), begins.len(), "{told:#?}");
    for ((position, dutch), (wanted, begin)) in told.iter().zip(begins) {
        assert_eq!(*position, wanted);
        assert!(dutch.starts_with(begin), "{position}: {dutch}");
    }
    let because: Vec<Vec<u64>> =
        steps.iter().map(|step| step.because_of.iter().map(|p| p - first).collect()).collect();
    let wanted: [&[u64]; 11] = [&[], &[0], &[1], &[], &[0, 3], &[4], &[5], &[6], &[7], &[7], &[9]];
    assert_eq!(because, wanted, "{told:#?}");
}

#[tokio::test]
async fn no_step_tells_anything_personal_or_what_a_partner_calls_it() {
    let scene = Scene::begin().await;
    for step in story(&scene).await {
        assert!(!step.dutch.is_empty() && !step.english.is_empty(), "{step:?}");
        for hidden in ["jansen", SOMEBODY] {
            assert!(!format!("{step:?}").contains(hidden), "{step:?}");
        }
    }
}
