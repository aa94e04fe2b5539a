//! Who reports, as the gate left it; judged again here, so that a server without the gate lets nobody in.

use jiff::Timestamp;
use seinhuis_contract::gate::Admission;
use seinhuis_contract::status::Problem;
use seinhuis_domain::access::{self, Ask, Principal};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::sector::Sector;
use seinhuis_runtime::trace::{TRACEPARENT, TraceContext};
use tonic::Extensions;
use tonic::metadata::{MetadataMap, MetadataValue};

/// A partner at its door.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) partner: PartnerId,
    pub(crate) sector: Sector,
    pub(crate) actor: String,
    /// Where the call stands in a trace.
    pub(crate) trace: Option<TraceContext>,
    admission: Admission,
}

impl Caller {
    /// Who calls at the door of `sector`.
    pub(crate) fn of(
        extensions: &Extensions,
        metadata: &MetadataMap,
        sector: Sector,
        directory: &Directory,
    ) -> Result<Self, Problem> {
        let principal = extensions.get::<Principal>().ok_or(Problem::NoToken)?;
        let admission = extensions.get::<Admission>().ok_or(Problem::NoToken)?.clone();
        access::may(principal, Ask::Report(sector), directory.areas())?;
        match principal {
            Principal::Partner { id, .. } => Ok(Self {
                partner: id.clone(),
                sector,
                actor: principal.actor(),
                trace: TraceContext::shown(metadata.get(TRACEPARENT).map(MetadataValue::as_bytes)),
                admission,
            }),
            Principal::Person { .. } => Err(Problem::NotOpen),
        }
    }

    /// Whether he may still report: a stream outlasts many a token.
    pub(crate) fn still_counts(&self, directory: &Directory, now: Timestamp) -> Result<(), Problem> {
        self.admission.still_counts(directory, now).map(|_| ())
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn without_the_gate_nobody_is_let_in() {
        let refused =
            Caller::of(&Extensions::new(), &MetadataMap::new(), Sector::Police, &Directory::default());
        assert!(matches!(refused, Err(Problem::NoToken)));
    }
}
