//! What holds of `crowd`, as specs: who is told what, and what becomes of those who take nothing.

use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::profile::ProfileEvent;
use seinhuis_domain::signal::SignalEvent;
use seinhuis_eventstore::{Context, NewEvent, Recorded, StreamId};

use super::*;
use crate::live::wanted::What;

fn code(text: &str) -> AreaCode {
    AreaCode::new(text).unwrap()
}

fn directory() -> Directory {
    let mut directory = Directory::default();
    let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(example::profile()) };
    directory.apply("voorbeeld", &Event::Profile(adopted)).unwrap();
    directory
}

/// A signal about `area`.
fn row(position: u64, area: &str) -> Recorded {
    let mut facts = example::signal("wonion", &position.to_string(), "housing.soc.gel");
    facts.area = code(area);
    let fact = SignalEvent::SignalReported(Box::new(facts));
    let at = "2026-03-09T09:30:00Z".parse().unwrap();
    let context = Context { actor: "role:test".into(), at, trace: None };
    let NewEvent { name, schema, recorded_at, area, actor, trace, payload, sealed } =
        NewEvent::of(&fact, &context).unwrap();
    Recorded {
        position: Position(position),
        stream: StreamId::new("signal", "8f0b6f3b-7a0e-4b52-9d5e-0d4a53c1b001"),
        version: 1,
        name,
        schema,
        recorded_at,
        area,
        actor,
        trace,
        payload,
        sealed,
        leaf: [0; 32],
    }
}

fn within(areas: &[&str]) -> Wanted {
    Wanted::all(What::Facts, Sight::Areas(areas.iter().map(|area| code(area)).collect()))
}

fn outline() -> Wanted {
    Wanted::all(What::Facts, Sight::Outline)
}

fn join(crowd: &mut Crowd, wanted: &Wanted) -> broadcast::Receiver<Item> {
    crowd.join(wanted, Position::START).unwrap().0
}

/// What is there to be taken.
fn taken(ring: &mut broadcast::Receiver<Item>) -> Vec<u64> {
    std::iter::from_fn(|| ring.try_recv().ok()).map(|item| item.position.0).collect()
}

#[test]
fn a_fact_is_told_to_those_of_its_area_and_of_those_around_it_and_to_nobody_else() {
    let (mut crowd, directory) = (Crowd::default(), directory());
    let mut ulft = join(&mut crowd, &within(&["WK150900"]));
    let mut gendringen = join(&mut crowd, &within(&["WK150901"]));
    let mut both = join(&mut crowd, &within(&["WK150900", "WK150901"]));
    let mut all = join(&mut crowd, &within(&["GM1509"]));
    let mut operator = join(&mut crowd, &outline());
    for (position, area) in [(1, "WK150900"), (2, "GM1509"), (3, "WK150901")] {
        crowd.tell(&Told::of(&row(position, area), &directory));
    }
    let told = [&mut ulft, &mut gendringen, &mut both, &mut all, &mut operator].map(taken);
    assert_eq!(told, [vec![1], vec![3], vec![1, 3], vec![1, 2, 3], vec![1, 2, 3]]);
}

#[test]
fn a_message_is_made_once_for_all_who_see_it_as_sharply() {
    let (mut crowd, directory) = (Crowd::default(), directory());
    let mut ulft = join(&mut crowd, &within(&["WK150900"]));
    let mut all = join(&mut crowd, &within(&["GM1509"]));
    let mut operator = join(&mut crowd, &outline());
    crowd.tell(&Told::of(&row(1, "WK150900"), &directory));
    let [ulft, all, operator] =
        [&mut ulft, &mut all, &mut operator].map(|ring| ring.try_recv().unwrap().message.unwrap());
    assert_eq!(ulft.as_ptr(), all.as_ptr());
    assert!(operator.len() < all.len(), "an outline says less");
}

#[test]
fn a_fact_is_told_once_however_often_it_is_read() {
    let (mut crowd, directory) = (Crowd::default(), directory());
    let mut all = join(&mut crowd, &within(&["GM1509"]));
    for position in [1, 2, 1, 2, 3] {
        crowd.tell(&Told::of(&row(position, "WK150900"), &directory));
    }
    assert_eq!((taken(&mut all), crowd.reached()), (vec![1, 2, 3], Position(3)));
}

#[test]
fn the_first_who_comes_is_told_from_the_end_of_the_log_on_and_who_comes_later_from_where_the_others_are() {
    let (mut crowd, directory) = (Crowd::default(), directory());
    let (_first, after) = crowd.join(&within(&["GM1509"]), Position(40)).unwrap();
    assert_eq!(after, Position(40));
    crowd.tell(&Told::of(&row(41, "WK150900"), &directory));
    let (mut second, after) = crowd.join(&outline(), Position(90)).unwrap();
    assert_eq!(after, Position(41));
    crowd.tell(&Told::of(&row(42, "WK150900"), &directory));
    assert_eq!(taken(&mut second), [42]);
}

#[test]
fn who_takes_nothing_lags_and_the_others_of_his_group_do_not_notice() {
    let (mut crowd, directory) = (Crowd::default(), directory());
    let mut slow = join(&mut crowd, &within(&["GM1509"]));
    let mut honest = join(&mut crowd, &within(&["GM1509"]));
    let count = KEPT as u64 + 7;
    let mut seen = vec![];
    for position in 1..=count {
        crowd.tell(&Told::of(&row(position, "WK150900"), &directory));
        seen.extend(taken(&mut honest));
    }
    assert_eq!(seen, (1..=count).collect::<Vec<_>>());
    assert!(matches!(slow.try_recv(), Err(TryRecvError::Lagged(7))));
}

#[test]
fn a_group_is_forgotten_when_the_last_of_it_has_left() {
    let mut crowd = Crowd::default();
    let wishes = [within(&["WK150900", "WK150901"]), within(&["WK150900"]), outline()];
    let mut rings: Vec<_> = wishes.iter().map(|wanted| Some(join(&mut crowd, wanted))).collect();
    let another = join(&mut crowd, &wishes[0]);
    rings[0] = None;
    crowd.left(&wishes[0]);
    assert_eq!((crowd.groups.len(), crowd.by_area.len()), (3, 2), "somebody is left in it");
    drop(another);
    crowd.left(&wishes[0]);
    assert_eq!((crowd.groups.len(), crowd.by_area.len()), (2, 1));
    for (ring, wanted) in rings.iter_mut().zip(&wishes) {
        *ring = None;
        crowd.left(wanted);
    }
    assert!(crowd.is_empty() && crowd.by_area.is_empty() && crowd.everywhere.is_empty());
}

#[test]
fn there_are_only_so_many_groups() {
    let mut crowd = Crowd::default();
    let other = |n: usize| within(&[&format!("BU{n:08}")]);
    let _rings: Vec<_> = (0..GROUPS).map(|n| join(&mut crowd, &other(n))).collect();
    assert!(crowd.join(&other(GROUPS), Position::START).is_none());
    assert!(crowd.join(&other(0), Position::START).is_some(), "there is room in those that are there");
}
