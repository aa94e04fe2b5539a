//! What holds of `cause`, as specs.

use super::*;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::case::{Act, CaseOpened};
use seinhuis_domain::example;
use seinhuis_domain::ids::{CaseId, PartnerId, PersonId, SubjectId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::notice::{Channel, NoticeEvent, NoticeFacts};
use seinhuis_domain::routing::Route;
use seinhuis_domain::sector::{Goal, Lane, Sector, Urgency};

const SOMEBODY: &str = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001";
const AT: &str = "2026-03-10T10:00:00Z";

/// What each of `events` follows from; they stand at positions 1, 2, 3 …
fn causes(events: &[Event]) -> Vec<Vec<u64>> {
    causes_with(events, [])
}

fn causes_with<const N: usize>(events: &[Event], notices: [(NoticeId, u64); N]) -> Vec<Vec<u64>> {
    let mut causes = Causes::new(notices.map(|(notice, climb)| (notice, Position(climb))).into());
    let of = |(event, at): (&Event, u64)| causes.of(Position(at), event).into_iter().map(|p| p.0).collect();
    events.iter().zip(1..).map(of).collect()
}

fn ulft() -> AreaCode {
    AreaCode::new("WK150900").unwrap()
}

fn somebody() -> SubjectId {
    SOMEBODY.parse().unwrap()
}

fn act() -> Act {
    Act { by: "person:regisseur-ulft".into(), at: AT.parse().unwrap(), note: None }
}

fn wonion() -> PartnerId {
    PartnerId::new("wonion").unwrap()
}

fn signal(reference: &str, change: impl FnOnce(&mut SignalFacts)) -> Event {
    let mut facts = example::signal("wonion", reference, "housing.soc.gel");
    change(&mut facts);
    Event::Signal(SignalEvent::SignalReported(Box::new(facts)))
}

fn of_somebody(reference: &str) -> Event {
    signal(reference, |facts| facts.subjects = vec![somebody()])
}

fn kind() -> Kind {
    Kind::from_code("housing.soc.gel").unwrap()
}

fn opened(reference: &str) -> Event {
    let signal = SignalId::of(&wonion(), reference);
    let route = Route {
        rule: "woonoverlast".into(),
        lane: Lane::Social,
        goal: Goal::Liveability,
        team: None,
        lead: Some(wonion()),
    };
    Event::Case(CaseEvent::CaseOpened(Box::new(CaseOpened {
        id: CaseId::opened_by(signal),
        area: ulft(),
        signal,
        kind: kind(),
        urgency: Urgency::Normal,
        subjects: vec![],
        route,
        policy_version: 1,
        at: AT.parse().unwrap(),
    })))
}

fn attached(reference: &str, because: Match) -> Event {
    Event::Case(CaseEvent::SignalAttached {
        area: ulft(),
        signal: SignalId::of(&wonion(), reference),
        kind: kind(),
        urgency: Urgency::Normal,
        subjects: vec![],
        because,
        at: AT.parse().unwrap(),
    })
}

fn step(to: Rung, due_at: &str, cause: Cause) -> PlannedStep {
    PlannedStep {
        to,
        due_at: due_at.parse().unwrap(),
        term: "5wd".parse().unwrap(),
        from: AT.parse().unwrap(),
        cause,
        remind_at: None,
    }
}

fn planned(step: PlannedStep) -> Event {
    Event::Case(CaseEvent::StepPlanned { area: ulft(), step })
}

fn reached(rung: Rung, cause: Cause, planned_at: Option<&str>, next: Option<PlannedStep>) -> Event {
    Event::Case(CaseEvent::RungReached(Box::new(RungReached {
        area: ulft(),
        rung,
        cycle: 0,
        policy_version: 1,
        cause,
        planned_at: planned_at.map(|at| at.parse().unwrap()),
        at: AT.parse().unwrap(),
        passed: false,
        tell: vec![],
        told_because: vec![],
        next,
        act: None,
    })))
}

#[test]
fn a_case_follows_from_the_signal_that_opened_it_and_its_plan_from_its_opening() {
    let plan = step(Rung::Team, "2026-03-17T23:00:00Z", Cause::NotPickedUp);
    assert_eq!(causes(&[of_somebody("1"), opened("1"), planned(plan)]), [vec![], vec![1], vec![2]]);
}

#[test]
fn an_attached_signal_follows_from_itself_and_the_last_signal_it_met() {
    let somebody = Match::SameSubject { subject: somebody() };
    let events = [
        of_somebody("1"),
        opened("1"),
        of_somebody("2"),
        attached("2", somebody),
        signal("3", |_| {}),
        of_somebody("4"),
        attached("4", somebody),
    ];
    assert_eq!(causes(&events)[3], [1, 3]);
    assert_eq!(causes(&events)[6], [3, 6], "signal 3 shares nothing and isn't of the case");
}

#[test]
fn at_one_place_a_signal_meets_only_its_own_kind() {
    let place = SOMEBODY.parse().unwrap();
    let at_place = |reference: &str, code: &str| {
        signal(reference, |facts| (facts.place, facts.kind) = (Some(place), Kind::from_code(code).unwrap()))
    };
    let here = Match::SamePlaceAndKind { place };
    let events = [
        at_place("1", "housing.soc.gel"),
        opened("1"),
        at_place("2", "housing.fin.hur"),
        attached("2", Match::SameHousehold { household: place }),
        at_place("3", "housing.soc.gel"),
        attached("3", here),
    ];
    assert_eq!(causes(&events)[5], [1, 5]);
}

#[test]
fn a_climb_by_timer_follows_from_the_plan_it_carries_out() {
    let first = step(Rung::Team, "2026-03-17T23:00:00Z", Cause::NotPickedUp);
    let second = step(Rung::Regisseur, "2026-03-31T22:00:00Z", Cause::NotPickedUp);
    let events = [
        of_somebody("1"),
        opened("1"),
        planned(first),
        reached(Rung::Team, Cause::NotPickedUp, Some("2026-03-17T23:00:00Z"), Some(second)),
        reached(Rung::Regisseur, Cause::NotPickedUp, Some("2026-03-31T22:00:00Z"), None),
    ];
    assert_eq!(causes(&events)[3..], [vec![3], vec![4]]);
}

#[test]
fn an_alarm_follows_from_what_rang_it_in_this_climb() {
    let refused = || {
        let politie = PartnerId::new("politie").unwrap();
        Event::Case(CaseEvent::LeadRefused { area: ulft(), partner: politie, act: act() })
    };
    let events = [
        of_somebody("1"),
        opened("1"),
        refused(),
        Event::Case(CaseEvent::RungLowered { area: ulft(), rung: Rung::Workfloor, cycle: 1, act: act() }),
        refused(),
        refused(),
        reached(Rung::Regisseur, Cause::BetweenTwoStools, None, None),
    ];
    assert_eq!(causes(&events)[6], [5, 6]);
}

#[test]
fn a_joint_plan_and_its_climb_follow_from_the_signal_that_made_it_one() {
    let sectors = vec![Sector::Police, Sector::Housing];
    let events = [
        of_somebody("1"),
        opened("1"),
        of_somebody("2"),
        attached("2", Match::SameSubject { subject: somebody() }),
        Event::Case(CaseEvent::CaseMadeIntegral { area: ulft(), sectors }),
        reached(Rung::Team, Cause::MoreGoingOn, None, None),
    ];
    assert_eq!(causes(&events)[4..], [vec![4], vec![5]]);
}

#[test]
fn picking_up_answers_the_climb_that_brought_the_case() {
    let picked_up = Event::Case(CaseEvent::CaseAcknowledged { area: ulft(), rung: Rung::Team, act: act() });
    let events = [
        of_somebody("1"),
        opened("1"),
        picked_up.clone(),
        reached(Rung::Team, Cause::ByHand, None, None),
        picked_up,
    ];
    assert_eq!(causes(&events)[2..], [vec![], vec![], vec![4]]);
}

#[test]
fn a_notice_follows_from_its_own_climb_even_when_a_later_one_reached_the_same_rung() {
    let person = PersonId::new("regisseur-ulft").unwrap();
    let notice = NoticeId::of("the first climb", &person);
    let case = CaseId::opened_by(SignalId::of(&wonion(), "1"));
    let facts = NoticeFacts { notice, case, area: ulft(), rung: Rung::Regisseur, person, reminder: None };
    let events = [
        of_somebody("1"),
        opened("1"),
        reached(Rung::Regisseur, Cause::ByHand, None, None),
        Event::Case(CaseEvent::RungLowered { area: ulft(), rung: Rung::Workfloor, cycle: 1, act: act() }),
        reached(Rung::Regisseur, Cause::ByHand, None, None),
        Event::Notice(NoticeEvent::NoticeDelivered { facts, channel: Channel::File, attempts: 3 }),
    ];
    assert_eq!(causes_with(&events, [(notice, 3)])[5], [3]);
}

#[test]
fn opening_again_follows_from_the_closing() {
    let events = [
        of_somebody("1"),
        opened("1"),
        Event::Case(CaseEvent::CaseResolved { area: ulft(), feedback_due: None, act: act() }),
        Event::Case(CaseEvent::CaseReopened { area: ulft(), cycle: 1, act: act() }),
    ];
    assert_eq!(causes(&events)[3], [3]);
}
