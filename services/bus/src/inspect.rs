//! Looking at the server without leaving anything there, for whoever judges a hub from beside it.

use std::error::Error as _;
use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{
    Context, ContextBuilder, GetStreamError, GetStreamErrorKind, RequestError, RequestErrorKind,
};
use async_nats::jetstream::response::Response;
use serde::Deserialize;

use crate::connect;
use crate::fault::Fault;
use crate::feed::stream::{is_missing, set_otherwise};
use crate::settings::Settings;

/// How long JetStream may take to answer one question. Who may not ask gets no answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its version.
    pub version: String,
    /// Bytes of the largest message it takes.
    pub max_payload: usize,
    /// What JetStream says of the feed's stream.
    pub feed: FeedSeen,
    /// Bytes that JetStream may still set aside on disk for such as us; `None` without a bound, or where we may not ask.
    pub room: Option<u64>,
}

/// What JetStream says of the feed's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedSeen {
    /// There is no JetStream for such as us.
    NoJetStream,
    /// It didn't answer.
    Silent,
    /// The stream isn't there yet: the relay makes it.
    NotMade,
    /// It is there.
    Made {
        /// What is set otherwise than the hub has it; empty: nothing.
        otherwise: Vec<&'static str>,
    },
}

/// Connects to the server of `settings`, asks, and goes.
pub async fn look(settings: &Settings) -> Result<Seen, Fault> {
    settings.check()?;
    connect::check_files(settings)?;
    let options = connect::options(settings, |_| {}).max_reconnects(1);
    let client = options.connect(connect::servers(settings)?).await.map_err(Fault::unreachable)?;
    let info = client.server_info();
    let context = ContextBuilder::new().timeout(PATIENCE).build(client);
    let feed = feed(&context, settings).await;
    let room = match feed {
        FeedSeen::NotMade | FeedSeen::Made { .. } => room(&context).await,
        FeedSeen::NoJetStream | FeedSeen::Silent => None,
    };
    Ok(Seen { version: info.version, max_payload: info.max_payload, feed, room })
}

async fn feed(context: &Context, settings: &Settings) -> FeedSeen {
    match context.get_stream(&settings.feed.stream).await {
        Ok(stream) => FeedSeen::Made { otherwise: set_otherwise(&stream.cached_info().config, settings) },
        Err(error) if is_missing(&error.kind()) => FeedSeen::NotMade,
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(said) if is_off(said.error_code()) => FeedSeen::NoJetStream,
            // Nobody listens where JetStream would.
            GetStreamErrorKind::Request if is_nobody(&error) => FeedSeen::NoJetStream,
            _ => FeedSeen::Silent,
        },
    }
}

/// Whether the question reached nobody, rather than that nobody answered in time.
fn is_nobody(error: &GetStreamError) -> bool {
    let request = error.source().and_then(|source| source.downcast_ref::<RequestError>());
    request.is_some_and(|request| request.kind() == RequestErrorKind::NoResponders)
}

fn is_off(code: ErrorCode) -> bool {
    [ErrorCode::JETSTREAM_NOT_ENABLED, ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT].contains(&code)
}

/// What is asked of an account. Servers of before 2.10 say less than the library reads.
#[derive(Debug, Deserialize)]
struct Account {
    storage: u64,
    limits: Limits,
}

/// A bound below zero is none.
#[derive(Debug, Deserialize)]
struct Limits {
    max_storage: i64,
}

async fn room(context: &Context) -> Option<u64> {
    let Response::Ok(account) = context.request::<_, _, Response<Account>>("INFO", b"").await.ok()? else {
        return None;
    };
    let most = u64::try_from(account.limits.max_storage).ok()?;
    Some(most.saturating_sub(account.storage))
}
