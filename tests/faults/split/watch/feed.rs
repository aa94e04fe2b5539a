//! What stands in the feed: read on from where the last look ended, and from its beginning when it was made anew.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::ConnectOptions;
use async_nats::datetime::DateTime;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{self, Context, ErrorCode};
use futures::StreamExt;

use super::{Seen, lock};
use crate::history::Published;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(250);
/// Messages at a time.
const PAGE: usize = 1_000;
/// An answer that takes so long is given up.
const PATIENCE: Duration = Duration::from_secs(2);
/// At the end of a run the server has to be there within so long.
const LAST_PATIENCE: Duration = Duration::from_secs(20);

/// Where a hub publishes.
#[derive(Debug, Clone)]
pub(crate) struct FeedAt {
    pub(crate) server: String,
    pub(crate) stream: String,
}

/// Reads it until the run is over, and then to its end.
pub(super) async fn read(at: FeedAt, seen: Arc<Mutex<Seen>>, over: Arc<AtomicBool>) {
    let mut reader = Reader { at, context: None, made: None, next: 1 };
    let mut last_until = None;
    loop {
        let last_look = over.load(Ordering::SeqCst);
        match reader.look(&seen).await {
            Ok(()) if last_look => return,
            Ok(()) => {}
            // The server may be away as part of the run.
            Err(fault) => {
                reader.context = None;
                let until = *last_until.get_or_insert_with(|| Instant::now() + LAST_PATIENCE);
                assert!(!last_look || Instant::now() < until, "the feed can't be read at the end: {fault}");
                last_until = last_until.filter(|_| last_look);
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

struct Reader {
    at: FeedAt,
    context: Option<Context>,
    /// When the stream was made that was read so far.
    made: Option<DateTime>,
    next: u64,
}

impl Reader {
    async fn look(&mut self, seen: &Mutex<Seen>) -> Result<(), async_nats::Error> {
        let stream = match self.context().await?.get_stream(&self.at.stream).await {
            Ok(stream) => Some(stream),
            Err(error) if is_missing(&error.kind()) => None,
            Err(error) => return Err(error.into()),
        };
        let made = stream.as_ref().map(|stream| stream.cached_info().created);
        if self.made != made {
            (self.made, self.next) = (made, 1);
            lock(seen).feed.clear();
        }
        let Some(stream) = stream else { return Ok(()) };
        while self.next <= stream.cached_info().state.last_sequence {
            self.read_on(&stream, seen).await?;
        }
        Ok(())
    }

    async fn context(&mut self) -> Result<Context, async_nats::Error> {
        if let Some(context) = &self.context {
            return Ok(context.clone());
        }
        let client = ConnectOptions::new().request_timeout(Some(PATIENCE)).connect(&self.at.server).await?;
        Ok(self.context.insert(jetstream::new(client)).clone())
    }

    /// A page, as far as there is one.
    async fn read_on(&mut self, stream: &Stream, seen: &Mutex<Seen>) -> Result<(), async_nats::Error> {
        let from_next = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: self.next },
            ack_policy: AckPolicy::None,
            inactive_threshold: LAST_PATIENCE,
            ..Default::default()
        };
        let consumer = stream.create_consumer(from_next).await?;
        let mut page = consumer.fetch().max_messages(PAGE).messages().await?;
        while let Some(message) = page.next().await {
            let message = message?;
            let headers = message.headers.as_ref();
            let id = headers.and_then(|headers| headers.get(async_nats::header::NATS_MESSAGE_ID));
            let id = id.map_or("", |id| id.as_str());
            lock(seen).feed.push(Published::read(id, &message.subject, &message.payload));
            self.next = message.info()?.stream_sequence + 1;
        }
        Ok(())
    }
}

fn is_missing(kind: &GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}
