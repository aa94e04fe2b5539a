//! Every call that comes in is a step of a trace: of the caller's, if he names one, or of a new one. Whoever handles the call
//! finds its place where the caller's stood.

use std::convert::Infallible;
use std::task::{Context, Poll};

use futures::future::{BoxFuture, Either, FutureExt};
use http_body_util::BodyExt;
use seinhuis_contract::gate::{Class, METHODS};
use seinhuis_runtime::trace::{self, Step, TRACEPARENT, TraceContext};
use tonic::body::Body;
use tonic::codegen::http::{HeaderMap, HeaderValue, Request, Response};
use tonic::{Code, Status};
use tower::{Layer, Service};

/// A tower layer for `tonic::transport::Server::layer`, before all others.
#[derive(Debug, Clone, Copy)]
pub(super) struct TracedLayer;

impl<S> Layer<S> for TracedLayer {
    type Service = Traced<S>;

    fn layer(&self, inner: S) -> Traced<S> {
        Traced { inner }
    }
}

/// A service whose calls are steps.
#[derive(Debug, Clone)]
pub(super) struct Traced<S> {
    inner: S,
}

impl<S, B> Service<Request<B>> for Traced<S>
where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<S::Future, BoxFuture<'static, Result<Response<Body>, Infallible>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let name = if trace::is_on() { name(request.uri().path()) } else { None };
        let step = name.map(|name| begun(name, request.headers()));
        let Some(step) = step.filter(Step::is_kept) else { return Either::Left(self.inner.call(request)) };
        if let Some(place) = step.traceparent().and_then(|place| HeaderValue::try_from(place).ok()) {
            request.headers_mut().insert(TRACEPARENT, place);
        }
        let answer = step.run(self.inner.call(request));
        Either::Right(answer.map(|answer| answer.map(|answer| lasting(answer, step))).boxed())
    }
}

/// What a call is named by: a row of the list of calls, and never what a caller made up. Those that say nothing about anybody,
/// such as health, are asked every few seconds and are no steps.
fn name(path: &str) -> Option<&'static str> {
    let row = METHODS.iter().find(|(known, class)| *known == path && *class != Class::Open)?;
    row.0.strip_prefix('/')
}

fn begun(name: &'static str, headers: &HeaderMap) -> Step {
    let parent = TraceContext::shown(headers.get(TRACEPARENT).map(HeaderValue::as_bytes));
    let step = Step::called(name, parent);
    step.word("rpc.system.name", "grpc").word("rpc.method", name);
    step
}

/// The answer, in whose last part the step ends: a stream may last for hours.
fn lasting(answer: Response<Body>, step: Step) -> Response<Body> {
    ended(&step, answer.headers());
    answer.map(|body| {
        Body::new(body.map_frame(move |frame| {
            step.goes_on();
            if let Some(trailers) = frame.trailers_ref() {
                ended(&step, trailers);
            }
            frame
        }))
    })
}

/// Says how the call ended, if these are the headers that say so. By the conventions only what the server is to blame for is an
/// error of its span.
fn ended(step: &Step, headers: &HeaderMap) {
    let Some(status) = Status::from_header_map(headers) else { return };
    let code = word(status.code());
    step.word("rpc.response.status_code", code);
    if matches!(
        status.code(),
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    ) {
        step.failed(code);
    }
}

/// As gRPC itself writes it.
fn word(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_call_is_named_by_the_list_and_never_by_what_a_caller_made_up() {
        let report = "/seinhuis.ingest.v1.HousingIngestService/Report";
        assert_eq!(name(report), Some("seinhuis.ingest.v1.HousingIngestService/Report"));
        for other in
            ["/seinhuis.ingest.v1.HousingIngestService/Jansen", "/", "", "/grpc.health.v1.Health/Check"]
        {
            assert_eq!(name(other), None, "{other}");
        }
    }
}
