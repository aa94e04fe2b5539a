//! Measures: counters, histograms and gauges of a process, told in the text that Prometheus reads and sent over OTLP. Both
//! are read from the same instruments. What is measured is declared by whoever measures; nothing else in the hub
//! knows that this is OpenTelemetry.

mod instrument;
mod metric;

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::metrics::{Meter as Instruments, MeterProvider as _};
use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use prometheus::{Registry, TextEncoder};

pub use instrument::{Counter, Histogram, Label};
pub use metric::{Kind, Metric};

/// How long one report may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Who measures.
const SCOPE: &str = "seinhuis";

/// The measures of a process can't be told.
#[derive(Debug, thiserror::Error)]
pub enum MeterFault {
    /// The address for OTLP can't be used.
    #[error("{endpoint:?} is no address for OTLP")]
    Endpoint {
        /// What was given.
        endpoint: String,
        /// What is wrong with it.
        source: opentelemetry_otlp::ExporterBuildError,
    },
    /// The instruments can't be read.
    #[error("the measures can't be read")]
    Reader(#[source] opentelemetry_sdk::error::OTelSdkError),
    /// They can't be told in Prometheus' text.
    #[error("the measures can't be told as text")]
    Text(#[source] prometheus::Error),
}

/// Where measures are sent, and how often.
#[derive(Debug, Clone)]
pub struct Otlp {
    /// The address of a collector: `http://127.0.0.1:4317`.
    pub endpoint: String,
    /// Between two reports.
    pub every: Duration,
}

/// Makes instruments and reads them. Clones make instruments of the same process.
#[derive(Debug, Clone)]
pub struct Meter {
    provider: SdkMeterProvider,
    instruments: Instruments,
    registry: Arc<Registry>,
}

impl Meter {
    /// Of the process `instance` of this `version`. With `otlp` what it measures is sent there; that needs a runtime.
    ///
    /// # Errors
    /// When the address can't be used.
    pub fn new(version: &'static str, instance: String, otlp: Option<Otlp>) -> Result<Self, MeterFault> {
        let registry = Registry::new();
        let prometheus = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            // The version is a metric of its own, and who is asked knows whom he asks.
            .without_target_info()
            .scope_info_enabled(false)
            .build()
            .map_err(MeterFault::Reader)?;
        let who = Resource::builder_empty().with_service_name(SCOPE);
        let who = who.with_attribute(opentelemetry::KeyValue::new("service.version", version));
        let who = who.with_attribute(opentelemetry::KeyValue::new("service.instance.id", instance));
        let mut provider = SdkMeterProvider::builder().with_resource(who.build()).with_reader(prometheus);
        if let Some(otlp) = otlp {
            let reader = PeriodicReader::builder(exporter(&otlp)?).with_interval(otlp.every);
            provider = provider.with_reader(reader.build());
        }
        let provider = provider.build();
        let instruments = provider.meter(SCOPE);
        Ok(Self { provider, instruments, registry: Arc::new(registry) })
    }

    /// All there is, in Prometheus' text format.
    ///
    /// # Errors
    /// When the text can't be made.
    pub fn text(&self) -> Result<String, MeterFault> {
        TextEncoder::new().encode_to_string(&self.registry.gather()).map_err(MeterFault::Text)
    }

    /// Sends what was measured last, and nothing after it. Blocks until that is done.
    pub fn close(&self) {
        if let Err(fault) = self.provider.shutdown_with_timeout(PATIENCE) {
            tracing::debug!(fault = &fault as &dyn std::error::Error, "the last measures weren't sent");
        }
    }
}

fn exporter(Otlp { endpoint, .. }: &Otlp) -> Result<MetricExporter, MeterFault> {
    let built = MetricExporter::builder().with_tonic().with_endpoint(endpoint).with_timeout(PATIENCE).build();
    built.map_err(|source| MeterFault::Endpoint { endpoint: endpoint.clone(), source })
}

#[cfg(test)]
mod specs;
