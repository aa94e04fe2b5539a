//! What holds of `gate`, as specs.

use std::sync::Mutex;

use seinhuis_domain::access::Role;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{PartnerId, PersonId};
use seinhuis_domain::partner::PartnerEvent;
use seinhuis_domain::person::PersonEvent;
use seinhuis_domain::profile::ProfileEvent;
use seinhuis_domain::sector::Sector;
use seinhuis_domain::token::IssuedToken;
use tonic::Code;

use super::*;

const REPORT: &str = "/seinhuis.ingest.v1.HousingIngestService/Report";
const POLICE: &str = "/seinhuis.ingest.v1.PoliceIngestService/Report";
const ACT: &str = "/seinhuis.case.v1.CaseService/Act";
const BOARD: &str = "/seinhuis.monitor.v1.BoardService/GetBoard";

fn now() -> Timestamp {
    "2026-03-10T10:00:00Z".parse().unwrap()
}

fn token(n: u8) -> Token {
    Token::from_entropy([n; 32])
}

fn issued(n: u8) -> IssuedToken {
    IssuedToken {
        hash: token(n).hash(),
        expires_at: now().checked_add(jiff::SignedDuration::from_hours(1)).unwrap(),
    }
}

/// Wonion (token 1, housing), an analyst (token 2) and a regisseur (token 3).
fn directory() -> Directory {
    let mut directory = Directory::default();
    let profile = Box::new(seinhuis_domain::example::profile());
    directory.apply("p", &Event::Profile(ProfileEvent::ProfileAdopted { version: 1, profile })).unwrap();
    let id = PartnerId::new("wonion").unwrap();
    let registered =
        PartnerEvent::PartnerRegistered { id, name: "Wonion".into(), sector: Sector::Housing, oin: None };
    directory.apply("wonion", &Event::Partner(registered)).unwrap();
    directory.apply("wonion", &Event::Partner(PartnerEvent::PartnerTokenIssued(issued(1)))).unwrap();
    for (n, name, role) in [(2, "analist", Role::Analyst), (3, "regisseur", Role::Regisseur)] {
        let admitted = PersonEvent::PersonAdmitted { id: PersonId::new(name).unwrap(), role, areas: vec![] };
        directory.apply(name, &Event::Person(admitted)).unwrap();
        directory.apply(name, &Event::Person(PersonEvent::PersonTokenIssued(issued(n)))).unwrap();
    }
    directory
}

fn gate_at(now: Timestamp) -> Gate {
    let directory = Arc::new(directory());
    Gate {
        directory: Arc::new(move || directory.clone()),
        now: Arc::new(move || now),
        on_denied: Arc::new(|_| {}),
    }
}

fn asked(path: &str, n: u8) -> Result<Option<Principal>, Problem> {
    admitted(path, n).map(|admitted| admitted.map(|(principal, _)| principal))
}

fn admitted(path: &str, n: u8) -> Result<Option<(Principal, Admission)>, Problem> {
    gate_at(now()).admit(path, Some(format!("Bearer {}", token(n).reveal()).as_bytes()))
}

#[test]
fn a_partner_passes_its_own_door_and_no_other() {
    assert!(matches!(asked(REPORT, 1), Ok(Some(Principal::Partner { sector: Sector::Housing, .. }))));
    assert!(matches!(asked(POLICE, 1), Err(Problem::Denied(_))));
    assert!(matches!(asked(ACT, 1), Err(Problem::Denied(_))));
}

#[test]
fn an_analyst_sees_boards_and_acts_on_nothing() {
    assert!(matches!(asked(BOARD, 2), Ok(Some(Principal::Person { role: Role::Analyst, .. }))));
    assert!(matches!(asked(ACT, 2), Err(Problem::Denied(_))));
    assert!(asked(ACT, 3).is_ok());
}

#[test]
fn a_person_reports_no_signals() {
    assert!(matches!(asked(REPORT, 3), Err(Problem::Denied(_))));
}

#[test]
fn without_a_token_only_open_calls_pass() {
    for shown in [None, Some(""), Some("Bearer"), Some("Bearer "), Some("Basic abc"), Some("Bearer\u{e9}")] {
        let shown = shown.map(str::as_bytes);
        assert!(matches!(gate_at(now()).admit(BOARD, shown), Err(Problem::NoToken)));
        assert!(matches!(gate_at(now()).admit("/grpc.health.v1.Health/Check", shown), Ok(None)));
    }
}

#[test]
fn a_token_nobody_holds_is_unknown_and_an_old_one_expired() {
    assert_eq!(asked(BOARD, 9), Err(Problem::UnknownToken));
    let shown = format!("bearer {}", token(3).reveal());
    let at = |now| gate_at(now).admit(BOARD, Some(shown.as_bytes()));
    let end = issued(3).expires_at;
    assert!(matches!(at(end), Err(Problem::ExpiredToken)));
    assert!(at(end.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap()).is_ok());
}

#[test]
fn an_admission_counts_until_the_token_is_revoked_or_expires() {
    let (_, admission) = admitted(REPORT, 1).unwrap().unwrap();
    let mut directory = directory();
    assert_eq!(admission.still_counts(&directory, now()).map(|who| who.actor()), Ok("partner:wonion".into()));
    assert_eq!(admission.still_counts(&directory, issued(1).expires_at), Err(Problem::ExpiredToken));
    let revoked = PartnerEvent::PartnerTokenRevoked { hash: token(1).hash() };
    directory.apply("wonion", &Event::Partner(revoked)).unwrap();
    assert_eq!(admission.still_counts(&directory, now()), Err(Problem::UnknownToken));
}

#[test]
fn a_call_without_a_row_is_denied_to_everybody() {
    assert_eq!(asked("/seinhuis.case.v1.CaseService/Destroy", 3), Err(Problem::NotOpen));
}

#[tokio::test]
async fn a_denied_call_never_reaches_the_service_and_is_counted() {
    let counted = Arc::new(Mutex::new(Vec::new()));
    let directory = Arc::new(directory());
    let seen = counted.clone();
    let layer = GateLayer::new(
        Arc::new(move || directory.clone()),
        Arc::new(now),
        Arc::new(move |reason| seen.lock().unwrap().push(reason)),
    );
    let inner = tower::service_fn(|request: Request<()>| {
        assert!(request.extensions().get::<Principal>().is_some(), "the service learns who calls");
        ready(Ok::<_, Infallible>(Response::new(Body::empty())))
    });
    let mut gated = layer.layer(inner);
    let request = |n: u8, path: &str| {
        let shown = format!("Bearer {}", token(n).reveal());
        Request::builder().uri(path).header(AUTHORIZATION, shown).body(()).unwrap()
    };
    let denied = gated.call(request(1, POLICE)).await.unwrap();
    let status = Status::from_header_map(denied.headers()).unwrap();
    assert_eq!((status.code(), &counted.lock().unwrap()[..]), (Code::PermissionDenied, &["NOT_ALLOWED"][..]));
    let admitted = gated.call(request(1, REPORT)).await.unwrap();
    assert!(Status::from_header_map(admitted.headers()).is_none());
    assert_eq!(counted.lock().unwrap().len(), 1);
}
