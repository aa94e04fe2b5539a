//! A case for the specs, and the example's policy: two refusals, three handovers.

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::ids::{CaseId, PartnerId};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::ladder::{Cause, PlannedStep, Rung};
use seinhuis_domain::profile::{Profile, ProfileEvent};
use seinhuis_domain::sector::{Goal, Lane, Track, Urgency};
use seinhuis_eventstore::Position;
use uuid::Uuid;

use crate::case_head::CaseHead;
use crate::versions::CaseVersion;

pub(super) fn directory() -> Directory {
    directory_with(|_| {})
}

pub(super) fn directory_with(change: impl FnOnce(&mut Profile)) -> Directory {
    let mut profile = example::profile();
    change(&mut profile);
    let mut directory = Directory::default();
    let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(profile) };
    directory.apply("example", &Event::Profile(adopted)).unwrap();
    directory
}

/// Monday morning.
pub(super) fn opened_at() -> Timestamp {
    "2026-03-09T09:00:00Z".parse().unwrap()
}

/// An hour later.
pub(super) fn now() -> Timestamp {
    later(opened_at(), 3_600_000_000)
}

pub(super) fn later(at: Timestamp, micros: i64) -> Timestamp {
    at + SignedDuration::from_micros(micros)
}

/// One that wonion leads since it was opened, with no deadline, of which nothing was heard.
pub(super) fn case(id: u128) -> CaseVersion {
    let id = CaseId(Uuid::from_u128(id));
    let head = CaseHead {
        id,
        number: id.number(),
        area: AreaCode::new("WK150900").unwrap(),
        kind: Kind::from_code("housing.fin.hua").unwrap(),
        lane: Lane::Social,
        track: Track::Regular,
        goal: Goal::ALL[0],
        rule: "any".into(),
        urgency: Urgency::Normal,
        team: None,
        lead: Some(PartnerId::new("wonion").unwrap()),
        rung: Rung::Workfloor,
        cycle: 0,
        policy_version: 1,
        opened_at: opened_at(),
        since: opened_at(),
        picked_up: None,
        paused_until: None,
        feedback: None,
        feedback_due: None,
        planned: None,
        signals: 1,
        refusals: 0,
        handovers: 0,
        resolved_at: None,
        position: Position(3),
        moved: Position(3),
    };
    CaseVersion {
        head,
        lead_since: Some(opened_at()),
        no_lead_since: None,
        heard_at: None,
        handovers_ever: 0,
        refusals_ever: 0,
        handovers_before_action: None,
    }
}

/// The same with a deadline.
pub(super) fn case_due(due: Option<&str>) -> CaseVersion {
    let mut case = case(9);
    case.head.planned = due.map(|due| PlannedStep {
        to: Rung::Team,
        due_at: due.parse().unwrap(),
        term: "5wd".parse().unwrap(),
        from: opened_at(),
        cause: Cause::NotPickedUp,
        remind_at: None,
    });
    case
}
