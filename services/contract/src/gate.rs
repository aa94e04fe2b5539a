//! The gate before every call: who calls, and may he call this at all? Whatever isn't on the list is denied.
//!
//! The gate knows classes of calls. Which area, case or signal a caller may see is judged behind it, by
//! [`seinhuis_domain::access::may`], with the [`Principal`] the gate leaves in the request's extensions.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::Either;
use jiff::Timestamp;
use seinhuis_domain::access::{self, Ask, Denied, Principal};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::token::{Token, TokenHash};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http::{Request, Response, header::AUTHORIZATION};
use tower::{Layer, Service};

use crate::status::Problem;

mod methods;

pub use methods::{Class, METHODS, class_of};

/// Answers with the directory as it is now.
pub type CurrentDirectory = Arc<dyn Fn() -> Arc<Directory> + Send + Sync>;
/// Answers with the hub's time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Is told of every denial, by its reason (`NO_TOKEN`, `NOT_ALLOWED` …), so that it can be counted.
pub type OnDenied = Arc<dyn Fn(&'static str) + Send + Sync>;

/// By what a caller was let in. The gate leaves it beside the [`Principal`], for calls that last longer than a right may.
#[derive(Debug, Clone)]
pub struct Admission {
    token: TokenHash,
    expires_at: Timestamp,
}

impl Admission {
    /// Whether the gate would let the caller in again now, and as whom.
    pub fn still_counts(&self, directory: &Directory, now: Timestamp) -> Result<Principal, Problem> {
        self.in_time(now)?;
        directory.holder(&self.token).map(|(principal, _)| principal).ok_or(Problem::UnknownToken)
    }

    /// Whether the token has not expired. This alone is cheap enough to ask before every message; that it is known
    /// changes with the directory only.
    pub fn in_time(&self, now: Timestamp) -> Result<(), Problem> {
        if self.expires_at <= now { Err(Problem::ExpiredToken) } else { Ok(()) }
    }
}

/// A tower layer for `tonic::transport::Server::layer`.
#[derive(Clone)]
pub struct GateLayer {
    gate: Arc<Gate>,
}

struct Gate {
    directory: CurrentDirectory,
    now: Now,
    on_denied: OnDenied,
}

impl Gate {
    /// Judges a call by its path and what was shown as authorization. Answers who calls; nobody in particular for the
    /// calls that are open.
    fn admit(&self, path: &str, shown: Option<&[u8]>) -> Result<Option<(Principal, Admission)>, Problem> {
        let class = class_of(path);
        if class == Some(Class::Open) {
            return Ok(None);
        }
        // Who he is comes first: a stranger doesn't learn which calls there are.
        let directory = (self.directory)();
        let token = Token::shown(bearer(shown).ok_or(Problem::NoToken)?).hash();
        let (principal, expires_at) = directory.holder(&token).ok_or(Problem::UnknownToken)?;
        if expires_at <= (self.now)() {
            return Err(Problem::ExpiredToken);
        }
        let not_allowed = |what| Problem::Denied(Denied::NotAllowed { actor: principal.actor(), what });
        match (class, &principal) {
            (None, _) => return Err(Problem::NotOpen),
            (Some(Class::Open | Class::Anybody), _) => {}
            (Some(Class::Report(sector)), who) => access::may(who, Ask::Report(sector), directory.areas())?,
            (Some(Class::OwnSignals), who) => access::may(who, Ask::OwnSignals, directory.areas())?,
            (Some(Class::Persons(roles, _)), Principal::Person { role, .. }) if roles.contains(role) => {}
            (Some(Class::Persons(_, what)), _) => return Err(not_allowed(what)),
        }
        Ok(Some((principal, Admission { token, expires_at })))
    }
}

/// The token of `Bearer <token>`.
fn bearer(shown: Option<&[u8]>) -> Option<&str> {
    let (scheme, token) = std::str::from_utf8(shown?).ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

impl GateLayer {
    /// A gate that looks tokens up in `directory` and judges their expiry by `now`.
    pub fn new(directory: CurrentDirectory, now: Now, on_denied: OnDenied) -> Self {
        Self { gate: Arc::new(Gate { directory, now, on_denied }) }
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        Gated { gate: self.gate.clone(), inner }
    }
}

/// A service behind the gate.
#[derive(Clone)]
pub struct Gated<S> {
    gate: Arc<Gate>,
    inner: S,
}

impl<S, B> Service<Request<B>> for Gated<S>
where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<S::Future, Ready<Result<Response<Body>, Infallible>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let shown = request.headers().get(AUTHORIZATION).map(|value| value.as_bytes());
        match self.gate.admit(request.uri().path(), shown) {
            Ok(admitted) => {
                if let Some((principal, admission)) = admitted {
                    request.extensions_mut().insert(principal);
                    request.extensions_mut().insert(admission);
                }
                Either::Left(self.inner.call(request))
            }
            Err(problem) => {
                (self.gate.on_denied)(problem.reason());
                Either::Right(ready(Ok(Status::from(problem).into_http())))
            }
        }
    }
}

#[cfg(test)]
mod specs;
