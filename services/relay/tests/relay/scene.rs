//! A hub with a log of its own, its relay, and those who listen to its feed.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_nats::{Client, Message, Subscriber};
use futures::StreamExt;
use seinhuis_bus::{Bus, Settings};
use seinhuis_domain::case::{Act, Case, CaseCommand, SignalToFollow};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::ids::{CaseId, SignalId};
use seinhuis_domain::profile::{AdoptProfile, AdoptedProfile, ProfileEvent};
use seinhuis_domain::signal::{ReportSignal, Signal};
use seinhuis_eventstore::{Context, Log, Position};
use seinhuis_projections::{Fault, Model, Views};
use seinhuis_relay::{Origin, Relay, RelayParts};
use seinhuis_runtime::{Clock, Pulse};
use seinhuis_testkit::Nats;
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long anything may take, on a machine that compiles beside it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The trace that every signal here is part of.
pub(crate) const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// The hub.
pub(crate) struct Scene {
    folder: tempfile::TempDir,
    pub(crate) log: Log,
    who: Directory,
    pub(crate) settings: Settings,
}

/// A relay at work, and how far it is.
pub(crate) struct Working {
    pub(crate) views: Views,
    drain: CancellationToken,
    task: JoinHandle<Result<(), Fault>>,
}

impl Scene {
    /// A log that holds the example's profile as its first event, and a place of its own on `nats`.
    pub(crate) async fn new(nats: &Nats) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let hub = format!("relay-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut settings = Settings::at(nats.url());
        settings.feed.stream = format!("FEED-{hub}");
        settings.prefix = hub;
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(&format!("sqlite:{}", folder.path().join("log.sqlite").display())).await.unwrap();
        let mut who = Directory::default();
        let event = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(example::profile()) };
        who.apply("example", &Event::Profile(event)).unwrap();
        let scene = Self { folder, log, who, settings };
        let adopt = AdoptProfile(Box::new(example::profile()));
        scene.log.execute::<AdoptedProfile>(&(), "example", adopt, &context()).await.unwrap();
        scene
    }

    /// Reports a signal.
    pub(crate) async fn report(&self, reference: &str) -> SignalId {
        let facts = Box::new(example::signal("wonion", reference, "housing.fin.hua"));
        let id = SignalId::of(&facts.partner, &facts.reference);
        let command = ReportSignal { facts, now: context().at };
        self.log.execute_new::<Signal>(&(), &id.to_string(), command, &context()).await.unwrap();
        id
    }

    /// Reports signals with the numbers `from` up to and with `to`.
    pub(crate) async fn report_all(&self, from: u32, to: u32) {
        for number in from..=to {
            self.report(&number.to_string()).await;
        }
    }

    /// Reports a signal, opens a case for it and resolves that.
    pub(crate) async fn case(&self, reference: &str) -> CaseId {
        let signal = self.report(reference).await;
        let (id, at) = (CaseId::opened_by(signal), context().at);
        let facts = example::signal("wonion", reference, "housing.fin.hua");
        let seinhuis_domain::signal::SignalFacts { kind, urgency, area, subjects, .. } = facts;
        let signal = SignalToFollow { id: signal, kind, urgency, area, subjects };
        let act = Act { by: "person:consulent-wonion".into(), at, note: None };
        for command in [CaseCommand::OpenCase { id, signal, at }, CaseCommand::Resolve { act }] {
            self.log.execute::<Case>(&self.who, &id.to_string(), command, &context()).await.unwrap();
        }
        id
    }

    /// How far the feed is, as this hub remembers it.
    pub(crate) async fn views(&self) -> Views {
        let file = self.folder.path().join("relay.sqlite");
        Views::open(&format!("sqlite:{}", file.display()), &[Model::Relay]).await.unwrap()
    }

    /// The relay at rest.
    pub(crate) async fn relay(&self, views: &Views) -> Relay {
        let feed = Bus::connect(self.settings.clone()).await.unwrap().feed().unwrap();
        let origin = Origin::new("00000001823288444000", "seinhuis", "nl.seinhuis").unwrap();
        let (log, clock) = (self.log.clone(), Clock::system());
        Relay::new(RelayParts { log, views: views.clone(), pulse: Pulse::new(), feed, origin, clock })
    }

    /// Starts the relay.
    pub(crate) async fn working(&self) -> Working {
        let views = self.views().await;
        let relay = self.relay(&views).await;
        let drain = CancellationToken::new();
        let task = tokio::spawn(seinhuis_projections::work(relay, drain.clone()));
        Working { views, drain, task }
    }

    pub(crate) fn head(&self) -> Position {
        self.log.head()
    }

    /// Who hears everything that is published from now on, also what is published again.
    pub(crate) async fn listener(&self, nats: &Nats) -> Subscriber {
        let client: Client = async_nats::connect(nats.url()).await.unwrap();
        let all = client.subscribe(format!("{}.feed.>", self.settings.prefix)).await.unwrap();
        // The server knows of it before this client is told that it has no stream of that name.
        let _ = async_nats::jetstream::new(client).get_stream("NO-SUCH-STREAM").await;
        all
    }

    /// The bodies of what stands in the feed, oldest first.
    pub(crate) async fn kept(&self, nats: &Nats) -> Vec<Value> {
        let client = async_nats::connect(nats.url()).await.unwrap();
        let stream = async_nats::jetstream::new(client).get_stream(&self.settings.feed.stream).await.unwrap();
        let state = stream.cached_info().state.clone();
        let mut kept = Vec::new();
        // A stream that holds nothing yet says that it begins at 0, which no message has.
        for sequence in state.first_sequence.max(1)..=state.last_sequence {
            let message = stream.get_raw_message(sequence).await.unwrap();
            kept.push(serde_json::from_slice(&message.payload).unwrap());
        }
        kept
    }

    /// The positions of what stands in the feed.
    pub(crate) async fn positions(&self, nats: &Nats) -> Vec<u64> {
        let position = |event: Value| event["sequence"].as_str().unwrap().parse().unwrap();
        self.kept(nats).await.into_iter().map(position).collect()
    }
}

impl Working {
    /// Waits until the feed is there.
    pub(crate) async fn reached(&self, position: Position) {
        self.views.reached(position, PATIENCE).await.unwrap();
    }

    /// Lets it finish.
    pub(crate) async fn drained(self) -> Result<(), Fault> {
        self.drain.cancel();
        self.ended().await
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(self) -> Result<(), Fault> {
        let ended = tokio::time::timeout(PATIENCE, self.task).await.unwrap().unwrap();
        self.views.close().await;
        ended
    }

    /// Ends it where it is, as a crash would.
    pub(crate) async fn killed(self) -> Position {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
        let at = self.views.position();
        self.views.close().await;
        at
    }
}

/// The next messages that are heard.
pub(crate) async fn heard(listener: &mut Subscriber, number: usize) -> Vec<Message> {
    let hearing = listener.take(number).collect();
    tokio::time::timeout(PATIENCE, hearing).await.unwrap()
}

fn context() -> Context {
    Context {
        actor: "partner:wonion".into(),
        at: "2026-03-09T10:00:00Z".parse().unwrap(),
        trace: Some(TRACE.into()),
    }
}
