//! What the hub tells its operators: structured lines on standard error, and traces to a receiver, where there is one. Never
//! personal data (INV-9).

mod lines;

use std::io::stderr;
use std::time::Duration;

use opentelemetry_otlp::ExporterBuildError;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::entropy::Entropy;
use crate::trace::{self, Otlp};
use lines::Placed;

/// The shape of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people at a terminal.
    #[default]
    Pretty,
    /// One JSON object per line, for collectors.
    Json,
}

/// Telemetry can't start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryFault {
    /// The filter doesn't parse.
    #[error("{filter:?} is no filter for log lines")]
    Filter {
        /// What was given.
        filter: String,
        /// What is wrong with it.
        source: tracing_subscriber::filter::ParseError,
    },
    /// The receiver's address is none.
    #[error("traces can't be sent to {endpoint:?}")]
    Endpoint {
        /// What was given.
        endpoint: String,
        /// What is wrong with it.
        source: ExporterBuildError,
    },
    /// Telemetry was started before.
    #[error("log lines have an owner already")]
    Started(#[source] tracing_subscriber::util::TryInitError),
}

/// What is left out unless the filter asks for it: a library that says in many lines what the bus says in one. And steps of
/// traces, which are no lines.
const QUIET: &str = "async_nats=off,seinhuis::trace=off";

/// Telemetry at work.
#[derive(Debug)]
#[must_use = "what is still to be sent is lost without its end"]
pub struct Telemetry(Option<SdkTracerProvider>);

/// Starts telemetry for the process. `filter` is in the words of `tracing`: `info`, or
/// `warn,seinhuis_eventstore=debug`. Traces go to `otlp`; without one there are none.
///
/// # Panics
/// Outside of a runtime, when traces go anywhere: the connection works in it.
pub fn init(
    format: Format,
    filter: &str,
    otlp: Option<&Otlp>,
    entropy: &Entropy,
) -> Result<Telemetry, TelemetryFault> {
    let directives = EnvFilter::try_new(format!("{QUIET},{filter}"))
        .map_err(|source| TelemetryFault::Filter { filter: filter.to_owned(), source })?;
    let lines = fmt::layer().with_writer(stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        Format::Pretty => lines.map_event_format(|inner| Placed { inner, format }).boxed(),
        Format::Json => {
            lines.json().flatten_event(true).map_event_format(|inner| Placed { inner, format }).boxed()
        }
    };
    let bad = |otlp: &Otlp, source| TelemetryFault::Endpoint { endpoint: otlp.endpoint.clone(), source };
    let provider = otlp
        .map(|otlp| trace::provider(otlp, entropy.clone()).map_err(|source| bad(otlp, source)))
        .transpose()?;
    let steps = provider.as_ref().map(trace::layer);
    let all = tracing_subscriber::registry().with(lines.with_filter(directives)).with(steps);
    all.try_init().map_err(TelemetryFault::Started)?;
    if let Some(otlp) = otlp {
        trace::begin(otlp.share, entropy);
    }
    Ok(Telemetry(provider))
}

impl Telemetry {
    /// Sends what waits to be sent, for as long as `patience` lasts, and ends.
    pub async fn end(self, patience: Duration) {
        let Some(provider) = self.0 else { return };
        let ended = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(patience)).await;
        if let Ok(Err(fault)) = ended {
            tracing::warn!(%fault, "not all traces were sent");
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn started(format: Format, filter: &str) -> Result<Telemetry, TelemetryFault> {
        init(format, filter, None, &Entropy::seeded(7))
    }

    #[test]
    fn a_filter_that_does_not_parse_is_named() {
        let fault = started(Format::Json, "info,=[").unwrap_err();
        assert_eq!(fault.to_string(), "\"info,=[\" is no filter for log lines");
    }

    #[test]
    fn telemetry_starts_once() {
        let _first = started(Format::Pretty, "off").unwrap();
        assert!(matches!(started(Format::Json, "off"), Err(TelemetryFault::Started(_))));
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_named() {
        let otlp = Otlp {
            endpoint: "not an address".into(),
            share: 1.0,
            instance: String::new(),
            roles: String::new(),
        };
        let fault = init(Format::Json, "off", Some(&otlp), &Entropy::seeded(7)).unwrap_err();
        assert_eq!(fault.to_string(), "traces can't be sent to \"not an address\"");
    }
}
