//! A receiver of telemetry over OTLP/gRPC that keeps what it gets: as the bytes that came, and decoded.

mod span;

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::ensure;
use http_body_util::BodyExt;
use opentelemetry_proto::tonic::collector::logs::v1 as logs;
use opentelemetry_proto::tonic::collector::metrics::v1 as metrics;
use opentelemetry_proto::tonic::collector::trace::v1 as traces;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::{Request, Response, Status};
use tower::{Layer, Service};

pub use span::{Origins, Span, Spans};

/// A listening receiver.
#[derive(Debug)]
pub struct OtlpSink {
    address: SocketAddr,
    kept: Kept,
}

/// What came in. Clones are the same.
#[derive(Debug, Clone, Default)]
struct Kept(Arc<(Mutex<All>, Condvar)>);

#[derive(Debug, Default)]
struct All {
    raw: Vec<u8>,
    spans: Vec<Span>,
    metrics: Vec<metrics::ExportMetricsServiceRequest>,
    logs: Vec<logs::ExportLogsServiceRequest>,
}

impl Kept {
    fn all(&self) -> MutexGuard<'_, All> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, what: impl FnOnce(&mut All)) {
        what(&mut self.all());
        self.0.1.notify_all();
    }
}

impl OtlpSink {
    /// Listens on a free loopback port.
    pub fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let (address, kept) = (listener.local_addr()?, Kept::default());
        let served = kept.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::spawn(move || runtime.block_on(serve(listener, served)));
        Ok(Self { address, kept })
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All spans that came in, once `enough` says so.
    ///
    /// # Errors
    /// When the time is up before; with the names of those that came.
    pub fn spans(&self, patience: Duration, enough: impl Fn(&Spans) -> bool) -> anyhow::Result<Spans> {
        let not_yet = |all: &mut All| !enough(&Spans(all.spans.clone()));
        let waited = self.kept.0.1.wait_timeout_while(self.kept.all(), patience, not_yet);
        let (all, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        let spans = Spans(all.spans.clone());
        let names: Vec<_> = spans.0.iter().map(|span| span.name.as_str()).collect();
        ensure!(!waited.timed_out(), "after {patience:?} only these came: {names:?}");
        Ok(spans)
    }

    /// All spans that came in so far.
    pub fn so_far(&self) -> Spans {
        Spans(self.kept.all().spans.clone())
    }

    /// All batches of metrics that came in so far.
    pub fn metrics(&self) -> Vec<metrics::ExportMetricsServiceRequest> {
        self.kept.all().metrics.clone()
    }

    /// All batches of log records that came in so far.
    pub fn logs(&self) -> Vec<logs::ExportLogsServiceRequest> {
        self.kept.all().logs.clone()
    }

    /// Every byte that came in the bodies of calls.
    pub fn raw(&self) -> Vec<u8> {
        self.kept.all().raw.clone()
    }
}

async fn serve(listener: TcpListener, kept: Kept) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let served = tonic::transport::Server::builder()
        .layer(Tee(kept.clone()))
        .add_service(traces::trace_service_server::TraceServiceServer::new(kept.clone()))
        .add_service(metrics::metrics_service_server::MetricsServiceServer::new(kept.clone()))
        .add_service(logs::logs_service_server::LogsServiceServer::new(kept))
        .serve_with_incoming(TcpListenerStream::new(listener));
    // Whoever waits for spans learns of it by their absence.
    let _ = served.await;
}

#[tonic::async_trait]
impl traces::trace_service_server::TraceService for Kept {
    async fn export(
        &self,
        request: Request<traces::ExportTraceServiceRequest>,
    ) -> Result<Response<traces::ExportTraceServiceResponse>, Status> {
        let spans = Span::all(request.get_ref());
        self.keep(|all| all.spans.extend(spans));
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl metrics::metrics_service_server::MetricsService for Kept {
    async fn export(
        &self,
        request: Request<metrics::ExportMetricsServiceRequest>,
    ) -> Result<Response<metrics::ExportMetricsServiceResponse>, Status> {
        self.keep(|all| all.metrics.push(request.into_inner()));
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl logs::logs_service_server::LogsService for Kept {
    async fn export(
        &self,
        request: Request<logs::ExportLogsServiceRequest>,
    ) -> Result<Response<logs::ExportLogsServiceResponse>, Status> {
        self.keep(|all| all.logs.push(request.into_inner()));
        Ok(Response::new(Default::default()))
    }
}

/// Keeps the bytes of every call on their way in.
#[derive(Clone)]
struct Tee(Kept);

impl<S> Layer<S> for Tee {
    type Service = Teed<S>;

    fn layer(&self, inner: S) -> Teed<S> {
        Teed { kept: self.0.clone(), inner }
    }
}

#[derive(Clone)]
struct Teed<S> {
    kept: Kept,
    inner: S,
}

impl<S> Service<http::Request<Body>> for Teed<S>
where
    S: Service<http::Request<Body>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> S::Future {
        let kept = self.kept.clone();
        self.inner.call(request.map(|body| {
            Body::new(body.map_frame(move |frame| {
                if let Some(bytes) = frame.data_ref() {
                    kept.keep(|all| all.raw.extend_from_slice(bytes));
                }
                frame
            }))
        }))
    }
}
