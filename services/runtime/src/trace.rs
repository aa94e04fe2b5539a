//! Traces: which work belongs to which call, through all processes and over days (OpenTelemetry). The place of a piece of work
//! is carried on with everything that it causes: in calls, in events of the log, in messages.
//!
//! Whether a trace is kept is decided where it begins, at a door, and holds for all that comes of it: what is kept is whole.
//! Where nothing is sent anywhere, and for what isn't kept, a step costs a look at a flag, and what came from outside is still
//! carried on.

mod context;
mod export;
mod keep;
mod step;

use std::sync::OnceLock;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::entropy::Entropy;

pub use context::{TRACEPARENT, TraceContext};
pub use export::Otlp;
pub(crate) use export::provider;
pub use step::{Kind, Step, Traced, current};

/// What steps are called among the spans of libraries. Nothing else is sent.
pub(crate) const TARGET: &str = "seinhuis::trace";

/// Judges new traces, once spans go somewhere.
static KEEP: OnceLock<keep::Keep> = OnceLock::new();

/// Whether spans go anywhere from this process.
pub fn is_on() -> bool {
    keep().is_some()
}

fn keep() -> Option<&'static keep::Keep> {
    KEEP.get()
}

/// From here on steps are begun: this share of new ones.
pub(crate) fn begin(share: f64, entropy: &Entropy) {
    KEEP.get_or_init(|| keep::Keep::new(share, entropy));
}

/// Has steps, and nothing else, become spans of `provider`.
pub(crate) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    // The level says to all others that nobody here waits for their lines.
    let steps = filter_fn(|metadata| metadata.is_span() && metadata.target() == TARGET);
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("seinhuis"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_level(false)
        .with_tracked_inactivity(false)
        .with_filter(steps.with_max_level_hint(LevelFilter::ERROR))
}

#[cfg(test)]
mod specs;
