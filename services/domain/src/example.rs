//! A small municipality and a plain signal, for specs and tests.

use crate::access::Role;
use crate::area::{Area, AreaCode, AreaLevel};
use crate::ids::{PartnerId, PersonId, TeamId};
use crate::kind::Kind;
use crate::policy::{Ladder, Matching, Policy, RoutingRule, RungTerms};
use crate::profile::{PartnerEntry, PersonEntry, Profile, Team};
use crate::sector::{Goal, Lane, Sector, Urgency};
use crate::signal::SignalFacts;

/// Two districts, four partners, three teams, two regisseurs, one college.
#[must_use]
pub fn profile() -> Profile {
    let terms = |pick_up, pick_up_urgent, progress| RungTerms {
        pick_up: term(pick_up),
        pick_up_urgent: term(pick_up_urgent),
        progress: term(progress),
        hold_until_working_hours: false,
    };
    Profile {
        name: "voorbeeld".into(),
        title: "Voorbeeldgemeente".into(),
        areas: vec![
            area("GM1509", "Voorbeeldgemeente", AreaLevel::Municipality, None),
            area("WK150900", "Ulft", AreaLevel::District, Some("GM1509")),
            area("WK150901", "Gendringen", AreaLevel::District, Some("GM1509")),
        ],
        partners: vec![
            partner("politie", "Politie", Sector::Police, "wijkagent"),
            partner("wonion", "Wonion", Sector::Housing, "consulent-wonion"),
            partner("sensire", "Sensire", Sector::Care, "wijkverpleegkundige"),
            partner("gemeente", "Gemeente", Sector::Municipal, "voorman"),
        ],
        teams: vec![
            team("wijkteam-ulft", Lane::Social, "WK150900", "coordinator-ulft"),
            team("wijkteam-oost", Lane::Social, "GM1509", "coordinator-oost"),
            team("buitendienst", Lane::Physical, "GM1509", "voorman"),
        ],
        people: vec![
            person("regisseur-ulft", Role::Regisseur, "WK150900", Some("regisseur-oost")),
            person("regisseur-oost", Role::Regisseur, "GM1509", None),
            person("college", Role::College, "GM1509", None),
            person("coordinator-ulft", Role::TeamMember, "WK150900", None),
            person("coordinator-oost", Role::TeamMember, "GM1509", None),
            person("voorman", Role::TeamMember, "GM1509", None),
            person("wijkagent", Role::TeamMember, "GM1509", None),
            person("consulent-wonion", Role::TeamMember, "GM1509", None),
            person("wijkverpleegkundige", Role::TeamMember, "GM1509", None),
        ],
        policy: Policy {
            office_hours: Default::default(),
            ladder: Ladder {
                workfloor: terms("5wd", "1wd", "10wd"),
                team: terms("10wd", "2wd", "20wd"),
                regisseur: terms("5wd", "2wd", "14d"),
                no_lead: term("2wd"),
                refusals_max: 2,
                handovers_max: 3,
                lead_silent: Ladder::usual_silence(),
                lead_silent_climb: None,
                feedback_within: Some(term("5wd")),
                pause_max: Ladder::usual_pause(),
                urgent_breaks_quiet: false,
                reminders: None,
            },
            matching: Matching { same_place_and_kind_within: term("14d") },
            routing: vec![
                rule("woonoverlast", &["housing.soc"], Lane::Social, Some("wonion")),
                rule("huurachterstand", &["housing.fin"], Lane::Social, Some("wonion")),
                rule("onbegrepen-gedrag", &["police.e33"], Lane::Social, None),
                rule("zorg", &["care"], Lane::Social, Some("sensire")),
                rule("openbare-ruimte", &["municipal"], Lane::Physical, Some("gemeente")),
                rule("overig", &[], Lane::Social, Some("politie")),
            ],
        },
        fallback: None,
        agreements: vec![],
    }
}

/// A signal in Ulft about nobody in particular.
///
/// # Panics
/// On a partner or kind that is not valid: this is for tests.
#[must_use]
pub fn signal(partner: &str, reference: &str, kind: &str) -> SignalFacts {
    SignalFacts {
        partner: name(PartnerId::new(partner)),
        reference: reference.into(),
        kind: name(Kind::from_code(kind)),
        occurred_at: name("2026-03-09T09:30:00Z".parse()),
        area: code("WK150900"),
        urgency: Urgency::Normal,
        channel: None,
        subjects: vec![],
        household: None,
        place: None,
        #[cfg(feature = "tomorrow")]
        tomorrow: None,
        sealed: None,
    }
}

fn name<T, E: std::fmt::Display>(made: Result<T, E>) -> T {
    made.unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn term(text: &str) -> crate::calendar::Term {
    name(text.parse())
}

fn code(text: &str) -> AreaCode {
    name(AreaCode::new(text))
}

fn area(own: &str, title: &str, level: AreaLevel, parent: Option<&str>) -> Area {
    Area { code: code(own), name: title.into(), level, parent: parent.map(code), shape: None }
}

fn partner(id: &str, title: &str, sector: Sector, contact: &str) -> PartnerEntry {
    PartnerEntry {
        id: name(PartnerId::new(id)),
        name: title.into(),
        sector,
        contact: name(PersonId::new(contact)),
    }
}

fn team(id: &str, lane: Lane, area: &str, coordinator: &str) -> Team {
    let coordinator = name(PersonId::new(coordinator));
    Team { id: name(TeamId::new(id)), name: id.into(), lane, areas: vec![code(area)], coordinator }
}

fn person(id: &str, role: Role, area: &str, deputy: Option<&str>) -> PersonEntry {
    let deputy = deputy.map(|d| name(PersonId::new(d)));
    PersonEntry {
        id: name(PersonId::new(id)),
        role,
        areas: vec![code(area)],
        deputy,
        absences: vec![],
        quiet: vec![],
    }
}

fn rule(title: &str, kinds: &[&str], lane: Lane, lead: Option<&str>) -> RoutingRule {
    RoutingRule {
        name: title.into(),
        sectors: vec![],
        kinds: kinds.iter().map(|k| (*k).to_owned()).collect(),
        urgency: None,
        lane,
        goal: Goal::Liveability,
        lead: lead.map(|l| name(PartnerId::new(l))),
    }
}
