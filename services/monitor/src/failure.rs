//! Why a question isn't answered: something the caller may know, or a fault he hears no more of than that there is one.

use seinhuis_contract::status::Problem;
use seinhuis_eventstore as eventstore;
use seinhuis_projections as projections;
use tonic::Status;

use crate::history::NotWritten;

/// Why a question isn't answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// What the caller may know.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The log or the keys are broken or out of reach.
    #[error(transparent)]
    Log(#[from] eventstore::Fault),
    /// The read models are.
    #[error(transparent)]
    Views(#[from] projections::Fault),
    /// A file can't be made.
    #[error(transparent)]
    File(#[from] NotWritten),
}

impl Failure {
    /// What the caller hears.
    pub(crate) fn problem(&self) -> Problem {
        let passing = match self {
            Self::Problem(problem) => return problem.clone(),
            Self::Log(fault) => {
                matches!(fault, eventstore::Fault::Unavailable { .. } | eventstore::Fault::Closed { .. })
            }
            Self::Views(fault) => fault.is_passing(),
            Self::File(_) => false,
        };
        if passing { Problem::Unavailable } else { Problem::Internal }
    }
}

/// The status for the caller. Faults are told to operations here, and only here.
impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        if !matches!(failure, Failure::Problem(_)) {
            tracing::error!(failure = &failure as &dyn std::error::Error, "a question met a fault");
        }
        failure.problem().into()
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_eventstore::Position;
    use tonic::Code;

    #[test]
    fn a_fault_is_told_without_its_inner_text() {
        let fault = eventstore::Fault::Corrupt { position: Position(7), what: "/var/lib/secret".into() };
        let status = Status::from(Failure::from(fault));
        assert_eq!(status.code(), Code::Internal);
        assert!(!status.message().contains("secret"), "{}", status.message());
    }

    #[test]
    fn a_log_out_of_reach_asks_to_come_back_later() {
        let status = Status::from(Failure::from(eventstore::Fault::Closed { what: "the log" }));
        assert_eq!(status.code(), Code::Unavailable);
    }

    #[test]
    fn what_the_caller_may_know_is_told_as_it_is() {
        let status = Status::from(Failure::from(Problem::NoToken));
        assert_eq!(status.code(), Code::Unauthenticated);
    }
}
