//! Any public event, with a canary wherever something stands that is nobody's business.

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::calendar::Term;
use seinhuis_domain::case::{Act, CaseEvent, CaseOpened, Reminded, RungReached};
use seinhuis_domain::event::Event;
use seinhuis_domain::feedback::{FeedbackDue, Outcome};
use seinhuis_domain::ids::{CaseId, NoticeId, PartnerId, PersonId, SignalId, SubjectId, TeamId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::{Cause, PlannedStep, Rung};
use seinhuis_domain::matching::Match;
use seinhuis_domain::notice::{Channel, Moot, NoticeEvent, NoticeFacts};
use seinhuis_domain::routing::Route;
use seinhuis_domain::sealed::Sealed;
use seinhuis_domain::sector::{Goal, Lane, Sector, Urgency};
use seinhuis_domain::signal::{SignalEvent, SignalFacts};
use seinhuis_domain::tell::{Addressee, Away, Duty};

/// Stands in no code, no name and no number, however it is written.
pub(super) const CANARY: &str = "q7jansen";

fn uuid<T: std::str::FromStr<Err: std::fmt::Debug>>(number: u128) -> T {
    format!("{number:032x}").parse().unwrap()
}

fn subject() -> impl Strategy<Value = SubjectId> {
    any::<u128>().prop_map(uuid)
}

fn signal_id() -> impl Strategy<Value = SignalId> {
    any::<u128>().prop_map(uuid)
}

pub(super) fn case_id() -> impl Strategy<Value = CaseId> {
    any::<u128>().prop_map(uuid)
}

fn text() -> impl Strategy<Value = String> {
    "[ -~]{0,20}".prop_map(|some| format!("{some} Q7Jansen {some}"))
}

fn person() -> impl Strategy<Value = PersonId> {
    "[a-z]{0,8}".prop_map(|some| PersonId::new(format!("{CANARY}-{some}")).unwrap())
}

fn sealed() -> impl Strategy<Value = Option<Sealed>> {
    let keys = prop::collection::vec(subject(), 0..3);
    prop::option::of(keys.prop_map(|keys| Sealed { keys, bytes: CANARY.into() }))
}

fn at() -> impl Strategy<Value = Timestamp> {
    (0..4_000_000_000_000_000_i64).prop_map(|at| Timestamp::from_microsecond(at).unwrap())
}

fn act() -> impl Strategy<Value = Act> {
    (person(), at(), sealed()).prop_map(|(who, at, note)| Act { by: format!("person:{who}"), at, note })
}

fn area() -> impl Strategy<Value = AreaCode> {
    "(GM|WK|BU)[0-9]{4,8}|OV-[A-Z]{1,20}".prop_map(|code| AreaCode::new(code).unwrap())
}

fn partner() -> impl Strategy<Value = PartnerId> {
    select(vec!["politie", "wonion", "sensire", "gemeente"]).prop_map(|id| PartnerId::new(id).unwrap())
}

fn kind() -> impl Strategy<Value = Kind> {
    select(Kind::all().collect::<Vec<_>>())
}

fn rung() -> impl Strategy<Value = Rung> {
    select(Rung::ALL)
}

fn urgency() -> impl Strategy<Value = Urgency> {
    select(Urgency::ALL)
}

fn cause() -> impl Strategy<Value = Cause> {
    select(vec![
        Cause::NotPickedUp,
        Cause::NoProgress,
        Cause::NoLead,
        Cause::LeadSilent,
        Cause::BetweenTwoStools,
        Cause::ByHand,
    ])
}

fn step() -> impl Strategy<Value = PlannedStep> {
    (rung(), at(), select(vec!["5wd", "8wh", "14d"]), at(), cause()).prop_map(
        |(to, due_at, term, from, cause)| PlannedStep {
            to,
            due_at,
            term: term.parse().unwrap(),
            from,
            cause,
            remind_at: None,
        },
    )
}

fn reported() -> impl Strategy<Value = SignalEvent> {
    let what = (partner(), text(), kind(), at(), area(), urgency(), prop::option::of(text()));
    let whom = (
        prop::collection::vec(subject(), 0..3),
        prop::option::of(subject()),
        prop::option::of(subject()),
        sealed(),
    );
    (what, whom).prop_map(|(what, (subjects, household, place, sealed))| {
        let (partner, reference, kind, occurred_at, area, urgency, channel) = what;
        SignalEvent::SignalReported(Box::new(SignalFacts {
            partner,
            reference,
            kind,
            occurred_at,
            area,
            urgency,
            channel,
            subjects,
            household,
            place,
            #[cfg(feature = "tomorrow")]
            tomorrow: None,
            sealed,
        }))
    })
}

fn route() -> impl Strategy<Value = Route> {
    let lead = prop::option::of(partner());
    let team = prop::option::of(Just(TeamId::new("wijkteam-ulft").unwrap()));
    (text(), select(Lane::ALL), select(Goal::ALL), team, lead)
        .prop_map(|(rule, lane, goal, team, lead)| Route { rule, lane, goal, team, lead })
}

fn opened() -> impl Strategy<Value = CaseEvent> {
    let subjects = prop::collection::vec(subject(), 0..3);
    (case_id(), area(), signal_id(), kind(), urgency(), subjects, route(), 1..9_u32, at()).prop_map(
        |(id, area, signal, kind, urgency, subjects, route, policy_version, at)| {
            CaseEvent::CaseOpened(Box::new(CaseOpened {
                id,
                area,
                signal,
                kind,
                urgency,
                subjects,
                route,
                policy_version,
                at,
            }))
        },
    )
}

fn because() -> impl Strategy<Value = Match> {
    subject().prop_flat_map(|subject| {
        select(vec![
            Match::SameSubject { subject },
            Match::SameHousehold { household: subject },
            Match::SamePlaceAndKind { place: subject },
        ])
    })
}

fn attached() -> impl Strategy<Value = CaseEvent> {
    let subjects = prop::collection::vec(subject(), 0..3);
    (area(), signal_id(), kind(), urgency(), subjects, because(), at()).prop_map(
        |(area, signal, kind, urgency, subjects, because, at)| CaseEvent::SignalAttached {
            area,
            signal,
            kind,
            urgency,
            subjects,
            because,
            at,
        },
    )
}

fn addressee(person: &PersonId) -> Addressee {
    let away = Away { person: person.clone(), until: jiff::civil::date(2026, 3, 13) };
    Addressee { person: person.clone(), duty: Duty::Deputy { away: vec![away] }, hold: None }
}

fn reached() -> impl Strategy<Value = CaseEvent> {
    let next = prop::option::of(step());
    let tell = prop::collection::vec(person(), 1..3);
    let when = (prop::option::of(at()), at());
    (area(), rung(), 0..9_u32, 1..9_u32, cause(), when, tell, next, prop::option::of(act())).prop_map(
        |(area, rung, cycle, policy_version, cause, (planned_at, at), tell, next, act)| {
            CaseEvent::RungReached(Box::new(RungReached {
                area,
                rung,
                cycle,
                policy_version,
                cause,
                planned_at,
                at,
                passed: tell.is_empty(),
                told_because: tell.iter().map(addressee).collect(),
                tell,
                next,
                act,
            }))
        },
    )
}

fn reminded() -> impl Strategy<Value = CaseEvent> {
    let tell = prop::collection::vec(person(), 1..3);
    let when = (at(), at(), prop::option::of(at()));
    (area(), rung(), 0..9_u32, 1..9_u32, 1..9_u32, step(), when, tell).prop_map(
        |(area, rung, cycle, policy_version, nth, step, (planned_at, at, next_at), tell)| {
            CaseEvent::CaseReminded(Box::new(Reminded {
                area,
                rung,
                cycle,
                policy_version,
                nth,
                step,
                planned_at,
                at,
                told_because: tell.iter().map(addressee).collect(),
                tell,
                next_at,
            }))
        },
    )
}

fn acted() -> impl Strategy<Value = CaseEvent> {
    (area(), act(), rung(), partner(), prop::option::of(partner()), 0..9_u32).prop_flat_map(
        |(area, act, rung, lead, from, cycle)| {
            select(vec![
                CaseEvent::LeadAssigned { area: area.clone(), lead: lead.clone(), act: act.clone() },
                CaseEvent::CaseAcknowledged { area: area.clone(), rung, act: act.clone() },
                CaseEvent::CaseHandedOver { area: area.clone(), from, to: lead.clone(), act: act.clone() },
                CaseEvent::LeadRefused { area: area.clone(), partner: lead.clone(), act: act.clone() },
                CaseEvent::RungLowered { area: area.clone(), rung, cycle, act: act.clone() },
                CaseEvent::CaseDecided { area: area.clone(), lead, act: act.clone() },
                CaseEvent::FeedbackGiven { area: area.clone(), outcome: Outcome::PassedOn, act: act.clone() },
                CaseEvent::CaseResolved {
                    area: area.clone(),
                    feedback_due: Some(FeedbackDue { due_at: act.at, term: Term::working_days(5) }),
                    act: act.clone(),
                },
                CaseEvent::CasePaused { area: area.clone(), until: act.at, act: act.clone() },
                CaseEvent::CaseResumed { area: area.clone(), act: act.clone() },
                CaseEvent::PolicyMigrated { area: area.clone(), from: 1, to: 2, act: act.clone() },
                CaseEvent::CaseReopened { area, cycle, act },
            ])
        },
    )
}

fn of_a_case() -> impl Strategy<Value = CaseEvent> {
    let planned = (area(), step()).prop_map(|(area, step)| CaseEvent::StepPlanned { area, step });
    let sectors = prop::collection::vec(select(Sector::ALL), 1..4);
    let integral =
        (area(), sectors).prop_map(|(area, sectors)| CaseEvent::CaseMadeIntegral { area, sectors });
    prop_oneof![2 => opened(), 2 => attached(), 2 => reached(), 1 => reminded(), 4 => acted(), 1 => planned, 1 => integral]
}

fn of_a_notice() -> impl Strategy<Value = NoticeEvent> {
    let facts = (
        any::<u128>().prop_map(uuid::<NoticeId>),
        case_id(),
        area(),
        rung(),
        person(),
        prop::option::of(1..9_u32),
    )
        .prop_map(|(notice, case, area, rung, person, reminder)| NoticeFacts {
            notice,
            case,
            area,
            rung,
            person,
            reminder,
        });
    (facts, select(Channel::ALL), 1..9_u32, prop::option::of(text())).prop_map(
        |(facts, channel, attempts, reason)| match reason {
            None if attempts == 1 => NoticeEvent::NoticeReplayed { facts },
            None if attempts == 2 => NoticeEvent::NoticeWithdrawn { facts, because: Moot::CaseResolved },
            None => NoticeEvent::NoticeDelivered { facts, channel, attempts },
            Some(reason) => NoticeEvent::NoticeFailed { facts, channel, attempts, reason },
        },
    )
}

/// Any event of which something is public.
pub(super) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => reported().prop_map(Event::Signal),
        5 => of_a_case().prop_map(Event::Case),
        2 => of_a_notice().prop_map(Event::Notice),
    ]
}
