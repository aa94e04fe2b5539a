//! The window: where machines that watch a process look in, over plain HTTP. `/live`: the process gets its turns, and
//! nothing else is asked. `/ready`: it does what it is there for, and if not, what is amiss. `/metrics`: what it measures.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::measures::Measures;
use super::ready::Ready;

/// Connections at a time (INV-11). Who comes on top of that waits.
const CONNECTIONS: usize = 32;
/// How long somebody may take to say what he wants.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait when the system gives no connection.
const PAUSE: Duration = Duration::from_millis(100);
/// What Prometheus' text calls itself.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
const JSON: &str = "application/json";

/// Answers with how the process is.
pub(super) type AskReady = Arc<dyn Fn() -> Ready + Send + Sync>;

/// What is seen through the window.
#[derive(Clone)]
pub(super) struct Window {
    pub(super) measures: Measures,
    pub(super) ready: AskReady,
}

impl Window {
    /// Lets people look in at `listener` until `closing` is cancelled.
    pub(super) async fn serve(
        self,
        listener: TcpListener,
        closing: CancellationToken,
    ) -> Result<(), Infallible> {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let accepted = tokio::select! {
                () = closing.cancelled() => return Ok(()),
                accepted = accept(&listener, &places) => accepted,
            };
            match accepted {
                Ok((stream, place)) => {
                    let (window, closing) = (self.clone(), closing.clone());
                    tokio::spawn(async move {
                        let _place = place;
                        tokio::select! {
                            () = closing.cancelled() => {}
                            () = window.show(stream) => {}
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "nobody can look in");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn show(&self, stream: TcpStream) {
        let answer = service_fn(|request| std::future::ready(Ok::<_, Infallible>(self.answer(&request))));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
        if let Err(error) = http.serve_connection(TokioIo::new(stream), answer).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "who looked in has gone");
        }
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        self.seen(request.method(), request.uri().path())
    }

    fn seen(&self, method: &Method, path: &str) -> Response<Full<Bytes>> {
        if method != Method::GET && method != Method::HEAD {
            return response(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "only to be looked at\n");
        }
        match path {
            "/live" => response(StatusCode::OK, JSON, "{\"live\":true}\n"),
            "/ready" => {
                let ready = (self.ready)();
                let status = if ready.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
                match serde_json::to_string(&ready) {
                    Ok(told) => response(status, JSON, told + "\n"),
                    Err(error) => failed(&error),
                }
            }
            "/metrics" => match self.measures.text() {
                Ok(text) => response(StatusCode::OK, TEXT, text),
                Err(fault) => failed(&fault),
            },
            _ => response(StatusCode::NOT_FOUND, "text/plain", "there are /live, /ready and /metrics\n"),
        }
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    Ok((listener.accept().await?.0, place))
}

fn failed(error: &(dyn std::error::Error + 'static)) -> Response<Full<Bytes>> {
    tracing::error!(error, "what is to be seen can't be told");
    response(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "it can't be told\n")
}

fn response(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::config;

    fn window() -> Window {
        let listen = "127.0.0.1:0".parse().unwrap();
        let otlp_every = Duration::from_secs(15);
        let settings =
            config::Telemetry { listen: Some(listen), insecure: false, otlp: None, otlp_every, sample: 1.0 };
        let measures = Measures::begin(&settings, "here:1".into()).unwrap().unwrap();
        Window { measures, ready: Arc::new(Ready::not_yet) }
    }

    #[test]
    fn what_is_not_there_is_said_and_nothing_can_be_done_through_it() {
        let status = |method: Method, path| window().seen(&method, path).status().as_u16();
        assert_eq!(
            ["/live", "/ready", "/metrics", "/"].map(|path| status(Method::GET, path)),
            [200, 503, 200, 404]
        );
        assert_eq!((status(Method::HEAD, "/live"), status(Method::POST, "/live")), (200, 405));
    }
}
