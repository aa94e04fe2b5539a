//! What came in and what was done between any two moments, as it was known at the later one.

use jiff::SignedDuration;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::CaseCommand;
use seinhuis_domain::ids::{CaseId, PartnerId};
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::matching::Match;
use seinhuis_eventstore::Position;

use super::*;
use crate::fault::Fault;
use crate::scene::{Scene, on_each_backend, pseudonym, signal};
use crate::{Follower, Model, Views};

on_each_backend! {
    what_came_in_is_counted_by_partner_kind_and_channel
    a_period_is_counted_by_the_hubs_clock_or_by_the_partners
    what_was_done_is_counted_between_two_positions
    a_lead_has_a_case_from_when_it_was_asked_until_somebody_else_was
    any_period_of_the_past_is_counted_as_it_was_known_then
    subjects_of_more_than_one_signal_are_counted_until_they_are_erased
    a_period_that_was_not_taken_in_yet_is_said_to_be_ahead
}

async fn flow(scene: &Scene) -> Views {
    let views = Views::open(&scene.url("flow"), &[Model::Flow]).await.unwrap();
    Follower::new(scene.log.clone(), views.clone()).with_page(7).catch_up().await.unwrap();
    views
}

fn ulft() -> [AreaCode; 1] {
    [AreaCode::new("WK150900").unwrap()]
}

fn partner(name: &str) -> PartnerId {
    PartnerId::new(name).unwrap()
}

fn all(scene: &Scene) -> Span {
    Span::Recorded(Position::START, scene.head())
}

async fn what_came_in_is_counted_by_partner_kind_and_channel(scene: Scene) {
    for (reference, kind, channel) in [
        ("1", "housing.soc.gel", Some("phone")),
        ("2", "housing.soc.gel", Some("desk-hanzeborg")),
        ("3", "housing.soc.gel", Some("phone")),
        ("4", "housing.fin.hua", None),
    ] {
        let mut facts = signal("wonion", reference, kind);
        facts.channel = channel.map(str::to_owned);
        scene.report(&facts).await;
    }
    let mut elsewhere = signal("wonion", "5", "housing.fin.hua");
    elsewhere.area = AreaCode::new("WK150901").unwrap();
    scene.report(&elsewhere).await;
    let intake = flow(&scene).await.intake(&ulft(), all(&scene)).await.unwrap();
    let seen: Vec<_> = intake.iter().map(|i| (i.kind.code(), i.channel.as_deref(), i.signals)).collect();
    assert_eq!(
        seen,
        [
            ("housing.fin.hua", None, 1),
            ("housing.soc.gel", Some("desk-hanzeborg"), 1),
            ("housing.soc.gel", Some("phone"), 2),
        ]
    );
}

async fn a_period_is_counted_by_the_hubs_clock_or_by_the_partners(mut scene: Scene) {
    let began = scene.now;
    for (reference, days_before) in [("1", 0), ("2", 3), ("3", 40)] {
        let mut facts = signal("wonion", reference, "housing.soc.gel");
        facts.occurred_at = scene.now - SignedDuration::from_hours(24 * days_before);
        scene.report(&facts).await;
    }
    let first_three = scene.head();
    scene.later(24);
    let mut late = signal("wonion", "4", "housing.soc.gel");
    late.occurred_at = began - SignedDuration::from_hours(48);
    scene.report(&late).await;
    let views = flow(&scene).await;
    let count = async |span| -> u64 {
        views.intake(&ulft(), span).await.unwrap().iter().map(|intake| intake.signals).sum()
    };
    assert_eq!(count(Span::Recorded(Position(1), first_three)).await, 3);
    let week_before = began - SignedDuration::from_hours(7 * 24);
    // The signal that came late was not known yet, and the one that just happened is of the next period.
    assert_eq!(count(Span::Occurred(week_before, began, first_three)).await, 1);
    assert_eq!(count(Span::Occurred(week_before, began, scene.head())).await, 2);
}

async fn what_was_done_is_counted_between_two_positions(mut scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.soc.gel")).await;
    let opened = scene.head();
    let more = signal("politie", "2", "police.e33");
    scene.attached(case, &more, Match::SameSubject { subject: pseudonym(1) }).await;
    scene.climb(case).await;
    scene.case(case, CaseCommand::Resolve { act: scene.act() }).await.unwrap();
    let views = flow(&scene).await;
    let steps = async |after, until| -> Vec<(Step, u64)> {
        let counted = views.steps(&ulft(), after, until).await.unwrap();
        counted.iter().map(|count| (count.step, count.times)).collect()
    };
    assert_eq!(steps(Position::START, opened).await, [(Step::Opened, 1)]);
    let later = steps(opened, scene.head()).await;
    // Signals of two sectors brought it to the team, and the timer from there to the regisseur.
    let climbs = [Step::Climbed(Rung::Team), Step::Climbed(Rung::Regisseur)];
    let expected = [Step::Attached, Step::MadeIntegral, climbs[0], climbs[1], Step::Resolved];
    assert_eq!(later, expected.map(|step| (step, 1)));
}

async fn a_lead_has_a_case_from_when_it_was_asked_until_somebody_else_was(mut scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let (asked, opened) = (scene.now, scene.head());
    scene.later(5);
    let to = partner("politie");
    scene.case(case, CaseCommand::HandOver { to, act: scene.act() }).await.unwrap();
    let handed_over = scene.now;
    scene.later(5);
    scene.case(case, CaseCommand::Acknowledge { act: scene.act() }).await.unwrap();
    let picked_up = scene.now;
    scene.case(case, CaseCommand::Resolve { act: scene.act() }).await.unwrap();
    scene.later(5);
    scene.case(case, CaseCommand::Reopen { act: scene.act() }).await.unwrap();
    let views = flow(&scene).await;
    let spells = views.spells(&ulft(), Position::START, scene.head()).await.unwrap();
    let seen: Vec<_> = spells
        .iter()
        .map(|spell| {
            let [taken_up, ended] = [spell.taken_up, spell.ended].map(|by| by.map(|(_, at)| at));
            (spell.lead.as_ref().map(PartnerId::as_str), spell.began, spell.since, taken_up, ended)
        })
        .collect();
    assert_eq!(
        seen,
        [
            (Some("wonion"), Turn::Opened, asked, None, Some(handed_over)),
            (Some("politie"), Turn::HandedOver, handed_over, Some(picked_up), Some(picked_up)),
            (Some("politie"), Turn::Reopened, scene.now, None, None),
        ]
    );
    let at_first = views.spells(&ulft(), Position::START, opened).await.unwrap();
    assert_eq!((at_first.len(), at_first[0].ended), (1, None));
}

/// A hundred and twenty steps of twenty cases, drawn from `seed`.
async fn lived(scene: &mut Scene, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut cases: Vec<CaseId> = Vec::new();
    for n in 0..120 {
        scene.later(random.i64(0..9));
        if cases.len() < 20 && (cases.is_empty() || random.u32(0..4) == 0) {
            cases.push(scene.opened(&signal("wonion", &n.to_string(), "housing.fin.hua")).await);
            continue;
        }
        let act = scene.act();
        let lead = partner(["wonion", "politie", "sensire"][random.usize(..3)]);
        let command = match random.u32(0..7) {
            0 => CaseCommand::Acknowledge { act },
            1 => CaseCommand::Refuse { partner: lead, act },
            2 => CaseCommand::AssignLead { lead, act },
            3 => CaseCommand::HandOver { to: lead, act },
            4 => CaseCommand::RaiseRung { to: Rung::Regisseur, act },
            5 => CaseCommand::Resolve { act },
            _ => CaseCommand::Reopen { act },
        };
        // What the rules refuse is part of life.
        drop(scene.case(cases[random.usize(..cases.len())], command).await);
    }
}

async fn any_period_of_the_past_is_counted_as_it_was_known_then(mut scene: Scene) {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    lived(&mut scene, seed).await;
    let later = flow(&scene).await;
    let then = Views::open(&scene.url("then"), &[Model::Flow]).await.unwrap();
    let mut follower = Follower::new(scene.log.clone(), then.clone());
    let mut random = fastrand::Rng::with_seed(seed);
    for position in 1..=scene.head().0 {
        follower.catch_up_to(Position(position)).await.unwrap();
        let (after, until) = (Position(random.u64(0..position)), Position(position));
        let asked = async |views: &Views| {
            (
                views.intake(&ulft(), Span::Recorded(after, until)).await.unwrap(),
                views.steps(&ulft(), after, until).await.unwrap(),
                views.spells(&ulft(), after, until).await.unwrap(),
            )
        };
        assert_eq!(asked(&later).await, asked(&then).await, "after {after} until {until}");
    }
}

async fn subjects_of_more_than_one_signal_are_counted_until_they_are_erased(scene: Scene) {
    let (person, other, place) = (pseudonym(1), pseudonym(2), pseudonym(3));
    for (reference, subjects, place) in [
        ("1", vec![person, person, other], None),
        ("2", vec![person], Some(place)),
        ("3", vec![person], Some(place)),
    ] {
        let mut facts = signal("wonion", reference, "housing.soc.gel");
        (facts.subjects, facts.place) = (subjects, place);
        scene.report(&facts).await;
    }
    let views = flow(&scene).await;
    let most = views.most_repeated(&ulft(), all(&scene), 10).await.unwrap();
    let repeat = |class, subject, signals| Repeat { class, subject, signals };
    assert_eq!(most, [repeat(Class::Person, person, 3), repeat(Class::Place, place, 2)]);
    let classes = views.repeated(&ulft(), all(&scene)).await.unwrap();
    let counted = |class, subjects, signals| Repeated { class, subjects, signals };
    assert_eq!(classes, [counted(Class::Person, 1, 3), counted(Class::Place, 1, 2)]);

    scene.erase(person).await;
    let mut again = signal("wonion", "4", "housing.soc.gel");
    again.subjects = vec![person];
    scene.report(&again).await;
    scene.report(&signal("wonion", "5", "housing.soc.gel")).await;
    let views = flow(&scene).await;
    let left = views.most_repeated(&ulft(), all(&scene), 10).await.unwrap();
    assert_eq!(left, [repeat(Class::Place, place, 2)]);
}

async fn a_period_that_was_not_taken_in_yet_is_said_to_be_ahead(scene: Scene) {
    let views = flow(&scene).await;
    scene.report(&signal("wonion", "1", "housing.soc.gel")).await;
    let ahead = views.intake(&ulft(), all(&scene)).await.unwrap_err();
    assert!(matches!(ahead, Fault::Behind(not_yet) if not_yet.wanted == scene.head()), "{ahead:?}");
}
