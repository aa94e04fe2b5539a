//! Where spans go: over OTLP to a receiver that may be away. They wait in a queue of a bounded length, and what it can't hold
//! is let go. Operators are told when the receiver doesn't take them, and when it does again: once each.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_otlp::{ExporterBuildError, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, IdGenerator, Sampler, SdkTracerProvider, SpanData, SpanExporter,
};

use tokio::runtime::Handle;

use crate::entropy::Entropy;

/// How long the receiver may take for a batch. Shorter than a drain.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long spans are gathered.
const GATHER: Duration = Duration::from_secs(1);
/// Spans that may wait, and how many go at a time.
const QUEUE: usize = 4_096;
const BATCH: usize = 512;

/// Where traces go, and from whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Otlp {
    /// The receiver's address, `http://` or `https://`: gRPC.
    pub endpoint: String,
    /// The share of new traces that is kept, from 0 to 1.
    pub share: f64,
    /// The name of this process ([`crate::process::name`]).
    pub instance: String,
    /// Its roles.
    pub roles: String,
}

/// A provider whose spans go to the receiver of `to`.
///
/// # Errors
/// When the address is none.
///
/// # Panics
/// Outside of a runtime: the connection works in it.
pub(crate) fn provider(to: &Otlp, entropy: Entropy) -> Result<SdkTracerProvider, ExporterBuildError> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(&to.endpoint)
        .with_timeout(PATIENCE)
        .build()?;
    Ok(provided(Told { exporter, runtime: Handle::current(), away: AtomicBool::new(false) }, to, entropy))
}

/// A provider whose spans go to `exporter`.
pub(crate) fn provided(
    exporter: impl SpanExporter + 'static,
    from: &Otlp,
    entropy: Entropy,
) -> SdkTracerProvider {
    let bounds = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(GATHER)
        .build();
    let said = [
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("service.instance.id", from.instance.clone()),
        KeyValue::new("seinhuis.role", from.roles.clone()),
    ];
    // Empty at first: what the environment says of a process is nobody's to send.
    let resource = Resource::builder_empty().with_service_name("seinhuis").with_attributes(said).build();
    SdkTracerProvider::builder()
        .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(bounds).build())
        // A step is begun only when it is kept.
        .with_sampler(Sampler::AlwaysOn)
        .with_id_generator(Ids(entropy))
        .with_resource(resource)
        .build()
}

/// Names traces and spans.
#[derive(Debug)]
struct Ids(Entropy);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        let mut bytes = [0; 16];
        self.0.fill(&mut bytes);
        TraceId::from_bytes(bytes)
    }

    fn new_span_id(&self) -> SpanId {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        SpanId::from_bytes(bytes)
    }
}

/// An exporter that is given so long, and says once that the receiver is away, and once that it is back.
#[derive(Debug)]
struct Told<E> {
    exporter: E,
    /// Batches are sent from a thread of their own, which has no timers.
    runtime: Handle,
    away: AtomicBool,
}

/// What there is to say after a batch.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Away,
    Back,
}

impl<E> Told<E> {
    fn line(&self, sent: &OTelSdkResult) -> Option<Line> {
        let was = self.away.swap(sent.is_err(), Ordering::Relaxed);
        match (was, sent) {
            (false, Err(_)) => Some(Line::Away),
            (true, Ok(())) => Some(Line::Back),
            _ => None,
        }
    }
}

impl<E: SpanExporter> SpanExporter for Told<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        // A machine that doesn't answer at all is connected to for minutes, and nothing but this ends that.
        let sending = {
            let _timers = self.runtime.enter();
            tokio::time::timeout(PATIENCE, self.exporter.export(batch))
        };
        let sent = sending.await.unwrap_or(Err(OTelSdkError::Timeout(PATIENCE)));
        match (self.line(&sent), &sent) {
            (Some(Line::Away), Err(fault)) => {
                let fault = fault as &OTelSdkError;
                tracing::warn!(%fault, "the receiver of traces doesn't take them; they are let go until it does");
            }
            (Some(Line::Back), _) => tracing::info!("the receiver takes traces again"),
            _ => {}
        }
        sent
    }

    fn shutdown_with_timeout(&self, patience: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(patience)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    /// Never answers.
    #[derive(Debug)]
    struct Deaf;

    impl SpanExporter for Deaf {
        async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
            std::future::pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_receiver_that_never_answers_is_given_up_waiting_for() {
        let told = Told { exporter: Deaf, runtime: Handle::current(), away: AtomicBool::new(false) };
        let sent = told.export(vec![]).await;
        assert!(matches!(sent, Err(OTelSdkError::Timeout(PATIENCE))), "{sent:?}");
    }

    #[tokio::test]
    async fn a_receiver_that_is_away_is_told_once_and_once_that_it_is_back() {
        let told = Told { exporter: (), runtime: Handle::current(), away: AtomicBool::new(false) };
        let away = || Err(OTelSdkError::InternalFailure("no answer".into()));
        let results = [Ok(()), away(), away(), Ok(()), Ok(()), away()];
        let said: Vec<_> = results.iter().filter_map(|sent| told.line(sent)).collect();
        assert_eq!(said, [Line::Away, Line::Back, Line::Away]);
    }
}
