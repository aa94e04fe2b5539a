//! One connection that publishes. After a fault another takes its place: what this one still holds of messages and of
//! answers waited for goes with it, so that nothing stale is sent once the server is back.

use std::collections::VecDeque;
use std::time::Duration;

use async_nats::Event;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::{ContextBuilder, PublishAckFuture, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use tokio::sync::watch;

use super::{Message, stream};
use crate::connect;
use crate::fault::{ConnectionLost, Fault, Refusal};
use crate::settings::Settings;

/// Messages under way at a time (INV-11).
const IN_FLIGHT: usize = 256;
/// How long JetStream may take to acknowledge.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Session {
    context: Context,
    /// `<prefix>.feed`
    root: String,
    ended: watch::Receiver<Option<Fault>>,
}

/// What became of one message.
enum Outcome {
    Stored,
    /// The one before it isn't the stream's last.
    OutOfOrder,
}

impl Session {
    /// A new connection, and the stream there, made where it is missing.
    pub(super) async fn open(settings: &Settings) -> Result<Self, Fault> {
        let (end, ended) = watch::channel(None);
        let hear = move |event: Event| {
            if let Some(fault) = end_of(event) {
                // The first reason counts; what follows is its echo.
                end.send_if_modified(|ended| ended.is_none() && ended.replace(fault).is_none());
            }
        };
        // Once its connection is lost it is of no more use; the next one is made by who publishes.
        let options = connect::options(settings, hear).max_reconnects(1);
        let client = options.connect(connect::servers(settings)?).await.map_err(Fault::unreachable)?;
        let context = ContextBuilder::new().timeout(PATIENCE).max_ack_inflight(IN_FLIGHT).build(client);
        let session = Self { context, root: format!("{}.feed", settings.prefix), ended };
        tokio::select! {
            biased;
            there = stream::ensure(&session.context, settings) => there?,
            fault = session.end() => return Err(fault),
        }
        Ok(session)
    }

    pub(super) fn is_open(&self) -> bool {
        self.ended.borrow().is_none()
    }

    /// Why it ended; waits until it does.
    async fn end(&self) -> Fault {
        let mut ended = self.ended.clone();
        let reason = ended.wait_for(Option::is_some).await.ok().and_then(|fault| fault.clone());
        reason.unwrap_or_else(|| Fault::unreachable(ConnectionLost))
    }

    /// Publishes `page` in order. Each message but the first of a run says which one must be the last before it, so that
    /// none overtakes another that got lost. Where an older copy of the one before stands further up in the stream, that
    /// can't be: then a new run begins.
    pub(super) async fn publish(&self, page: &[Message]) -> Result<(), Fault> {
        let mut done = 0;
        while done < page.len() {
            done += self.run(&page[done..]).await?;
        }
        Ok(())
    }

    /// Publishes messages up to the first that is out of order. Tells how many that were: one at least.
    async fn run(&self, page: &[Message]) -> Result<usize, Fault> {
        let (mut under_way, mut stored) = (VecDeque::with_capacity(IN_FLIGHT), 0);
        let before = std::iter::once(None).chain(page.iter().map(Some));
        for (message, before) in page.iter().zip(before) {
            if under_way.len() == IN_FLIGHT
                && let Some(oldest) = under_way.pop_front()
            {
                match self.settle(oldest).await? {
                    Outcome::Stored => stored += 1,
                    Outcome::OutOfOrder => return Ok(stored),
                }
            }
            under_way.push_back(self.send(message, before).await?);
        }
        for oldest in under_way {
            match self.settle(oldest).await? {
                Outcome::Stored => stored += 1,
                Outcome::OutOfOrder => return Ok(stored),
            }
        }
        Ok(stored)
    }

    async fn send(&self, message: &Message, before: Option<&Message>) -> Result<PublishAckFuture, Fault> {
        let Message { subject, id, body, headers } = message;
        assert!(is_subject(subject), "a subject is made of tokens, {subject:?} is not");
        let mut publish = PublishMessage::build().payload(body.clone().into()).message_id(id);
        if let Some(before) = before {
            publish = publish.expected_last_message_id(&before.id);
        }
        for (name, value) in headers {
            publish = publish.header(*name, value.as_str());
        }
        let sent = self.context.send_publish(format!("{}.{subject}", self.root), publish).await;
        sent.map_err(Fault::jetstream("take a message of the feed"))
    }

    async fn settle(&self, sent: PublishAckFuture) -> Result<Outcome, Fault> {
        let answer = tokio::select! {
            biased;
            answer = sent.into_future() => answer,
            fault = self.end() => return Err(fault),
        };
        match answer {
            Ok(_) => Ok(Outcome::Stored),
            Err(error) if error.kind() == PublishErrorKind::WrongLastMessageId => Ok(Outcome::OutOfOrder),
            Err(error) => Err(Fault::jetstream("keep a message of the feed")(error)),
        }
    }
}

/// Why a session is of no more use after `event`, if it isn't. What the server refuses it says on the connection, and not
/// in an answer to what it refused.
fn end_of(event: Event) -> Option<Fault> {
    match event {
        Event::Disconnected | Event::Closed => Some(Fault::unreachable(ConnectionLost)),
        Event::ServerError(error) => Some(Fault::jetstream("be used")(Refusal(error.to_string()))),
        _ => None,
    }
}

fn is_subject(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    text.split('.').all(|token| !token.is_empty() && token.bytes().all(plain))
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_subject_is_made_of_tokens() {
        assert!(is_subject("WK150900.case.rung-reached"));
        for bad in ["", ".", "a.", "a..b", "a b", "a.*", "a.>", "a.é"] {
            assert!(!is_subject(bad), "{bad:?}");
        }
    }
}
