//! A small aggregate: a lamp that somebody lights once and anybody dims as often as he likes.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::fact::Fact;
use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::sealed::Sealed;
use seinhuis_eventstore::{Append, AppendError, Appended, Context, Log, NewEvent, StreamId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Lamp {
    pub(crate) lit_by: Option<String>,
    pub(crate) dimmed: u32,
}

#[derive(Debug, Clone)]
pub(crate) enum Command {
    /// The same colour again adds nothing; another one is refused.
    Light {
        colour: String,
    },
    Dim,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub(crate) enum Event {
    #[serde(rename = "lamp.lit")]
    Lit {
        colour: String,
        area: AreaCode,
        #[serde(skip)]
        who: Option<Sealed>,
    },
    #[serde(rename = "lamp.dimmed")]
    Dimmed { by: u32 },
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lamp burns in another colour")]
pub(crate) struct OtherColour;

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        match self {
            Self::Lit { .. } => "lamp.lit".into(),
            Self::Dimmed { .. } => "lamp.dimmed".into(),
        }
    }
    fn event_version(&self) -> String {
        "1".into()
    }
}

impl Fact for Event {
    fn area(&self) -> Option<&AreaCode> {
        if let Self::Lit { area, .. } = self { Some(area) } else { None }
    }
    fn sealed(&self) -> Option<&Sealed> {
        if let Self::Lit { who, .. } = self { who.as_ref() } else { None }
    }
    fn attach_sealed(&mut self, sealed: Sealed) {
        if let Self::Lit { who, .. } = self {
            *who = Some(sealed);
        }
    }
}

/// Writes to the lamp's stream behind the command's back, a number of times.
#[derive(Default)]
pub(crate) struct Meddler {
    pub(crate) log: Option<(Log, StreamId)>,
    pub(crate) times: AtomicU32,
    pub(crate) asked: AtomicU32,
}

impl Meddler {
    async fn meddle(&self) {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let more = self.times.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |times| times.checked_sub(1));
        if let (Ok(_), Some((log, stream))) = (more, &self.log) {
            let version = log.read_stream(stream).await.unwrap().len() as u64;
            log.append(batch(stream.as_str(), version, 1)).await.unwrap();
        }
    }
}

impl Aggregate for Lamp {
    const TYPE: &'static str = "lamp";
    type Command = Command;
    type Event = Event;
    type Error = OtherColour;
    type Services = Meddler;

    async fn handle(
        &mut self,
        command: Command,
        meddler: &Meddler,
        sink: &EventSink<Self>,
    ) -> Result<(), OtherColour> {
        meddler.meddle().await;
        match (command, self.lit_by.clone()) {
            (Command::Light { colour }, Some(burning)) if burning != colour => Err(OtherColour),
            (Command::Light { .. }, Some(_)) => Ok(()),
            (Command::Light { colour }, None) => {
                sink.write(lit(&colour), self).await;
                Ok(())
            }
            (Command::Dim, _) => {
                sink.write(Event::Dimmed { by: self.dimmed + 1 }, self).await;
                Ok(())
            }
        }
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Lit { colour, .. } => self.lit_by = Some(colour),
            Event::Dimmed { .. } => self.dimmed += 1,
        }
    }
}

pub(crate) fn lit(colour: &str) -> Event {
    let key = SubjectId("0b8f2a34-6a1e-4a53-9d2c-5c4a3b2a1908".parse().unwrap());
    let who = Some(Sealed { keys: vec![key], bytes: vec![1, 2, 3] });
    Event::Lit { colour: colour.into(), area: AreaCode::new("WK150900").unwrap(), who }
}

pub(crate) fn light(colour: &str) -> Command {
    Command::Light { colour: colour.into() }
}

pub(crate) fn context() -> Context {
    Context {
        actor: "partner:wonion".into(),
        at: "2026-04-02T10:00:00.123456Z".parse().unwrap(),
        trace: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into()),
    }
}

/// `events` dimmings for `stream`, which is to be at `expected_version`.
pub(crate) fn batch(stream: &str, expected_version: u64, events: usize) -> Append {
    let event = |i| NewEvent::of(&Event::Dimmed { by: i as u32 }, &context()).unwrap();
    let events = (0..events).map(event).collect();
    Append { stream: StreamId::parse(stream).unwrap(), expected_version, events }
}

/// An append that stands in the log's queue: one poll puts it there, so that the order is the one in which they are made.
pub(crate) async fn queued(log: &Log, batch: Append) -> Queued {
    let log = log.clone();
    let mut append: Queued = Box::pin(async move { log.append(batch).await });
    assert!(poll_fn(|cx| Poll::Ready(append.as_mut().poll(cx).is_pending())).await);
    append
}

/// Waits for its answer.
pub(crate) type Queued = Pin<Box<dyn Future<Output = Result<Appended, AppendError>> + Send>>;
