//! `X-Seinhuis-Trace`: the traces that a mail belongs to, so that operations find from a mail how it came about.
//!
//! They are those in which its cases climbed, which the log knows, and not that of the try: the same notices make the same mail
//! at every try. An id says nothing to whoever can't see the traces.

use lettre::message::header::{Header, HeaderName, HeaderValue};
use seinhuis_projections::NoticeRow;

type Bad = Box<dyn std::error::Error + Send + Sync>;

/// The ids, each once, in the order of the notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceHeader(Vec<String>);

impl TraceHeader {
    /// Those of `notices`; none where no trace is known.
    pub(crate) fn of(notices: &[NoticeRow]) -> Option<Self> {
        let mut ids: Vec<String> = Vec::new();
        for id in notices.iter().filter_map(|notice| notice.trace).map(|trace| trace.context().trace_id()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        (!ids.is_empty()).then_some(Self(ids))
    }
}

impl Header for TraceHeader {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Seinhuis-Trace")
    }

    fn parse(text: &str) -> Result<Self, Bad> {
        Ok(Self(text.split_whitespace().map(str::to_owned).collect()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.join(" "))
    }
}
