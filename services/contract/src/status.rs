//! The one table from what went wrong to what a caller sees: gRPC code, reason, words and details.
//!
//! Inner texts of faults stay inside: they may name files or rows, and they help nobody outside.

use std::collections::HashMap;
use std::time::Duration;

use seinhuis_domain::access::Denied;
use seinhuis_domain::case::CaseRefusal;
use seinhuis_domain::signal::SignalRefusal;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::proto::ingest::v1 as wire;

mod case;
mod moved;
mod violation;

pub use moved::Change;
pub use violation::Violation;

/// The domain of every `google.rpc.ErrorInfo` of the hub.
pub const ERROR_DOMAIN: &str = "seinhuis";

/// How long to wait when the hub can't say it better.
const RETRY_SOON: Duration = Duration::from_millis(250);
/// How long to wait for a hub that restarts or can't reach its disk.
const RETRY_LATER: Duration = Duration::from_secs(2);
/// How many violations a status names; its details travel in a header of limited size.
const VIOLATIONS_SHOWN: usize = 16;

/// What went wrong, as far as a caller may know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Fields break rules.
    #[error("{}", violation::summary(.0))]
    Invalid(Vec<Violation>),
    /// The bytes are no message.
    #[error("the message can't be read: {0}")]
    Undecodable(String),
    /// The message is larger than the hub reads.
    #[error("the message is larger than the {limit} bytes allowed")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The reference names another signal already.
    #[error("reference {0:?} was used before for a signal with other content")]
    ReferenceReused(String),
    /// A rule of the case says no.
    #[error("{message}")]
    Refused {
        /// The rule, for programs.
        reason: &'static str,
        /// The rule, for people.
        message: String,
    },
    /// The case is no longer where the one who acts has seen it.
    #[error("the case moved since position {seen}: {}; look again", moved::english(.changes))]
    Moved {
        /// Up to where he has seen it.
        seen: u64,
        /// What changed since, oldest first.
        changes: Vec<Change>,
    },
    /// Nothing bears this name.
    #[error("there is no {what} {name:?}")]
    NotFound {
        /// What was looked for: `case`.
        what: &'static str,
        /// By which name.
        name: String,
    },
    /// An area that no map has had.
    #[error("no map up to {until} has an area {area:?}")]
    NotOnTheMap {
        /// Its code.
        area: String,
        /// Up to when, with the vintage of the last map: `now (cbs-2017)`.
        until: String,
    },
    /// The position lies beyond the end of the log.
    #[error("the log ends at position {head}")]
    BeyondTheLog {
        /// Where it ends.
        head: u64,
    },
    /// No checkpoint was signed yet.
    #[error("no checkpoint was signed yet; ask again in a second")]
    NothingSigned,
    /// No checkpoint of this size was signed.
    #[error("no checkpoint of size {size} was signed{}", next.map_or(String::new(), |next| format!("; the next one is of size {next}")))]
    NoCheckpoint {
        /// The size asked for.
        size: u64,
        /// The next larger one that there is.
        next: Option<u64>,
    },
    /// The position lies beyond the end of the checkpoint.
    #[error("position {position} isn't in the checkpoint of size {size}: positions are 1 to {size}")]
    BeyondTheCheckpoint {
        /// The position asked for.
        position: u64,
        /// The checkpoint's size.
        size: u64,
    },
    /// No `authorization: Bearer <token>`.
    #[error("a token is needed: authorization: Bearer <token>")]
    NoToken,
    /// Nobody holds the token.
    #[error("the token isn't known here")]
    UnknownToken,
    /// The token counts no more.
    #[error("the token has expired")]
    ExpiredToken,
    /// Not allowed.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A case that isn't there, or lies where the one who asks may not look. The words are the same, so that they
    /// don't tell which.
    #[error("{actor} may see cases only in {areas}, and there is no case {case:?} there")]
    NoCaseThere {
        /// Who asked.
        actor: String,
        /// For which case, as he named it.
        case: String,
        /// Where he may look.
        areas: String,
    },
    /// Nobody may call this.
    #[error("no such call is open to anybody")]
    NotOpen,
    /// The partner sends faster than agreed.
    #[error("faster than the agreed rate")]
    RateLimited {
        /// When there is room again.
        retry_after: Duration,
    },
    /// The hub has more to do than it can hold.
    #[error("the hub is overloaded")]
    Overloaded,
    /// The hub is going down.
    #[error("the hub is draining")]
    Draining,
    /// The reader can't keep up.
    #[error("the reader is too slow; watch again from the last position seen")]
    TooSlow,
    /// Streams end now and then, so that a right that was taken away ends with them.
    #[error("the stream has lasted its time; watch again from the last position seen")]
    StreamOver,
    /// What the caller may see has changed since he asked, and with it what he asked for.
    #[error("what you may see has changed; watch again from the last position seen")]
    RightsChanged,
    /// Read models are being rebuilt for somebody already.
    #[error("another rebuild is under way; seinhuis projections tells how far it is")]
    Rebuilding,
    /// Others kept changing the same thing.
    #[error("others changed it at the same moment")]
    Conflict,
    /// The log, the keys or the read models are out of reach, or not there yet.
    #[error("the hub can't reach its log or its read models for the moment")]
    Unavailable,
    /// Something is broken.
    #[error("something is broken in the hub")]
    Internal,
}

struct Row {
    code: Code,
    reason: &'static str,
    retry_after: Option<Duration>,
    refusal: wire::RefusalReason,
}

impl Problem {
    /// One field breaks a rule.
    pub fn field(field: &str, value: &str, rule: &str) -> Self {
        Self::Invalid(vec![Violation::new(field, value, rule)])
    }

    fn row(&self) -> Row {
        use wire::RefusalReason as Receipt;
        let (code, reason, retry_after, refusal) = match self {
            Self::Invalid(_) => (Code::InvalidArgument, "INVALID", None, Receipt::Invalid),
            Self::Undecodable(_) => (Code::InvalidArgument, "UNDECODABLE", None, Receipt::Undecodable),
            Self::TooLarge { .. } => (Code::OutOfRange, "TOO_LARGE", None, Receipt::Undecodable),
            Self::ReferenceReused(_) => {
                (Code::AlreadyExists, "REFERENCE_REUSED", None, Receipt::ReferenceReused)
            }
            Self::Refused { reason, .. } => (Code::FailedPrecondition, *reason, None, Receipt::Invalid),
            Self::Moved { .. } => (Code::FailedPrecondition, "CASE_MOVED", None, Receipt::Invalid),
            Self::NotFound { .. } => (Code::NotFound, "NOT_FOUND", None, Receipt::Invalid),
            Self::NotOnTheMap { .. } => (Code::NotFound, "NOT_FOUND", None, Receipt::Invalid),
            Self::BeyondTheLog { .. } => (Code::OutOfRange, "BEYOND_THE_LOG", None, Receipt::Invalid),
            Self::NothingSigned => {
                (Code::Unavailable, "NOTHING_SIGNED", Some(RETRY_LATER), Receipt::Unavailable)
            }
            Self::NoCheckpoint { .. } => (Code::NotFound, "NO_CHECKPOINT", None, Receipt::Invalid),
            Self::BeyondTheCheckpoint { .. } => {
                (Code::OutOfRange, "BEYOND_THE_CHECKPOINT", None, Receipt::Invalid)
            }
            Self::NoToken => (Code::Unauthenticated, "NO_TOKEN", None, Receipt::Invalid),
            Self::UnknownToken => (Code::Unauthenticated, "UNKNOWN_TOKEN", None, Receipt::Invalid),
            Self::ExpiredToken => (Code::Unauthenticated, "EXPIRED_TOKEN", None, Receipt::Invalid),
            Self::Denied(Denied::NotAllowed { .. }) => {
                (Code::PermissionDenied, "NOT_ALLOWED", None, Receipt::Invalid)
            }
            Self::Denied(Denied::OutsideAreas { .. }) => {
                (Code::PermissionDenied, "OUTSIDE_AREAS", None, Receipt::Invalid)
            }
            Self::NoCaseThere { .. } => (Code::PermissionDenied, "OUTSIDE_AREAS", None, Receipt::Invalid),
            Self::NotOpen => (Code::PermissionDenied, "NOT_OPEN", None, Receipt::Invalid),
            Self::RateLimited { retry_after } => {
                (Code::ResourceExhausted, "RATE_LIMITED", Some(*retry_after), Receipt::RateLimited)
            }
            Self::Overloaded => (Code::Unavailable, "OVERLOADED", Some(RETRY_SOON), Receipt::Overloaded),
            Self::Draining => (Code::Unavailable, "DRAINING", Some(RETRY_LATER), Receipt::Unavailable),
            Self::TooSlow => (Code::Unavailable, "TOO_SLOW", Some(RETRY_SOON), Receipt::Unavailable),
            Self::StreamOver => (Code::Unavailable, "STREAM_OVER", Some(RETRY_SOON), Receipt::Unavailable),
            Self::RightsChanged => {
                (Code::Unavailable, "RIGHTS_CHANGED", Some(RETRY_SOON), Receipt::Unavailable)
            }
            Self::Rebuilding => (Code::Unavailable, "REBUILDING", Some(RETRY_LATER), Receipt::Unavailable),
            Self::Conflict => (Code::Aborted, "CONFLICT", Some(RETRY_SOON), Receipt::Unavailable),
            Self::Unavailable => (Code::Unavailable, "UNAVAILABLE", Some(RETRY_LATER), Receipt::Unavailable),
            Self::Internal => (Code::Internal, "INTERNAL", None, Receipt::Internal),
        };
        Row { code, reason, retry_after, refusal }
    }

    /// The reason as programs know it: `REFERENCE_REUSED`. Also the name under which it is counted.
    pub fn reason(&self) -> &'static str {
        self.row().reason
    }

    /// The refusal that a receipt in a stream carries.
    pub fn refused(&self) -> wire::Refused {
        let row = self.row();
        let violations = match self {
            Self::Invalid(violations) => violations.iter().map(Violation::to_wire).collect(),
            _ => vec![],
        };
        wire::Refused {
            reason: row.refusal.into(),
            message: self.to_string(),
            violations,
            retryable: row.retry_after.is_some(),
            retry_after: row.retry_after.and_then(|wait| wait.try_into().ok()),
        }
    }
}

impl From<Problem> for Status {
    fn from(problem: Problem) -> Self {
        let row = problem.row();
        let facts = match &problem {
            Problem::Moved { changes, .. } => moved::facts(changes),
            _ => HashMap::new(),
        };
        let mut details = ErrorDetails::with_error_info(row.reason, ERROR_DOMAIN, facts);
        if let Some(wait) = row.retry_after {
            details.set_retry_info(Some(wait));
        }
        if let Problem::Invalid(violations) = &problem {
            for violation in violations.iter().take(VIOLATIONS_SHOWN) {
                details.add_bad_request_violation(&violation.field, violation.description());
            }
        }
        Status::with_error_details(row.code, problem.to_string(), details)
    }
}

impl From<SignalRefusal> for Problem {
    fn from(refusal: SignalRefusal) -> Self {
        match &refusal {
            SignalRefusal::ReferenceReused { reference } => Self::ReferenceReused(reference.clone()),
            SignalRefusal::InTheFuture { occurred_at } => Self::field(
                "signal.common.occurred_at",
                &occurred_at.to_string(),
                "at most 5 minutes ahead of the hub",
            ),
        }
    }
}

impl From<CaseRefusal> for Problem {
    fn from(refusal: CaseRefusal) -> Self {
        case::problem(&refusal)
    }
}

#[cfg(test)]
mod specs;
