//! One step of a trace: a piece of work with its name, what it is part of, and what may be said of it.
//!
//! What may be said is bounded by the types: words of the program, numbers, ids of cases and codes of areas. Text that came from
//! somewhere doesn't fit in (INV-9).

use std::future::Future;

use jiff::{SignedDuration, Timestamp};
use opentelemetry::Context;
use opentelemetry::trace::{Status, TraceContextExt, get_active_span};
use tracing::instrument::{Instrument, Instrumented};
use tracing::{Level, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::context::TraceContext;
use super::{TARGET, keep};

/// So soon after its cause, work goes on in the cause's trace; later on it begins another one, which links to it: a trace of days
/// is one that nothing can show.
const SOON: SignedDuration = SignedDuration::from_mins(1);

/// What a step is among others, by OpenTelemetry's kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A call that came in.
    Server,
    /// A call that goes out and is waited for.
    Client,
    /// A message that goes out.
    Producer,
    /// A message that came in.
    Consumer,
    /// Anything within.
    Internal,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
            Self::Producer => "producer",
            Self::Consumer => "consumer",
            Self::Internal => "internal",
        }
    }
}

/// What an event of the log says of the trace it was recorded in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traced {
    context: TraceContext,
    at: Timestamp,
}

impl Traced {
    /// Of an event with this `trace`, recorded at `at` by the hub's clock; none where it has no trace.
    pub fn of(trace: Option<&str>, at: Timestamp) -> Option<Self> {
        Some(Self { context: TraceContext::parse(trace?)?, at })
    }

    /// The place in a trace.
    pub fn context(&self) -> TraceContext {
        self.context
    }

    /// When the event was recorded.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The `traceparent` as the event has it.
    pub fn traceparent(&self) -> String {
        self.context.to_string()
    }

    fn is_recent(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) <= SOON
    }
}

/// A step at work. It ends when this and all that runs in it are gone. Most are steps of traces that nobody keeps: those are
/// nothing but what is carried on.
#[derive(Debug, Clone)]
pub struct Step {
    span: Span,
    carried: Option<TraceContext>,
}

impl Step {
    /// What a call begins that came in with this context: it is kept if that was kept, and drawn where there is none.
    pub fn called(name: &'static str, parent: Option<TraceContext>) -> Self {
        match (keep(), parent) {
            (Some(_), Some(parent)) if parent.is_kept() => {
                Self::begun(name, Kind::Server, &within(parent), &[])
            }
            (Some(keep), None) if keep.one_more() => Self::begun(name, Kind::Server, &Context::new(), &[]),
            _ => Self::kept_nowhere(parent),
        }
    }

    /// What one message of a stream begins: a trace of its own, drawn for itself, which links to the stream's. A stream lasts
    /// for hours and may bring a million of them.
    pub fn one_of(name: &'static str, kind: Kind, stream: Option<TraceContext>) -> Self {
        match keep() {
            Some(keep) if keep.one_more() => Self::begun(name, kind, &Context::new(), stream.as_slice()),
            Some(_) => Self::kept_nowhere(stream.map(TraceContext::not_kept)),
            None => Self::kept_nowhere(stream),
        }
    }

    /// What a message brings about that carries this place, or what sends one: it is kept if that is.
    pub fn within(name: &'static str, kind: Kind, place: Option<TraceContext>) -> Self {
        match (keep(), place) {
            (Some(_), Some(place)) if place.is_kept() => Self::begun(name, kind, &within(place), &[]),
            _ => Self::kept_nowhere(place),
        }
    }

    /// A part of what is done here and now, if that is kept.
    pub fn here(name: &'static str, kind: Kind) -> Self {
        match current() {
            Some(_) => Self::begun(name, kind, &Context::current(), &[]),
            None => Self::kept_nowhere(None),
        }
    }

    /// What follows at `now` from these causes, if one of them is kept. From a single recent one it goes on in that trace;
    /// otherwise it begins another one, which links to all of them.
    pub fn after(name: &'static str, kind: Kind, causes: &[Traced], now: Timestamp) -> Self {
        let kept = || causes.iter().filter(|cause| cause.context.is_kept());
        let Some(first) = keep().and_then(|_| kept().next()) else {
            return Self::kept_nowhere(causes.first().map(|cause| cause.context));
        };
        if causes.len() == 1 && first.is_recent(now) {
            return Self::begun(name, kind, &within(first.context), &[]);
        }
        let causes: Vec<_> = kept().map(|cause| cause.context).collect();
        Self::begun(name, kind, &Context::new(), &causes)
    }

    fn begun(name: &'static str, kind: Kind, parent: &Context, links: &[TraceContext]) -> Self {
        // One callsite for all of them, without a parent among the spans of libraries. A level that no filter cuts off.
        let span = tracing::span!(
            target: TARGET,
            parent: None,
            Level::ERROR,
            "step",
            otel.name = name,
            otel.kind = kind.as_str()
        );
        // Refused where the span is nobody's, as when the filter of a test leaves it out.
        let _ = span.set_parent(parent.clone());
        for link in links {
            span.add_link(link.remote());
        }
        let carried = TraceContext::of(span.context().span().span_context());
        Self { span, carried }
    }

    fn kept_nowhere(carried: Option<TraceContext>) -> Self {
        Self { span: Span::none(), carried }
    }

    /// What it causes carries this: its own place, or that of its cause where it isn't kept.
    pub fn context(&self) -> Option<TraceContext> {
        self.carried
    }

    /// The same as the log and headers hold it.
    pub fn traceparent(&self) -> Option<String> {
        self.carried.map(|context| context.to_string())
    }

    /// Has `work` run in it.
    pub fn run<F: Future>(&self, work: F) -> Instrumented<F> {
        work.instrument(self.span.clone())
    }

    /// The same, carrying on what came from elsewhere if it isn't kept.
    #[must_use]
    pub fn or_carrying(self, context: Option<TraceContext>) -> Self {
        Self { carried: self.carried.or(context), ..self }
    }

    /// A word of the program.
    pub fn word(&self, key: &'static str, word: &'static str) -> &Self {
        self.tell(key, || word.to_owned());
        self
    }

    /// A number: a position, a count.
    pub fn number(&self, key: &'static str, number: u64) -> &Self {
        if self.is_kept() {
            self.span.set_attribute(key, i64::try_from(number).unwrap_or(i64::MAX));
        }
        self
    }

    /// The id of a case.
    pub fn case(&self, id: u128) -> &Self {
        let group = |from: u32, digits: usize| {
            let mask = (1_u128 << (4 * digits)) - 1;
            format!("{:0digits$x}", id >> from & mask)
        };
        self.tell("seinhuis.case", || {
            [group(96, 8), group(80, 4), group(64, 4), group(48, 4), group(0, 12)].join("-")
        });
        self
    }

    /// The code of an area. What isn't shaped like one is left out.
    pub fn area(&self, code: &str) -> &Self {
        let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
        if code.len() <= 24 && code.bytes().all(plain) {
            self.tell("seinhuis.area", || code.to_owned());
        }
        self
    }

    /// It lasts until now, though nothing ran in it.
    pub fn goes_on(&self) {
        self.span.in_scope(|| ());
    }

    /// It came to nothing, for a reason of a closed list.
    pub fn failed(&self, reason: &'static str) {
        if self.is_kept() {
            self.span.set_attribute("error.type", reason);
            self.span.set_status(Status::error(""));
        }
    }

    fn tell(&self, key: &'static str, value: impl FnOnce() -> String) {
        if self.is_kept() {
            self.span.set_attribute(key, value());
        }
    }

    /// Whether there is a span of it.
    pub fn is_kept(&self) -> bool {
        !self.span.is_disabled()
    }
}

/// Where this thread is in a trace that is kept; none outside of any.
pub fn current() -> Option<TraceContext> {
    keep()?;
    get_active_span(|span| TraceContext::of(span.span_context()))
}

fn within(parent: TraceContext) -> Context {
    Context::new().with_remote_span_context(parent.remote())
}
