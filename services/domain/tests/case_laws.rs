//! Laws of the case that hold whatever is asked of it, in whatever order, however late its timers fire.

#![allow(clippy::unwrap_used)]

#[path = "case_laws/otherwise.rs"]
mod otherwise;
#[path = "case_laws/world.rs"]
mod world;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::{Act, CaseCommand, SignalToFollow};
use seinhuis_domain::feedback::Outcome;
use seinhuis_domain::ids::{CaseId, PartnerId, SignalId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::matching::Match;
use seinhuis_domain::sealed::Sealed;
use seinhuis_domain::sector::Urgency;
use seinhuis_domain::what_if::{Draft, WhatIf};
use world::World;

const PARTNERS: [&str; 5] = ["politie", "wonion", "sensire", "gemeente", "geen-partner"];
const KINDS: [&str; 5] =
    ["housing.fin.hua", "housing.soc.gel", "police.e33", "care.debts", "municipal.nuisance"];

/// Something that happens in the world.
#[derive(Debug, Clone)]
enum Move {
    Open,
    Attach {
        reference: u8,
        kind: &'static str,
        urgency: Urgency,
    },
    AssignLead(&'static str),
    Acknowledge,
    HandOver(&'static str),
    Refuse(&'static str),
    /// The plan in force becomes due, and its timer fires.
    Fire,
    /// Some timer fires: one of long ago, one again, or the one in force before its time.
    FireAny(Index),
    /// The next reminder becomes due, and goes out.
    Remind,
    /// Some reminder goes out so many hours after some plan was made.
    RemindAny(Index, u32),
    Raise {
        to: Rung,
        noted: bool,
    },
    Lower(Rung),
    Decide(&'static str),
    /// Paused for so many hours.
    Pause(u32),
    Resume,
    /// Reminders put off for so many hours.
    Snooze(u32),
    GiveFeedback(Outcome),
    Resolve,
    Reopen,
    AdoptAnotherPolicy,
    MigratePolicy,
}

fn moves() -> impl Strategy<Value = Move> {
    let partner = || select(&PARTNERS[..]);
    let kind = || select(&KINDS[..]);
    let rung = || select(Rung::ALL);
    prop_oneof![
        1 => Just(Move::Open),
        4 => (0_u8..8, kind(), select(Urgency::ALL))
            .prop_map(|(reference, kind, urgency)| Move::Attach { reference, kind, urgency }),
        2 => partner().prop_map(Move::AssignLead),
        3 => Just(Move::Acknowledge),
        3 => partner().prop_map(Move::HandOver),
        3 => partner().prop_map(Move::Refuse),
        6 => Just(Move::Fire),
        3 => any::<Index>().prop_map(Move::FireAny),
        3 => Just(Move::Remind),
        1 => (any::<Index>(), 0_u32..200).prop_map(|(plan, hours)| Move::RemindAny(plan, hours)),
        2 => (rung(), any::<bool>()).prop_map(|(to, noted)| Move::Raise { to, noted }),
        3 => rung().prop_map(Move::Lower),
        2 => partner().prop_map(Move::Decide),
        2 => (1_u32..800).prop_map(Move::Pause),
        1 => Just(Move::Resume),
        2 => (1_u32..200).prop_map(Move::Snooze),
        2 => select(Outcome::ALL).prop_map(Move::GiveFeedback),
        1 => Just(Move::Resolve),
        2 => Just(Move::Reopen),
        1 => Just(Move::AdoptAnotherPolicy),
        1 => Just(Move::MigratePolicy),
    ]
}

/// A story: the kind that opens it, and what happens after how many hours.
fn stories() -> impl Strategy<Value = (&'static str, Vec<(u32, Move)>)> {
    (select(&KINDS[..]), prop::collection::vec((0_u32..120, moves()), 0..40))
}

fn told(kind: &'static str, story: Vec<(u32, Move)>) -> World {
    let mut world = World::new();
    world.give(open(kind, &world)).unwrap();
    for (hours, next) in story {
        world.wait(hours);
        if let Some(command) = asked(next, kind, &mut world) {
            // Refusals are part of life here; the laws are checked inside.
            let _ = world.give(command);
        }
    }
    world
}

/// The command of a move, if it is one; time and policy may pass on the way.
fn asked(next: Move, kind: &str, world: &mut World) -> Option<CaseCommand> {
    let partner = |id: &str| PartnerId::new(id).unwrap();
    let at = world.now;
    let act = Act { by: "person:iemand".into(), at, note: None };
    Some(match next {
        Move::Open => open(kind, world),
        Move::Attach { reference, kind, urgency } => {
            let signal = SignalToFollow { urgency, ..signal(&reference.to_string(), kind) };
            let household = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap();
            CaseCommand::AttachSignal { signal, because: Match::SameHousehold { household }, at }
        }
        Move::AssignLead(lead) => CaseCommand::AssignLead { lead: partner(lead), act },
        Move::Acknowledge => CaseCommand::Acknowledge { act },
        Move::HandOver(to) => CaseCommand::HandOver { to: partner(to), act },
        Move::Refuse(by) => CaseCommand::Refuse { partner: partner(by), act },
        Move::Fire => {
            let step = world.state().planned.clone()?;
            world.now = at.max(step.due_at);
            CaseCommand::RaiseByTimer { step, at: world.now }
        }
        Move::FireAny(index) => CaseCommand::RaiseByTimer { step: index.get(&world.plans).clone(), at },
        Move::Remind => {
            let (step, planned_at) = (world.state().planned.clone()?, world.state().remind_at?);
            world.now = at.max(planned_at);
            CaseCommand::Remind { step, planned_at, at: world.now }
        }
        Move::RemindAny(index, hours) => {
            let step = index.get(&world.plans).clone();
            let planned_at = later(step.from, hours);
            CaseCommand::Remind { step, planned_at, at }
        }
        Move::Raise { to, noted } => {
            let note = noted.then(|| Sealed { keys: vec![], bytes: vec![1] });
            CaseCommand::RaiseRung { to, act: Act { note, ..act } }
        }
        Move::Lower(to) => CaseCommand::LowerRung { to, act },
        Move::Decide(lead) => CaseCommand::Decide { lead: partner(lead), act },
        Move::Pause(hours) => {
            let note = Some(Sealed { keys: vec![], bytes: vec![1] });
            CaseCommand::Pause { until: later(at, hours), act: Act { note, ..act } }
        }
        Move::MigratePolicy => CaseCommand::MigratePolicy { act },
        Move::Resume => CaseCommand::Resume { act },
        Move::Snooze(hours) => CaseCommand::Snooze { until: later(at, hours), act },
        Move::GiveFeedback(outcome) => CaseCommand::GiveFeedback { outcome, act },
        Move::Resolve => CaseCommand::Resolve { act },
        Move::Reopen => CaseCommand::Reopen { act },
        Move::AdoptAnotherPolicy => {
            world.adopt_another_policy();
            return None;
        }
    })
}

fn later(at: Timestamp, hours: u32) -> Timestamp {
    at + SignedDuration::from_hours(hours.into())
}

fn open(kind: &str, world: &World) -> CaseCommand {
    let signal = signal("opened", kind);
    CaseCommand::OpenCase { id: CaseId::opened_by(signal.id), signal, at: world.now }
}

fn signal(reference: &str, kind: &str) -> SignalToFollow {
    SignalToFollow {
        id: SignalId::of(&PartnerId::new("politie").unwrap(), reference),
        kind: Kind::from_code(kind).unwrap(),
        urgency: Urgency::Normal,
        area: AreaCode::new("WK150900").unwrap(),
        subjects: vec![],
    }
}

/// Fires what is planned until nothing is, each timer so many hours after its time; answers which climbs came of it.
fn to_the_top(mut world: World, hours_late: u32) -> Vec<(Rung, u32, String)> {
    let before = world.climbs().count();
    while let Some(step) = world.case.state().and_then(|state| state.planned.clone()) {
        world.now = world.now.max(step.due_at);
        world.wait(hours_late);
        let command = CaseCommand::RaiseByTimer { step, at: world.now };
        assert!(!world.give(command.clone()).unwrap().is_empty(), "a timer that is due fires");
        assert_eq!(world.give(command), Ok(vec![]), "a timer fires once");
    }
    let planned = |at: Option<jiff::Timestamp>| at.unwrap().to_string();
    world.climbs().skip(before).map(|climb| (climb.rung, climb.cycle, planned(climb.planned_at))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn inv7_every_story_of_a_case_keeps_the_laws((kind, story) in stories()) {
        told(kind, story);
    }

    #[test]
    fn inv7_timers_on_time_and_timers_late_bring_the_same_climbs(
        (kind, story) in stories(),
        hours_late in 1_u32..5_000,
    ) {
        let on_time = to_the_top(told(kind, story.clone()), 0);
        prop_assert_eq!(to_the_top(told(kind, story), hours_late), on_time);
    }

    #[test]
    fn decided_again_under_the_policies_that_held_every_story_is_the_same((kind, story) in stories()) {
        let world = told(kind, story);
        prop_assert_eq!(otherwise::lived_again(&world, WhatIf::as_it_was()), world.log);
    }

    #[test]
    fn what_would_have_been_under_a_draft_is_what_is_had_it_been_in_force((kind, story) in stories()) {
        let world = told(kind, story);
        let draft = Draft { profile: Box::new(otherwise::draft()), from: Timestamp::UNIX_EPOCH };
        prop_assert_eq!(otherwise::lived_again(&world, WhatIf::under(draft)), otherwise::lived_under_the_draft(&world));
    }
}
