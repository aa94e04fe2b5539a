//! Wake-ups between processes, over the core of NATS: it keeps nothing, and what gets lost is said again or looked up.

use std::sync::Arc;

use async_nats::{Client, HeaderMap, Message};
use futures::StreamExt;
use seinhuis_runtime::trace::{Kind, Step, TRACEPARENT, TraceContext};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::bus::Hints;
use crate::connect;
use crate::fault::Fault;
use crate::hint::position_in;
use crate::outbox::{Outbox, Topic};
use crate::settings::Settings;
use crate::voice::Voice;

/// A connection that is kept, or tried for, until this is dropped.
#[derive(Debug)]
pub(crate) struct Wire {
    outbox: Arc<Outbox>,
    linked: watch::Receiver<bool>,
    _until_dropped: DropGuard,
}

impl Wire {
    /// Begins to connect in the background. A server that is away is waited for and is no fault.
    pub(crate) async fn start(settings: &Settings, hints: Arc<Hints>) -> Result<Self, Fault> {
        let servers = connect::servers(settings)?;
        connect::check_files(settings)?;
        let voice = Arc::new(Voice::new(connect::named(&servers)));
        let linked = voice.linked();
        let options = connect::options(settings, move |event| voice.hear(event));
        // What this process says itself, it has heard already.
        let options = options.retry_on_initial_connect().no_echo();
        let client = options.connect(servers).await.map_err(Fault::unreachable)?;
        let outbox = Arc::new(Outbox::default());
        let stop = CancellationToken::new();
        let subjects = Subjects::below(&settings.prefix);
        let listen = listen(client.clone(), subjects.clone(), hints);
        tokio::spawn(stop.clone().run_until_cancelled_owned(listen));
        let speak = speak(client, subjects, Arc::clone(&outbox), linked.clone());
        tokio::spawn(stop.clone().run_until_cancelled_owned(speak));
        Ok(Self { outbox, linked, _until_dropped: stop.drop_guard() })
    }

    /// Lays a position ready to be said.
    pub(crate) fn announce(&self, topic: &Topic, position: u64, trace: Option<TraceContext>) {
        self.outbox.put(topic, position, trace);
    }

    /// Sees whether there is a connection.
    pub(crate) fn linked(&self) -> watch::Receiver<bool> {
        self.linked.clone()
    }
}

/// Says what is laid ready, while there is a connection, and all of it again when there is one again.
async fn speak(client: Client, subjects: Subjects, outbox: Arc<Outbox>, mut linked: watch::Receiver<bool>) {
    let mut reconnected = linked.clone();
    let repeat = async {
        while reconnected.changed().await.is_ok() {
            if *reconnected.borrow_and_update() {
                outbox.repeat();
            }
        }
    };
    let say = async {
        // Ends with the voice, and that with the connection.
        while linked.wait_for(|linked| *linked).await.is_ok() {
            for (topic, position, trace) in outbox.take().await {
                let step = Step::within("send wake-up", Kind::Producer, trace);
                step.word("messaging.system", "nats").word("messaging.operation.type", "send");
                step.word("messaging.operation.name", "publish").number("seinhuis.position", position);
                let (subject, text) = (subjects.of(&topic), position.to_string().into());
                let said = match headers(&step) {
                    Some(headers) => client.publish_with_headers(subject, headers, text).await,
                    None => client.publish(subject, text).await,
                };
                if let Err(fault) = said {
                    // What isn't said now is said when the connection is there again, or looked up by those it is for.
                    tracing::debug!(%fault, "a wake-up was not said");
                }
            }
        }
    };
    tokio::join!(repeat, say);
}

/// Passes on what others say. Anything else than a position of something known here is nothing.
async fn listen(client: Client, subjects: Subjects, hints: Arc<Hints>) {
    match client.subscribe(subjects.all()).await {
        Ok(mut heard) => {
            while let Some(Message { subject, payload, headers, .. }) = heard.next().await {
                if let (Some(topic), Some(position)) = (subjects.topic(&subject), position_in(&payload)) {
                    hints.hear(&topic, position, trace(headers.as_ref()));
                }
            }
        }
        Err(fault) => tracing::warn!(%fault, "no wake-ups from other processes"),
    }
}

/// What a wake-up carries besides its position: its place in a trace that is kept.
fn headers(step: &Step) -> Option<HeaderMap> {
    let place = step.traceparent().filter(|_| step.is_kept())?;
    let mut headers = HeaderMap::new();
    headers.insert(TRACEPARENT, place);
    Some(headers)
}

/// The place in a trace that a message carries, if it is one.
fn trace(headers: Option<&HeaderMap>) -> Option<TraceContext> {
    TraceContext::parse(headers?.get(TRACEPARENT)?.as_str())
}

/// Where positions are said.
#[derive(Debug, Clone)]
struct Subjects {
    /// `<prefix>.hint`
    root: String,
}

impl Subjects {
    fn below(prefix: &str) -> Self {
        Self { root: format!("{prefix}.hint") }
    }

    fn all(&self) -> String {
        format!("{}.>", self.root)
    }

    fn of(&self, topic: &Topic) -> String {
        match topic {
            Topic::Head => format!("{}.head", self.root),
            Topic::Views(group) => format!("{}.views.{group}", self.root),
        }
    }

    fn topic(&self, subject: &str) -> Option<Topic> {
        match subject.strip_prefix(self.root.as_str())?.strip_prefix('.')? {
            "head" => Some(Topic::Head),
            views => views.strip_prefix("views.").map(|group| Topic::Views(group.to_owned())),
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_subject_names_what_a_position_is_of() {
        let subjects = Subjects::below("seinhuis");
        for (topic, subject) in [
            (Topic::Head, "seinhuis.hint.head"),
            (Topic::Views("matching".into()), "seinhuis.hint.views.matching"),
        ] {
            assert_eq!(subjects.of(&topic), subject);
            assert_eq!(subjects.topic(subject), Some(topic));
        }
        for other in ["seinhuis.hint", "seinhuis.hint.tail", "other.hint.head", "seinhuis.hinthead"] {
            assert_eq!(subjects.topic(other), None, "{other}");
        }
    }
}
