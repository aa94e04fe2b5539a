//! The hub, put together: one store, one directory, the roles, and the server before them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use seinhuis_casework::Casework;
use seinhuis_contract::gate::GateLayer;
use seinhuis_escalation::Escalation;
use seinhuis_eventstore::Position;
use seinhuis_eventstore::proof::{Book, Notary};
use seinhuis_ingest::{Ingest, IngestParts};
use seinhuis_monitor::{FollowerProgress, Monitor, MonitorParts, MonitorViews, ProofParts};
use seinhuis_notify::Notify;
use seinhuis_projections::{DirectoryView, Follower, Views, work};
use seinhuis_runtime::tasks::Failure;
use seinhuis_runtime::{Background, Clock, Supervisor};

use tonic::service::RoutesBuilder;

use crate::config::Config;
use crate::erasure::Eraser;
use crate::profile::Loaded;
use crate::proof;
use crate::store::Store;

mod connections;
pub mod groups;
mod notices;
mod server;
mod tally;

use groups::Group;
use tally::Tally;

/// A serving hub.
#[derive(Debug)]
pub struct Hub {
    store: Store,
    views: Views,
    others: [Views; 3],
    book: Book,
    directory: DirectoryView,
    supervisor: Supervisor,
    /// The notary's, which outlives the others.
    proving: Supervisor,
    address: SocketAddr,
    tls: bool,
    title: String,
    /// Where the roles behind the door work.
    _background: Background,
    // Held as long as the hub serves: the folder is taken.
    _lock: std::fs::File,
}

impl Hub {
    /// Starts all roles in this process. The port is bound before anything heavy happens.
    pub async fn start(config: &Config, profile: Loaded, store: Store) -> anyhow::Result<Self> {
        let lock = store.folder.lock()?;
        let listener = server::bind(&config.listen).await?;
        let address = listener.local_addr()?;
        store.adopt(&profile.profile).await?;
        let directory = DirectoryView::load(store.log.clone()).await?;
        let supervisor = Supervisor::new();
        supervisor.spawn("directory", directory.clone().run(supervisor.draining()));

        let background = Background::start().context("the background can't be started")?;
        let behind = supervisor.behind(&background);
        let open = async |group| open(&background, &store, group).await;
        let views = open(&groups::VIEWS).await?;
        let follower = Follower::new(store.log.clone(), views.clone());
        spawn_role(&behind, "projections", follower.run(supervisor.draining()));
        let timers = open(&groups::TIMERS).await?;
        let matching = open(&groups::MATCHING).await?;
        let notices = open(&groups::NOTICES).await?;
        spawn_roles(&behind, &store, &directory, [&matching, &timers, &notices], config, &profile)?;

        let book = proof::book(config, &store.folder).await?;
        let signer = proof::signer(config, &store.folder, &profile.profile.name, &store.entropy)?;
        let proof = ProofParts { book: book.clone(), key: signer.verifier().clone() };
        let notary = Notary::new(store.log.clone(), book.clone(), signer);
        let signed = notary.progress();
        let proving = Supervisor::new();
        spawn_role(&proving.behind(&background), "proof", notary.run(proving.draining().cancelled_owned()));

        let tally = Tally::default();
        let (gate, routes) = {
            let ingest = ingest(config, &store, &directory, &tally, &supervisor);
            let watched =
                [("views", &views), ("casework", &matching), ("escalation", &timers), ("notify", &notices)];
            let followers =
                watched.map(|(name, of)| FollowerProgress { name: name.into(), position: of.progress() });
            let notary = FollowerProgress { name: "proof".into(), position: signed };
            let counts = tally.clone();
            let monitor = Monitor::new(MonitorParts {
                log: store.log.clone(),
                keyring: store.keyring.clone(),
                directory: directory.clone(),
                proof,
                views: MonitorViews { main: views.clone(), timers: timers.clone(), notices: notices.clone() },
                followers: followers.into_iter().chain([notary]).collect(),
                clock: store.clock.clone(),
                tally: Arc::new(move || counts.list()),
                drain: supervisor.draining(),
            });
            let mut routes = RoutesBuilder::default();
            ingest.add_to(&mut routes);
            monitor.add_to(&mut routes);
            let denied = tally.clone();
            let on_denied = Arc::new(move |reason: &'static str| denied.count(&format!("denied.{reason}")));
            (GateLayer::new(current(&directory), now(&store.clock), on_denied), routes)
        };
        let tls = config.listen.tls().is_some();
        supervisor.spawn(
            "server",
            server::serve(listener, &config.listen, gate, routes, supervisor.draining()).await?,
        );
        let others = [matching, timers, notices];
        let title = profile.profile.title;
        Ok(Self {
            store,
            views,
            others,
            book,
            directory,
            supervisor,
            proving,
            address,
            tls,
            title,
            _background: background,
            _lock: lock,
        })
    }

    /// The municipality it serves.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("{}://{}", if self.tls { "https" } else { "http" }, self.address)
    }

    /// Log, keys and folder.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Who is who.
    pub fn directory(&self) -> &DirectoryView {
        &self.directory
    }

    /// Waits until the read models that people look at have reached a position.
    pub async fn reached(&self, position: Position, timeout: Duration) -> anyhow::Result<()> {
        Ok(self.views.reached(position, timeout).await?)
    }

    /// Resolves when a task has failed.
    pub async fn failed(&self) -> Failure {
        self.supervisor.failed().await
    }

    /// Stops taking in, finishes what is under way, and closes the store.
    pub async fn drain(self, deadline: Duration) -> anyhow::Result<()> {
        let drained = self.supervisor.drain(deadline).await;
        // Last, so that what the others still wrote is signed too.
        let signed = self.proving.drain(deadline).await;
        for views in self.others.into_iter().chain([self.views]) {
            views.close().await;
        }
        self.book.close().await;
        self.store.close().await;
        drained.and(signed).context("not everything was finished in time; nothing acknowledged is lost")
    }
}

fn ingest(
    config: &Config,
    store: &Store,
    directory: &DirectoryView,
    tally: &Tally,
    supervisor: &Supervisor,
) -> Ingest {
    let tally = tally.clone();
    Ingest::new(IngestParts {
        log: store.log.clone(),
        keyring: store.keyring.clone(),
        directory: current(directory),
        clock: store.clock.clone(),
        limits: server::limits(&config.ingest),
        on_outcome: Arc::new(move |sector, outcome| tally.count(&format!("signals.{sector}.{outcome}"))),
        draining: supervisor.draining(),
    })
}

fn spawn_roles(
    supervisor: &Supervisor,
    store: &Store,
    directory: &DirectoryView,
    [matching, timers, notices]: [&Views; 3],
    config: &Config,
    profile: &Loaded,
) -> anyhow::Result<()> {
    let log = || store.log.clone();
    let follower = |views: &Views| Follower::new(log(), views.clone());
    let casework =
        Casework::new(log(), follower(matching), matching.clone(), directory.clone(), store.clock.clone());
    spawn_role(supervisor, "casework", work(casework, supervisor.draining()));
    let escalation =
        Escalation::new(log(), follower(timers), timers.clone(), directory.clone(), store.clock.clone());
    spawn_role(supervisor, "escalation", work(escalation, supervisor.draining()));
    let notify = Notify::new(seinhuis_notify::NotifyParts {
        log: log(),
        follower: follower(notices),
        views: notices.clone(),
        directory: directory.clone(),
        clock: store.clock.clone(),
        delivery: notices::delivery(&config.notify, &store.folder)?,
        contacts: notices::contacts(&profile.contacts),
        retry: notices::retry(&config.notify)?,
    });
    spawn_role(supervisor, "notify", work(notify, supervisor.draining()));
    let eraser = Eraser::new(log(), store.keyring.clone(), store.clock.clone());
    spawn_role(supervisor, "erasure", eraser.run(supervisor.draining()));
    Ok(())
}

/// A role that meets an event it can't take in stops by itself, loudly; the others go on.
fn spawn_role(
    supervisor: &Supervisor,
    name: &'static str,
    role: impl Future<Output = Result<(), impl std::error::Error + Send + 'static>> + Send + 'static,
) {
    let watched = async move {
        if let Err(fault) = role.await {
            tracing::error!(role = name, fault = &fault as &dyn std::error::Error, "the role has stopped");
        }
        Ok::<_, std::convert::Infallible>(())
    };
    supervisor.spawn(name, watched);
}

/// Opens read models where they are worked on: a connection to a file is a thread, and asks for as much as who made it.
async fn open(background: &Background, store: &Store, group: &'static Group) -> anyhow::Result<Views> {
    let url = store.folder.views_url(group.name);
    let opened = background.handle().spawn(async move { Views::open(&url, group.models).await });
    opened.await?.with_context(|| format!("can't open the read models {}", group.name))
}

fn current(directory: &DirectoryView) -> seinhuis_contract::gate::CurrentDirectory {
    let directory = directory.clone();
    Arc::new(move || directory.current())
}

fn now(clock: &Clock) -> seinhuis_contract::gate::Now {
    let clock = clock.clone();
    Arc::new(move || clock.now())
}
