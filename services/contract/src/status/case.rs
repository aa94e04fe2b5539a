//! Why a case refuses, as callers see it.

use seinhuis_domain::case::CaseRefusal;

use super::Problem;

pub(super) fn problem(refusal: &CaseRefusal) -> Problem {
    let reason = match refusal {
        CaseRefusal::NoSuchCase => "NO_SUCH_CASE",
        CaseRefusal::CaseIsClosed => "CASE_IS_CLOSED",
        CaseRefusal::CaseIsOpen => "CASE_IS_OPEN",
        CaseRefusal::NoSuchPartner(_) => "NO_SUCH_PARTNER",
        CaseRefusal::LeadsAlready(_) => "LEADS_ALREADY",
        CaseRefusal::WrongDirection { .. } => "WRONG_DIRECTION",
        CaseRefusal::SkipNeedsNote { .. } => "SKIP_NEEDS_NOTE",
        CaseRefusal::PauseNeedsNote => "PAUSE_NEEDS_NOTE",
        CaseRefusal::NotInTheFuture { .. } => "NOT_IN_THE_FUTURE",
        CaseRefusal::PauseTooLong { .. } => "PAUSE_TOO_LONG",
        CaseRefusal::NotYetToDecide(_) => "NOT_YET_TO_DECIDE",
        CaseRefusal::NotYetDue { .. } => "NOT_YET_DUE",
        CaseRefusal::NoRoute(_) => "NO_ROUTE",
        // The directory lags behind the log for a moment, so trying again helps.
        CaseRefusal::UnknownPolicy(_) => return Problem::Unavailable,
        CaseRefusal::BeyondCalendar(_) => return Problem::Internal,
    };
    Problem::Refused { reason, message: refusal.to_string() }
}
