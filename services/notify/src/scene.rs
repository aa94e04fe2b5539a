//! A notice and a contact for the specs.

use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::{NoticeId, PersonId};
use seinhuis_domain::ladder::{Cause, Rung};
use seinhuis_projections::NoticeRow;

use crate::contact::{Contact, Language, Way};

/// That the case `what` came to the regisseur of Ulft.
pub(crate) fn notice(what: &str) -> NoticeRow {
    let person = PersonId::new("regisseur-ulft").unwrap();
    NoticeRow {
        id: NoticeId::of(what, &person),
        position: seinhuis_eventstore::Position(17),
        case: "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap(),
        number: "7K3M-92QF".into(),
        area: AreaCode::new("WK150900").unwrap(),
        rung: Rung::Regisseur,
        cycle: 0,
        policy_version: 1,
        cause: Cause::NoProgress,
        person,
        planned_at: None,
        at: "2026-04-02T10:00:00Z".parse().unwrap(),
        deadline: None,
        term: None,
        next: None,
        reminder: None,
        send_at: "2026-04-02T10:00:00Z".parse().unwrap(),
        outcome: None,
        trace: None,
    }
}

/// The regisseur of Ulft, who is reached by these ways.
pub(crate) fn contact(ways: &[Way]) -> Contact {
    Contact {
        name: "Regisseur Ulft".into(),
        mail: "regisseur@example.org".into(),
        language: Language::Dutch,
        ways: ways.to_vec(),
        webhook: None,
        digest_every: None,
    }
}
