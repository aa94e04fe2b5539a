//! Following the log with many: filters, the slow, heartbeats, and coming back at any moment.

use std::collections::BTreeSet;

use seinhuis_contract::proto::common::v1::Sector as Word;
use seinhuis_contract::proto::monitor::v1::watch_facts_response::Event;
use seinhuis_contract::proto::monitor::v1::{WatchFactsRequest, WatchFactsResponse};
use seinhuis_domain::access::Role;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event as Fact;
use seinhuis_domain::example;
use seinhuis_domain::ids::PersonId;
use seinhuis_domain::matching::Match;
use seinhuis_domain::person::{Person, PersonCommand};
use seinhuis_domain::sector::Sector;
use seinhuis_domain::signal::SignalEvent;
use seinhuis_eventstore::{Position, Recorded};
use tonic::{Code, Streaming};
use tonic_types::StatusExt;

use crate::chance::Chance;
use crate::scene::Scene;
use crate::watching::{facts_to, from, next, watch};

const AREAS: [&str; 3] = ["WK150900", "WK150901", "BU15090001"];
const KINDS: [(&str, &str); 3] =
    [("wonion", "housing.soc.gel"), ("politie", "police.e33"), ("wonion", "housing.fin.hua")];

/// Reports so many signals at once, spread over the areas.
async fn reported(scene: &Scene, named: &str, count: usize) -> Position {
    let reporting = (0..count).map(|n| {
        let (partner, kind) = KINDS[n % KINDS.len()];
        let mut facts = example::signal(partner, &format!("{named}-{n}"), kind);
        facts.area = AreaCode::new(AREAS[n / KINDS.len() % AREAS.len()]).unwrap();
        scene.report(facts)
    });
    futures::future::join_all(reporting).await;
    scene.log.head()
}

/// The sectors that a row names, as a reader of the log finds them.
fn sectors(row: &Recorded) -> BTreeSet<Sector> {
    match row.event().unwrap() {
        Fact::Signal(SignalEvent::SignalReported(facts)) => [facts.kind.sector()].into(),
        Fact::Case(CaseEvent::CaseOpened(opened)) => [opened.kind.sector()].into(),
        Fact::Case(CaseEvent::SignalAttached { kind, .. }) => [kind.sector()].into(),
        Fact::Case(CaseEvent::CaseMadeIntegral { sectors, .. }) => sectors.into_iter().collect(),
        _ => BTreeSet::new(),
    }
}

/// Somebody and what he asks for; and by the log alone, whether a row is for him.
struct Reader {
    who: &'static str,
    areas: &'static [&'static str],
    types: &'static [&'static str],
    sectors: &'static [(Word, Sector)],
}

impl Reader {
    fn asks(&self, after_position: u64) -> WatchFactsRequest {
        WatchFactsRequest {
            after_position,
            types: self.types.iter().map(ToString::to_string).collect(),
            sectors: self.sectors.iter().map(|(word, _)| i32::from(*word)).collect(),
            ..Default::default()
        }
    }

    fn wants(&self, row: &Recorded) -> bool {
        let here = row.area.as_ref().is_some_and(|area| self.areas.contains(&area.as_str()));
        let named = sectors(row);
        (here || self.areas.is_empty())
            && (self.types.is_empty() || self.types.contains(&row.name.as_str()))
            && (self.sectors.is_empty() || self.sectors.iter().any(|(_, sector)| named.contains(sector)))
    }
}

const READERS: [Reader; 5] = [
    Reader { who: "college", areas: &AREAS, types: &[], sectors: &[] },
    Reader { who: "regisseur-ulft", areas: &["WK150900", "BU15090001"], types: &[], sectors: &[] },
    Reader {
        who: "analist",
        areas: &AREAS,
        types: &["signal.reported", "case.opened"],
        sectors: &[(Word::Police, Sector::Police)],
    },
    Reader {
        who: "teamlid-gendringen",
        areas: &["WK150901"],
        types: &[],
        sectors: &[(Word::Housing, Sector::Housing), (Word::Care, Sector::Care)],
    },
    Reader { who: "beheerder", areas: &[], types: &["case.opened", "person.admitted"], sectors: &[] },
];

/// What somebody has heard: up to where, and the facts on the way.
type Heard = (u64, Vec<u64>);

/// Reads on until he has heard of all up to `until`, and leaves again and again on the way.
async fn comes_and_goes(
    scene: &Scene,
    reader: &Reader,
    chance: &mut Chance,
    (mut heard, mut seen): Heard,
    until: Position,
) -> Heard {
    while heard < until.0 {
        let mut stream = watch(scene, reader.who, reader.asks(heard)).await;
        for _ in 0..=chance.below(60) {
            let (position, fact) = match next(&mut stream).await.unwrap() {
                Event::Progress(progress) => (progress.position, false),
                Event::Parked(parked) => (parked.position, false),
                Event::Fact(fact) => (fact.position, true),
            };
            assert!(position >= heard, "{} heard of {position} after {heard}", reader.who);
            heard = position;
            seen.extend(fact.then_some(position));
            if heard >= until.0 {
                break;
            }
        }
    }
    (heard, seen)
}

#[expect(clippy::disallowed_methods, reason = "who replays a story says so in the environment")]
fn set(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}

/// `SEINHUIS_STREAMS_SEED` says at which moments they leave.
#[allow(clippy::print_stdout, reason = "with the seed it can be replayed")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leaves_at_any_moment_and_comes_back_misses_nothing_of_what_he_asks_for() {
    let seed = set("SEINHUIS_STREAMS_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("SEINHUIS_STREAMS_SEED={seed}");
    let scene = Scene::begin().await;
    let live = 240;
    let last = async {
        for n in 0..live {
            let (partner, kind) = KINDS[n % KINDS.len()];
            let mut facts = example::signal(partner, &format!("s{n}"), kind);
            facts.area = AreaCode::new(AREAS[n / KINDS.len() % AREAS.len()]).unwrap();
            let case = scene.open(facts).await;
            if n % 7 == 0 {
                let further = example::signal("politie", &format!("more-{n}"), "police.e33");
                let subject = "0190c0de-0000-7000-8000-000000000001".parse().unwrap();
                let shared = Match::SameSubject { subject };
                scene.attach(case, further, shared).await;
            }
        }
        scene.log.head()
    };
    let known = tokio::sync::watch::Sender::new(None);
    let writing = async { known.send_replace(Some(last.await)) };
    let reading = READERS.iter().enumerate().map(|(n, reader)| {
        let (scene, mut known) = (&scene, known.subscribe());
        async move {
            let mut chance = Chance(seed.wrapping_add(n as u64));
            // Along with the writer first, and then to the end he has reached.
            let heard = comes_and_goes(scene, reader, &mut chance, Heard::default(), Position(300)).await;
            let until = known.wait_for(Option::is_some).await.unwrap().unwrap();
            let (_, seen) = comes_and_goes(scene, reader, &mut chance, heard, until).await;
            (reader, seen)
        }
    });
    let (_, read) = tokio::join!(writing, futures::future::join_all(reading));
    let rows = scene.log.read(Position::START, 100_000).await.unwrap().events;
    for (reader, seen) in read {
        let wanted: Vec<u64> =
            rows.iter().filter(|row| reader.wants(row)).map(|row| row.position.0).collect();
        assert!(!wanted.is_empty(), "{} asks for nothing that is there", reader.who);
        assert_eq!(seen, wanted, "{}", reader.who);
    }
}

#[tokio::test]
async fn what_is_no_type_or_sector_is_refused_and_what_facts_are_about_is_no_secret_in_ones_areas_only() {
    let scene = Scene::begin().await;
    let ask = async |who: &str, types: &[&str], sectors: &[i32]| {
        let request = WatchFactsRequest {
            types: types.iter().map(ToString::to_string).collect(),
            sectors: sectors.to_vec(),
            ..Default::default()
        };
        scene.facts(who).watch_facts(request).await.map(drop).map_err(|status| status.code())
    };
    assert_eq!(ask("college", &["case.updated"], &[]).await, Err(Code::InvalidArgument));
    assert_eq!(ask("college", &[], &[99]).await, Err(Code::InvalidArgument));
    assert_eq!(ask("college", &[], &[0]).await, Err(Code::InvalidArgument));
    assert_eq!(ask("college", &["case.opened"; 33], &[]).await, Err(Code::InvalidArgument));
    assert_eq!(ask("college", &["case.opened"; 32], &[1]).await, Ok(()));
    assert_eq!(ask("beheerder", &["case.opened"], &[]).await, Ok(()));
    assert_eq!(ask("beheerder", &[], &[1]).await, Err(Code::PermissionDenied));
}

/// All up to `head`: the positions of the facts, and where he was parked.
async fn all_to(stream: &mut Streaming<WatchFactsResponse>, head: Position) -> (Vec<u64>, Vec<u64>) {
    let (mut facts, mut parked) = (Vec::new(), Vec::new());
    loop {
        match next(stream).await.unwrap() {
            Event::Fact(fact) => facts.push(fact.position),
            Event::Parked(at) => {
                assert_eq!(facts.last().copied(), Some(at.position), "told where he is");
                assert!(at.head > at.position);
                parked.push(at.position);
            }
            Event::Progress(progress) if progress.position >= head.0 => return (facts, parked),
            Event::Progress(_) => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_slow_is_parked_and_told_so_and_caught_up_and_nobody_else_notices() {
    let scene = Scene::begin().await;
    let start = reported(&scene, "before", 1).await;
    let mut slow = scene.narrow_facts("college").await.watch_facts(from(0, "")).await.unwrap().into_inner();
    let mut honest = watch(&scene, "college", from(0, "")).await;
    all_to(&mut slow, start).await;
    all_to(&mut honest, start).await;
    // Far more than his connection and the ring together hold, and he takes none of it.
    let head = reported(&scene, "while", 6_000).await;
    let (facts, parked) = all_to(&mut honest, head).await;
    assert_eq!(facts, (start.0 + 1..=head.0).collect::<Vec<_>>());
    assert_eq!(parked, [0; 0], "who reads isn't parked");
    let (facts, parked) = all_to(&mut slow, head).await;
    assert_eq!(facts, (start.0 + 1..=head.0).collect::<Vec<_>>());
    assert!(!parked.is_empty(), "who takes nothing is parked");
    // He is among the others again.
    let last = reported(&scene, "after", 1).await;
    for stream in [&mut slow, &mut honest] {
        let Ok(Event::Fact(fact)) = next(stream).await else { panic!("a fact") };
        assert_eq!(fact.position, last.0);
    }
}

#[tokio::test]
async fn in_silence_he_hears_how_far_the_log_is_and_begins_there_after_a_break() {
    let scene = Scene::begin().await;
    let start = reported(&scene, "before", 3).await;
    let mut stream = watch(&scene, "teamlid-gendringen", from(0, "")).await;
    facts_to(&mut stream, start).await;
    // Nothing of it is for him.
    let mut facts = example::signal("wonion", "elsewhere", "housing.soc.gel");
    facts.area = AreaCode::new("WK150900").unwrap();
    let elsewhere = scene.report(facts).await.position;
    let Ok(Event::Progress(progress)) = next(&mut stream).await else { panic!("a heartbeat") };
    assert_eq!((progress.position, progress.head), (elsewhere.0, elsewhere.0));
    let mut facts = example::signal("wonion", "here", "housing.soc.gel");
    facts.area = AreaCode::new("WK150901").unwrap();
    let here = scene.report(facts).await.position;
    let mut again = watch(&scene, "teamlid-gendringen", from(progress.position, "")).await;
    let Ok(Event::Fact(fact)) = next(&mut again).await else { panic!("a fact") };
    assert_eq!(fact.position, here.0);
}

#[tokio::test]
async fn whose_rights_change_is_sent_away_to_come_past_the_gate_again() {
    let scene = Scene::begin().await;
    let head = scene.log.head();
    let mut moved = watch(&scene, "teamlid-ulft", from(0, "WK150900")).await;
    let mut other = watch(&scene, "college", from(0, "")).await;
    facts_to(&mut moved, head).await;
    facts_to(&mut other, head).await;
    let (id, areas) = (PersonId::new("teamlid-ulft").unwrap(), vec![AreaCode::new("WK150901").unwrap()]);
    let admit = PersonCommand::Admit { id, role: Role::TeamMember, areas };
    scene.log.execute::<Person>(&(), "teamlid-ulft", admit, &scene.context()).await.unwrap();
    let status = next(&mut moved).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.get_details_error_info().unwrap().reason, "RIGHTS_CHANGED");
    let again = scene.facts("teamlid-ulft").watch_facts(from(0, "WK150900")).await.unwrap_err();
    assert_eq!(again.code(), Code::PermissionDenied);
    let reported = scene.report(example::signal("politie", "after", "police.e33")).await;
    let fact = loop {
        match next(&mut other).await.unwrap() {
            Event::Fact(fact) => break fact,
            Event::Progress(_) | Event::Parked(_) => {}
        }
    };
    assert_eq!(fact.position, reported.position.0, "nobody else notices");
}
