//! One try over a webhook: a signed POST to an address that was looked at before it was connected to. Answers are judged by
//! Standard Webhooks 1.0; redirects are not followed, since they lead to an address of somebody else's choice.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use hyper::{Request, StatusCode, client::conn::http1};
use hyper_util::rt::TokioIo;
use jiff::SignedDuration;
use seinhuis_projections::NoticeRow;
use seinhuis_runtime::Clock;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use tokio_util::task::AbortOnDropHandle;

mod network;
mod payload;
mod retry_after;
mod secret;
mod url;

pub use secret::{BadSecret, Secrets};
pub use url::{BadUrl, Url};

use crate::contact::Webhook;
use network::Network;

/// How long a receiver may take to answer, from the lookup of its name on. The least that Standard Webhooks gives it, and
/// shorter than a drain, so that a try under way can end.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long one of its addresses may take, so that the next one gets its turn.
const ADDRESS_PATIENCE: Duration = Duration::from_secs(5);
/// The most that is read of an answer: its head.
const HEAD_MAX: usize = 16 * 1024;

/// Why one try did not reach the receiver. Names no one, and repeats nothing the receiver said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookFailure {
    /// It said, now or before, that it wants no more.
    #[error("the webhook is gone (410)")]
    Gone,
    /// Its name leads where the hub doesn't call, or does so over TLS only.
    #[error("the webhook has no address that may be called")]
    Barred,
    /// It answered otherwise than with success.
    #[error("the webhook answered {code}")]
    Answered {
        /// The status.
        code: u16,
        /// When it asks to be called again.
        retry_after: Option<SignedDuration>,
    },
    /// It took too long.
    #[error("the webhook took too long")]
    TooLong,
    /// It has no certificate that counts.
    #[error("the webhook didn't pass for itself (TLS)")]
    Tls,
    /// There was no connection, or it broke.
    #[error("no connection to the webhook")]
    NoConnection,
    /// The message can't be made.
    #[error("the message to the webhook can't be made")]
    NoText,
}

impl WebhookFailure {
    /// Whether another try makes no sense.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Gone | Self::Barred | Self::NoText => true,
            Self::Answered { .. } | Self::TooLong | Self::Tls | Self::NoConnection => false,
        }
    }
}

/// The webhooks that said they are gone, shared by all terms of one process: they are called no more by it.
#[derive(Debug, Clone, Default)]
pub struct Gone(Arc<Mutex<HashSet<Url>>>);

impl Gone {
    fn holds(&self, url: &Url) -> bool {
        // Nothing can fail while it is locked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(url)
    }

    fn take_in(&self, url: &Url) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(url.clone());
    }
}

/// The way out to webhooks.
pub struct Webhooks {
    tls: TlsConnector,
    allow_private: bool,
    clock: Clock,
    gone: Gone,
}

impl std::fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhooks").field("allow_private", &self.allow_private).finish_non_exhaustive()
    }
}

impl Webhooks {
    /// `allow_private` lets receivers on this machine and in one's own network be called as well. By `clock` messages are
    /// stamped: receivers hold that against theirs, so it is the machine's also in a rehearsal.
    ///
    /// # Errors
    /// When TLS can't be had.
    pub fn new(allow_private: bool, clock: Clock, gone: Gone) -> Result<Self, rustls::Error> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), allow_private, clock, gone })
    }

    /// One try.
    pub(super) async fn send(
        &self,
        notice: &NoticeRow,
        to: &Webhook,
        link: String,
    ) -> Result<(), WebhookFailure> {
        if self.gone.holds(&to.url) {
            return Err(WebhookFailure::Gone);
        }
        let body = payload::body(notice, link).map_err(|_| WebhookFailure::NoText)?;
        let request = self.request(&notice.id.to_string(), to, body)?;
        let tried = tokio::time::timeout(PATIENCE, self.call(&to.url, request)).await;
        let sent = tried.unwrap_or(Err(WebhookFailure::TooLong));
        if sent == Err(WebhookFailure::Gone) {
            self.gone.take_in(&to.url);
        }
        sent
    }

    /// Calls an address and says nothing: that it was called is all there is to know.
    pub(crate) async fn visit(&self, url: &Url) -> Result<(), WebhookFailure> {
        let request = Request::get(url.path())
            .header(HOST, url.authority())
            .header(USER_AGENT, "seinhuis")
            .header(CONNECTION, "close")
            .body(Full::default())
            .map_err(|_| WebhookFailure::NoText)?;
        let visited = tokio::time::timeout(PATIENCE, self.call(url, request)).await;
        visited.unwrap_or(Err(WebhookFailure::TooLong))
    }

    fn request(&self, id: &str, to: &Webhook, body: Vec<u8>) -> Result<Request<Full<Bytes>>, WebhookFailure> {
        let timestamp = self.clock.now().as_second();
        Request::post(to.url.path())
            .header(HOST, to.url.authority())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "seinhuis")
            .header(CONNECTION, "close")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", to.secrets.sign(id, timestamp, &body))
            .body(Full::new(body.into()))
            .map_err(|_| WebhookFailure::NoText)
    }

    /// Connects, over TLS where the address says so, and asks nothing.
    pub(crate) async fn reach(&self, url: &Url) -> Result<(), WebhookFailure> {
        let stream = self.connect(url).await?;
        if url.is_tls() {
            let name = ServerName::try_from(url.host().to_owned()).map_err(|_| WebhookFailure::Tls)?;
            self.tls.connect(name, stream).await.map_err(|_| WebhookFailure::Tls)?;
        }
        Ok(())
    }

    async fn call(&self, url: &Url, request: Request<Full<Bytes>>) -> Result<(), WebhookFailure> {
        let stream = self.connect(url).await?;
        if !url.is_tls() {
            return self.ask(stream, request).await;
        }
        let name = ServerName::try_from(url.host().to_owned()).map_err(|_| WebhookFailure::Tls)?;
        self.ask(self.tls.connect(name, stream).await.map_err(|_| WebhookFailure::Tls)?, request).await
    }

    /// Looks the name up once, and connects to an address that this gave and that may be called: a name that leads somewhere
    /// else a moment later leads nobody there.
    async fn connect(&self, url: &Url) -> Result<TcpStream, WebhookFailure> {
        let found = lookup_host((url.host(), url.port())).await.map_err(|_| WebhookFailure::NoConnection)?;
        let mut failure = WebhookFailure::Barred;
        for address in found.filter(|address| self.may_call(url, address)) {
            match tokio::time::timeout(ADDRESS_PATIENCE, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(_)) => failure = WebhookFailure::NoConnection,
                Err(_) => failure = WebhookFailure::TooLong,
            }
        }
        Err(failure)
    }

    fn may_call(&self, url: &Url, address: &SocketAddr) -> bool {
        match Network::of(address.ip()) {
            // Nothing goes over the internet in clear.
            Network::Public => url.is_tls(),
            Network::Private => self.allow_private,
            Network::Nowhere => false,
        }
    }

    async fn ask(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        request: Request<Full<Bytes>>,
    ) -> Result<(), WebhookFailure> {
        let broken = |_| WebhookFailure::NoConnection;
        let mut line = http1::Builder::new();
        line.max_buf_size(HEAD_MAX);
        let (mut sender, connection) = line.handshake(TokioIo::new(stream)).await.map_err(broken)?;
        let _open = AbortOnDropHandle::new(tokio::spawn(connection));
        // Its body is left unread: whatever it says, it would be kept by nobody.
        let answer = sender.send_request(request).await.map_err(broken)?;
        match answer.status() {
            code if code.is_success() => Ok(()),
            StatusCode::GONE => Err(WebhookFailure::Gone),
            code => {
                let busy = matches!(code, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
                let asked = answer.headers().get(RETRY_AFTER).filter(|_| busy);
                let asked = asked.and_then(|value| value.to_str().ok());
                let retry_after = asked.and_then(|text| retry_after::retry_after(text, self.clock.now()));
                Err(WebhookFailure::Answered { code: code.as_u16(), retry_after })
            }
        }
    }
}

#[cfg(test)]
mod specs;
