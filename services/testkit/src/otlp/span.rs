//! Spans as a receiver got them, and how they hang together.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use data_encoding::HEXLOWER;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span as Wire;

/// One span. Ids are in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its trace.
    pub trace: String,
    /// Itself.
    pub id: String,
    /// The span it is a part of; empty for the first of a trace.
    pub parent: String,
    /// What it is called.
    pub name: String,
    /// By OpenTelemetry's numbers.
    pub kind: i32,
    /// The spans it links to, with their traces.
    pub links: Vec<(String, String)>,
    /// What is said of it, as text.
    pub attributes: BTreeMap<String, String>,
    /// What is said of the process it comes from.
    pub resource: BTreeMap<String, String>,
    /// Whether it ended in an error.
    pub failed: bool,
    /// Nanoseconds from its start to its end.
    pub took: u64,
}

impl Span {
    /// All spans of a batch.
    pub(super) fn all(batch: &ExportTraceServiceRequest) -> Vec<Self> {
        let mut all = Vec::new();
        for spans in &batch.resource_spans {
            let resource = spans.resource.as_ref().map(|resource| told(&resource.attributes));
            for span in spans.scope_spans.iter().flat_map(|scope| &scope.spans) {
                all.push(Self::of(span, resource.clone().unwrap_or_default()));
            }
        }
        all
    }

    fn of(span: &Wire, resource: BTreeMap<String, String>) -> Self {
        let hex = |bytes: &[u8]| HEXLOWER.encode(bytes);
        Self {
            trace: hex(&span.trace_id),
            id: hex(&span.span_id),
            parent: hex(&span.parent_span_id),
            name: span.name.clone(),
            kind: span.kind,
            links: span.links.iter().map(|link| (hex(&link.trace_id), hex(&link.span_id))).collect(),
            attributes: told(&span.attributes),
            resource,
            failed: span.status.as_ref().is_some_and(|status| status.code == 2),
            took: span.end_time_unix_nano.saturating_sub(span.start_time_unix_nano),
        }
    }

    /// An attribute, or nothing.
    pub fn says(&self, key: &str) -> &str {
        self.attributes.get(key).map_or("", String::as_str)
    }

    /// What it follows from: the span it is a part of, and those it links to.
    fn causes(&self) -> impl Iterator<Item = &str> {
        let parent = Some(self.parent.as_str()).filter(|parent| !parent.is_empty());
        parent.into_iter().chain(self.links.iter().map(|(_, span)| span.as_str()))
    }
}

fn told(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    attributes.iter().map(|told| (told.key.clone(), text(told.value.as_ref()))).collect()
}

fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}

/// Spans that were received.
#[derive(Debug, Clone, Default)]
pub struct Spans(pub Vec<Span>);

impl Spans {
    /// Those with this name.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Span> {
        self.0.iter().filter(move |span| span.name == name)
    }

    /// All that `from` follows from by way of parents and links, and which of them were not received: the spans of callers
    /// outside among them.
    pub fn origins(&self, from: &Span) -> Origins<'_> {
        let known: HashMap<&str, &Span> = self.0.iter().map(|span| (span.id.as_str(), span)).collect();
        let (mut found, mut unknown) = (BTreeMap::new(), BTreeSet::new());
        let mut ahead: VecDeque<&str> =
            known.get(from.id.as_str()).into_iter().map(|span| span.id.as_str()).collect();
        while let Some(id) = ahead.pop_front() {
            match known.get(id) {
                Some(span) if found.insert(id, *span).is_none() => ahead.extend(span.causes()),
                Some(_) => {}
                None => drop(unknown.insert(id.to_owned())),
            }
        }
        Origins { found: found.into_values().collect(), unknown }
    }
}

/// What a span follows from.
#[derive(Debug)]
pub struct Origins<'a> {
    /// The spans, itself among them.
    pub found: Vec<&'a Span>,
    /// Ids of those that were not received.
    pub unknown: BTreeSet<String>,
}

impl Origins<'_> {
    /// The names of the spans, each once.
    pub fn names(&self) -> BTreeSet<&str> {
        self.found.iter().map(|span| span.name.as_str()).collect()
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn span(id: &str, parent: &str, links: &[&str]) -> Span {
        Span {
            trace: String::new(),
            id: id.into(),
            parent: parent.into(),
            name: format!("the {id}"),
            kind: 1,
            links: links.iter().map(|link| (String::new(), (*link).to_owned())).collect(),
            attributes: BTreeMap::new(),
            resource: BTreeMap::new(),
            failed: false,
            took: 1,
        }
    }

    #[test]
    fn a_span_is_followed_to_its_origins_by_parents_and_links_and_what_is_missing_is_named() {
        let all = Spans(vec![
            span("mail", "", &["climb"]),
            span("climb", "timer", &[]),
            span("timer", "", &["case", "lost"]),
            span("case", "call", &[]),
            span("other", "call", &[]),
        ]);
        let origins = all.origins(&all.0[0]);
        assert_eq!(origins.names(), BTreeSet::from(["the mail", "the climb", "the timer", "the case"]));
        assert_eq!(origins.unknown, BTreeSet::from(["call".to_owned(), "lost".to_owned()]));
    }
}
