//! What holds of `status`, as specs.

use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::ladder::Rung;

use super::*;

/// One of each, in the order of the enum.
fn every_problem() -> Vec<Problem> {
    let name = |text: &str| PartnerId::new(text).unwrap();
    let area = AreaCode::new("WK150901").unwrap();
    vec![
        Problem::field("signal.kind", "99", "a kind"),
        Problem::Undecodable("Common.free_text: invalid string value".into()),
        Problem::TooLarge { limit: 65536 },
        SignalRefusal::ReferenceReused { reference: "2026-17".into() }.into(),
        SignalRefusal::InTheFuture { occurred_at: "2030-01-01T00:00:00Z".parse().unwrap() }.into(),
        CaseRefusal::NoSuchCase.into(),
        CaseRefusal::CaseIsClosed.into(),
        CaseRefusal::LeadsAlready(name("wonion")).into(),
        CaseRefusal::SkipNeedsNote { now: Rung::Workfloor, to: Rung::College }.into(),
        CaseRefusal::NotYetToDecide(Rung::Team).into(),
        CaseRefusal::UnknownPolicy(7).into(),
        Problem::Moved {
            seen: 110,
            changes: vec![Change {
                position: 120,
                name: "case.acknowledged".into(),
                dutch: "opgepakt door het team".into(),
                english: "picked up by the team".into(),
            }],
        },
        Problem::NotFound { what: "case", name: "7K3M-92QF".into() },
        Problem::BeyondTheLog { head: 12 },
        Problem::NothingSigned,
        Problem::NoCheckpoint { size: 8, next: Some(14) },
        Problem::BeyondTheCheckpoint { position: 21, size: 20 },
        Problem::NoToken,
        Problem::UnknownToken,
        Problem::ExpiredToken,
        Denied::NotAllowed { actor: "partner:wonion".into(), what: "see cases" }.into(),
        Denied::OutsideAreas {
            actor: "person:regisseur-ulft".into(),
            what: "see cases",
            area,
            areas: "WK150900".into(),
        }
        .into(),
        Problem::NoCaseThere {
            actor: "person:regisseur-ulft".into(),
            case: "7K3M-92QF".into(),
            areas: "WK150900".into(),
        },
        Problem::NotOpen,
        Problem::RateLimited { retry_after: Duration::from_millis(40) },
        Problem::Overloaded,
        Problem::Draining,
        Problem::TooSlow,
        Problem::StreamOver,
        Problem::RightsChanged,
        Problem::Conflict,
        Problem::Unavailable,
        Problem::Internal,
    ]
}

fn line(problem: Problem) -> String {
    let status = Status::from(problem);
    let details = status.get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!(info.domain, ERROR_DOMAIN);
    let retry = details.retry_info().and_then(|r| r.retry_delay).map(|d| format!(" retry in {d:?}"));
    format!("{:?} {}{}: {}", status.code(), info.reason, retry.unwrap_or_default(), status.message())
}

#[test]
fn every_problem_has_its_code_reason_and_words() {
    let table: Vec<_> = every_problem().into_iter().map(line).collect();
    insta::assert_snapshot!(table.join("\n"), @r#"
    InvalidArgument INVALID: signal.kind must be a kind; given "99"
    InvalidArgument UNDECODABLE: the message can't be read: Common.free_text: invalid string value
    OutOfRange TOO_LARGE: the message is larger than the 65536 bytes allowed
    AlreadyExists REFERENCE_REUSED: reference "2026-17" was used before for a signal with other content
    InvalidArgument INVALID: signal.common.occurred_at must be at most 5 minutes ahead of the hub; given "2030-01-01T00:00:00Z"
    FailedPrecondition NO_SUCH_CASE: there is no such case
    FailedPrecondition CASE_IS_CLOSED: the case is closed
    FailedPrecondition LEADS_ALREADY: wonion leads the case already
    FailedPrecondition SKIP_NEEDS_NOTE: from workfloor to college skips a rung: say why in a note
    FailedPrecondition NOT_YET_TO_DECIDE: the case is on rung team: it can be decided from rung regisseur on
    Unavailable UNAVAILABLE retry in 2s: the hub can't reach its log or its read models for the moment
    FailedPrecondition CASE_MOVED: the case moved since position 110: picked up by the team (120); look again
    NotFound NOT_FOUND: there is no case "7K3M-92QF"
    OutOfRange BEYOND_THE_LOG: the log ends at position 12
    Unavailable NOTHING_SIGNED retry in 2s: no checkpoint was signed yet; ask again in a second
    NotFound NO_CHECKPOINT: no checkpoint of size 8 was signed; the next one is of size 14
    OutOfRange BEYOND_THE_CHECKPOINT: position 21 isn't in the checkpoint of size 20: positions are 1 to 20
    Unauthenticated NO_TOKEN: a token is needed: authorization: Bearer <token>
    Unauthenticated UNKNOWN_TOKEN: the token isn't known here
    Unauthenticated EXPIRED_TOKEN: the token has expired
    PermissionDenied NOT_ALLOWED: partner:wonion may not see cases
    PermissionDenied OUTSIDE_AREAS: person:regisseur-ulft may not see cases in area WK150901, only in WK150900
    PermissionDenied OUTSIDE_AREAS: person:regisseur-ulft may see cases only in WK150900, and there is no case "7K3M-92QF" there
    PermissionDenied NOT_OPEN: no such call is open to anybody
    ResourceExhausted RATE_LIMITED retry in 40ms: faster than the agreed rate
    Unavailable OVERLOADED retry in 250ms: the hub is overloaded
    Unavailable DRAINING retry in 2s: the hub is draining
    Unavailable TOO_SLOW retry in 250ms: the reader is too slow; watch again from the last position seen
    Unavailable STREAM_OVER retry in 250ms: the stream has lasted its time; watch again from the last position seen
    Unavailable RIGHTS_CHANGED retry in 250ms: what you may see has changed; watch again from the last position seen
    Aborted CONFLICT retry in 250ms: others changed it at the same moment
    Unavailable UNAVAILABLE retry in 2s: the hub can't reach its log or its read models for the moment
    Internal INTERNAL: something is broken in the hub
    "#);
}

#[test]
fn every_violation_is_a_detail_of_the_status() {
    let violations =
        vec![Violation::new("signal.kind", "99", "a kind"), Violation::withheld("signal.bsn", "nine digits")];
    let status = Status::from(Problem::Invalid(violations));
    let details = status.get_error_details();
    let shown: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|v| v.field.as_str()).collect();
    assert_eq!(shown, ["signal.kind", "signal.bsn"]);
    assert!(status.message().ends_with("(and 1 more)"), "{}", status.message());
}

#[test]
fn a_status_with_very_many_violations_still_fits_a_header() {
    let violations =
        (0..1000).map(|n| Violation::new(format!("f[{n}]"), &"x".repeat(1000), "y".repeat(100))).collect();
    let status = Status::from(Problem::Invalid(violations));
    assert!(status.details().len() < 6 * 1024, "{} bytes", status.details().len());
}

#[test]
fn a_receipt_says_the_same_as_the_status_and_whether_to_retry() {
    for problem in every_problem() {
        let refused = problem.refused();
        let status = Status::from(problem);
        assert_eq!(refused.message, status.message());
        assert_eq!(refused.retryable, status.get_details_retry_info().is_some());
        assert_ne!(refused.reason, 0);
    }
}
