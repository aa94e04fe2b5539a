//! From what the log and the keys answer to what a partner may know of it.

use seinhuis_contract::status::Problem;
use seinhuis_domain::signal::SignalRefusal;
use seinhuis_eventstore::{ExecuteError, Fault};

pub(crate) fn of_execute(error: ExecuteError<SignalRefusal>) -> Problem {
    match error {
        ExecuteError::Refused(refusal) => refusal.into(),
        ExecuteError::Conflict { .. } => Problem::Conflict,
        ExecuteError::Overloaded => Problem::Overloaded,
        ExecuteError::TooLarge { events, bytes } => {
            tracing::error!(events, bytes, "a checked signal is larger than the log takes");
            Problem::Internal
        }
        ExecuteError::Fault(fault) => of_fault(&fault),
    }
}

/// What is out of reach may come back; what is broken needs a keeper. Both are told to the keepers, with their cause.
pub(crate) fn of_fault(fault: &Fault) -> Problem {
    let cause = std::error::Error::source(fault).map(ToString::to_string);
    tracing::error!(%fault, cause, "a signal can't be taken in");
    match fault {
        Fault::Unavailable { .. } | Fault::Closed { .. } | Fault::File { .. } => Problem::Unavailable,
        _ => Problem::Internal,
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn what_is_out_of_reach_may_be_retried_and_what_is_broken_may_not() {
        assert_eq!(of_fault(&Fault::Closed { what: "the log" }), Problem::Unavailable);
        assert_eq!(of_fault(&Fault::Envelope { reason: "changed" }), Problem::Internal);
        assert_eq!(of_execute(ExecuteError::Overloaded), Problem::Overloaded);
        assert_eq!(of_execute(ExecuteError::Conflict { attempts: 8 }), Problem::Conflict);
    }
}
