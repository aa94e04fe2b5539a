//! What the hub tells its operators: structured lines on standard error. Never personal data (INV-9).

use std::io::stderr;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

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
    /// Telemetry was started before.
    #[error("log lines have an owner already")]
    Started(#[source] tracing_subscriber::util::TryInitError),
}

/// What is left out unless the filter asks for it: a library that says in many lines what the bus says in one.
const QUIET: &str = "async_nats=off";

/// Starts telemetry for the process. `filter` is in the words of `tracing`: `info`, or
/// `warn,seinhuis_eventstore=debug`.
pub fn init(format: Format, filter: &str) -> Result<(), TelemetryFault> {
    let directives = EnvFilter::try_new(format!("{QUIET},{filter}"))
        .map_err(|source| TelemetryFault::Filter { filter: filter.to_owned(), source })?;
    let lines = tracing_subscriber::fmt().with_env_filter(directives).with_writer(stderr);
    match format {
        Format::Pretty => lines.finish().try_init(),
        Format::Json => lines.json().flatten_event(true).finish().try_init(),
    }
    .map_err(TelemetryFault::Started)
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_filter_that_does_not_parse_is_named() {
        let fault = init(Format::Json, "info,=[").unwrap_err();
        assert_eq!(fault.to_string(), "\"info,=[\" is no filter for log lines");
    }

    #[test]
    fn telemetry_starts_once() {
        init(Format::Pretty, "off").unwrap();
        assert!(matches!(init(Format::Json, "off"), Err(TelemetryFault::Started(_))));
    }
}
