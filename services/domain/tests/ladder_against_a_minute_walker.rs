//! The ladder against a slow one written apart: made-up policies, made-up lives of cases, and every climb and reminder to
//! the minute. `PROPTEST_CASES` asks for more of them.

#![allow(clippy::unwrap_used)]

#[path = "ladder_against_a_minute_walker/model.rs"]
mod model;
#[allow(dead_code, reason = "the calendar's test uses all of it")]
#[path = "calendar_against_a_minute_walker/walker.rs"]
mod walker;

use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use jiff::Timestamp;
use model::{Act, Fact, Model, Terms};
use proptest::prelude::*;
use proptest::sample::select;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::calendar::Term;
use seinhuis_domain::case::{Case, CaseCommand, CaseEvent, SignalToFollow};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::ids::{CaseId, PartnerId, SignalId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::{Due, due};
use seinhuis_domain::matching::Match;
use seinhuis_domain::policy::Reminders;
use seinhuis_domain::profile::ProfileEvent;
use seinhuis_domain::sealed::Sealed;
use seinhuis_domain::sector::Urgency;
use walker::Walker;

static WALKER: LazyLock<Walker> = LazyLock::new(Walker::new);

/// Cases are opened in 2023 to 2027, and followed for so many minutes.
const OPENED: usize = 5 * 365 * 24 * 60;
const FOLLOWED: usize = 60 * 24 * 60;

const PARTNERS: [&str; 3] = ["wonion", "sensire", "gemeente"];

fn term() -> impl Strategy<Value = Term> {
    let of = |most: u32, unit: &'static str| (1..=most).prop_map(move |count| format!("{count}{unit}"));
    prop_oneof![of(6, "wd"), of(9, "d"), of(9, "sd"), of(2, "sw"), of(30, "wh"), of(90, "h")]
        .prop_map(|text| text.parse().unwrap())
}

fn terms() -> impl Strategy<Value = Terms> {
    let rung = || [term(), term(), term()];
    let reminders = (select(vec![50_u8, 75, 80]), prop::option::of(term()), 1_u32..4);
    (
        [rung(), rung(), rung()],
        term(),
        term(),
        prop::option::of(term()),
        prop::option::weighted(0.8, reminders),
    )
        .prop_map(|(rungs, no_lead, lead_silent, lead_silent_climb, reminders)| Terms {
            rungs,
            no_lead,
            lead_silent,
            lead_silent_climb,
            reminders,
        })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::PickUp),
        1 => (0_u8..3).prop_map(Act::HandOver),
        1 => (0_u8..3).prop_map(Act::Assign),
        1 => Just(Act::LeadRefuses),
        1 => Just(Act::Urgent),
        2 => (1_usize..20_000).prop_map(Act::PauseFor),
        1 => Just(Act::Resume),
        2 => (1_usize..10_000).prop_map(Act::SnoozeFor),
    ]
}

/// Minutes that are any, and minutes at which terms end and begin.
fn opened() -> impl Strategy<Value = usize> {
    let day = |minute: usize| WALKER.minutes[minute].day;
    prop_oneof![
        3 => 2_000..OPENED,
        1 => (2_000..OPENED).prop_map(move |minute| WALKER.days[day(minute)].begins),
        1 => (2_000..OPENED).prop_map(move |minute| WALKER.days[day(minute)].begins + 9 * 60),
    ]
}

fn instant(minute: usize) -> Timestamp {
    Timestamp::from_second(WALKER.epoch_seconds(minute)).unwrap()
}

fn minute(at: Timestamp) -> usize {
    usize::try_from((at.as_second() - WALKER.epoch_seconds(0)) / 60).unwrap()
}

fn directory(terms: &Terms) -> Directory {
    let mut profile = example::profile();
    let ladder = &mut profile.policy.ladder;
    let rungs = [&mut ladder.workfloor, &mut ladder.team, &mut ladder.regisseur];
    for (rung, terms) in rungs.into_iter().zip(&terms.rungs) {
        [rung.pick_up, rung.pick_up_urgent, rung.progress] = *terms;
    }
    (ladder.no_lead, ladder.lead_silent) = (terms.no_lead, terms.lead_silent);
    ladder.lead_silent_climb = terms.lead_silent_climb;
    ladder.reminders = terms.reminders.map(|(at_percent, again_every, at_most)| Reminders {
        at_percent,
        again_every,
        at_most,
    });
    // Alarms are none of this test's concern.
    (ladder.refusals_max, ladder.handovers_max) = (u32::MAX, u32::MAX);
    ladder.pause_max = "100d".parse().unwrap();
    let mut who = Directory::default();
    let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(profile) };
    who.apply("profile", &Event::Profile(adopted)).unwrap();
    who
}

/// The case itself, driven from one due instant to the next.
struct Real {
    who: Directory,
    case: Case,
    facts: Vec<Fact>,
}

impl Real {
    fn give(&mut self, command: CaseCommand) -> bool {
        let sink = EventSink::default();
        let given = settled(self.case.handle(command, &self.who, &sink));
        let events = settled(sink.collect());
        self.facts.extend(events.iter().filter_map(|event| match event {
            CaseEvent::RungReached(reached) => {
                Some(Fact::Climbed(minute(reached.planned_at?), reached.rung, reached.cause))
            }
            CaseEvent::CaseReminded(reminded) => {
                Some(Fact::Reminded(minute(reminded.planned_at), reminded.rung, reminded.nth))
            }
            _ => None,
        }));
        given.is_ok() && !events.is_empty()
    }

    /// Everything that falls due up to and including `until`, each at its instant.
    fn catch_up(&mut self, from: usize, until: usize) {
        let mut now = instant(from);
        loop {
            let state = self.case.state().unwrap();
            let Some(step) = state.planned.clone() else { return };
            match due(&step, state.remind_at, now) {
                (Some(Due::Climb), _) => {
                    assert!(self.give(CaseCommand::RaiseByTimer { step, at: now }), "a climb that is due");
                }
                (Some(Due::Reminder), _) => {
                    let planned_at = state.remind_at.unwrap();
                    assert!(self.give(CaseCommand::Remind { step, planned_at, at: now }), "a reminder");
                }
                (None, Some(next)) if next <= instant(until) => now = next,
                (None, _) => return,
            }
        }
    }

    fn act(&mut self, act: Act, now: usize, lead: Option<u8>) -> bool {
        let at = instant(now);
        let by = seinhuis_domain::case::Act { by: "person:iemand".into(), at, note: None };
        let partner = |which: u8| PartnerId::new(PARTNERS[usize::from(which)]).unwrap();
        self.give(match act {
            Act::PickUp => CaseCommand::Acknowledge { act: by },
            Act::HandOver(to) => CaseCommand::HandOver { to: partner(to), act: by },
            Act::Assign(to) => CaseCommand::AssignLead { lead: partner(to), act: by },
            Act::LeadRefuses => {
                let Some(lead) = lead else { return false };
                CaseCommand::Refuse { partner: partner(lead), act: by }
            }
            Act::Urgent => {
                let signal =
                    SignalToFollow { urgency: Urgency::Urgent, ..signal(&now.to_string(), "wonion") };
                let household = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap();
                CaseCommand::AttachSignal { signal, because: Match::SameHousehold { household }, at }
            }
            Act::PauseFor(minutes) => {
                let note = Some(Sealed { keys: vec![], bytes: vec![1] });
                let act = seinhuis_domain::case::Act { note, ..by };
                CaseCommand::Pause { until: instant(now + minutes), act }
            }
            Act::Resume => CaseCommand::Resume { act: by },
            Act::SnoozeFor(minutes) => CaseCommand::Snooze { until: instant(now + minutes), act: by },
        })
    }
}

fn signal(reference: &str, by: &str) -> SignalToFollow {
    SignalToFollow {
        id: SignalId::of(&PartnerId::new(by).unwrap(), reference),
        kind: Kind::from_code("housing.fin.hua").unwrap(),
        urgency: Urgency::Normal,
        area: AreaCode::new("WK150900").unwrap(),
        subjects: vec![],
    }
}

/// Rules do no IO: whatever they are asked, they answer at once.
fn settled<T>(answer: impl Future<Output = T>) -> T {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("a rule waited for something"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(10_000), ..ProptestConfig::default() })]

    #[test]
    fn inv7_every_climb_and_reminder_comes_at_the_minute_the_walker_finds(
        terms in terms(),
        opened in opened(),
        acts in prop::collection::vec((1_usize..12_000, act()), 0..8),
    ) {
        let mut real = Real { who: directory(&terms), case: Case::default(), facts: vec![] };
        let first = signal("opened", "wonion");
        let id = CaseId::opened_by(first.id);
        real.give(CaseCommand::OpenCase { id, signal: first, at: instant(opened) });
        let mut model = Model::opened(&WALKER, &terms, opened, Some(0));
        let mut now = opened;
        for (later, act) in acts {
            for minute in now..=now + later {
                model.tick(minute);
            }
            real.catch_up(now, now + later);
            now += later;
            prop_assert_eq!(&real.facts, &model.facts);
            let lead = model.lead;
            let acted = real.act(act, now, lead);
            prop_assert_eq!(acted, model.act(act, now), "{:?} at {}", act, WALKER.written(now));
        }
        for minute in now..=now + FOLLOWED {
            model.tick(minute);
        }
        real.catch_up(now, now + FOLLOWED);
        prop_assert_eq!(real.facts, model.facts);
    }
}
