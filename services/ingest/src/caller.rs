//! Who reports, as the gate left it; judged again here, so that a server without the gate lets nobody in.

use jiff::Timestamp;
use seinhuis_contract::gate::Admission;
use seinhuis_contract::status::Problem;
use seinhuis_domain::access::{self, Ask, Principal};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::sector::Sector;
use tonic::{Extensions, metadata::MetadataMap};

/// A partner at its door.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) partner: PartnerId,
    pub(crate) sector: Sector,
    pub(crate) actor: String,
    /// The W3C trace context of the call.
    pub(crate) trace: Option<String>,
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
                trace: trace(metadata),
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

/// The `traceparent`, if it has the shape of version 00: `00-<32 hex>-<16 hex>-<2 hex>`. Anything else isn't kept:
/// it would let a partner write what it likes into the log.
fn trace(metadata: &MetadataMap) -> Option<String> {
    let text = metadata.get("traceparent")?.to_str().ok()?;
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |part: &str, len: usize| {
        part.len() == len && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    match parts.as_slice() {
        ["00", id, parent, flags] if hex(id, 32) && hex(parent, 16) && hex(flags, 2) => Some(text.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn traced(text: &str) -> Option<String> {
        let mut metadata = MetadataMap::new();
        metadata.insert("traceparent", text.parse().unwrap());
        trace(&metadata)
    }

    #[test]
    fn a_trace_is_kept_when_it_has_the_shape_of_one() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(traced(good).as_deref(), Some(good));
        for bad in ["", "00-0af7-b7ad-01", "Jan de Vries", &good.to_uppercase(), &format!("{good}-x")] {
            assert_eq!(traced(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn without_the_gate_nobody_is_let_in() {
        let refused =
            Caller::of(&Extensions::new(), &MetadataMap::new(), Sector::Police, &Directory::default());
        assert!(matches!(refused, Err(Problem::NoToken)));
    }
}
