//! The server of the scene, with the gate before it and the followers behind it.

use std::net::SocketAddr;
use std::sync::Arc;

use seinhuis_contract::gate::GateLayer;
use seinhuis_eventstore::keyring::Keyring;
use seinhuis_eventstore::proof::{Book, Signer};
use seinhuis_eventstore::{Context, Leases, Log};
use seinhuis_monitor::{CheckedWith, FollowerProgress, Monitor, MonitorParts, MonitorViews, ProofParts};
use seinhuis_projections::{DirectoryView, Follower, Model, Place, Places, Views};
use seinhuis_runtime::{Clock, Entropy};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::metadata::MetadataValue;
use tonic::service::{Interceptor, Routes};
use tonic::transport::{Channel, Server};
use tonic::{Request, Status};

use super::{Scene, accounts};

/// Live streams the scene's hub has room for.
pub(crate) const WATCHES: usize = 20;

/// Shows a token with every call; nothing for `nobody`.
#[derive(Clone)]
pub(crate) struct Bearer(String);

impl Bearer {
    pub(super) fn of(who: &str) -> Self {
        Self(who.to_owned())
    }
}

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if self.0 != "nobody" {
            let shown = format!("Bearer {}", accounts::token(&self.0).reveal());
            request.metadata_mut().insert("authorization", MetadataValue::try_from(shown).unwrap());
        }
        Ok(request)
    }
}

impl Scene {
    /// A hub with nothing in it but the accounts.
    pub(crate) async fn begin() -> Self {
        let scene = Self::stalled().await;
        scene.follow();
        scene
    }

    /// Has the read models follow the log.
    pub(crate) fn follow(&self) {
        for views in [&self.views.main, &self.views.timers, &self.views.notices, &self.views.versions] {
            let follower = Follower::new(self.log.clone(), views.clone());
            tokio::spawn(follower.run(self.drain.clone()));
        }
    }

    /// A hub whose read models don't follow the log yet.
    pub(crate) async fn stalled() -> Self {
        Self::stalled_before(Handle::current()).await
    }

    /// The same, whose background is this.
    pub(crate) async fn stalled_before(background: Handle) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
        let log = Log::open(&url("log.sqlite")).await.unwrap();
        let (keys, master) = (folder.path().join("keys.sqlite"), folder.path().join("master.key"));
        let keyring = Keyring::open(&keys, &master, Entropy::seeded(7)).await.unwrap();
        let clock = Clock::manual("2026-03-09T09:30:00Z".parse().unwrap());
        accounts::admit_all(&log, &Context { actor: "role:test".into(), at: clock.now(), trace: None }).await;

        let book = Book::open(&url("proof.sqlite")).await.unwrap();
        let key = folder.path().join("proof.key");
        let signer = Signer::open(&key, "seinhuis/test", &Entropy::seeded(9)).unwrap();
        let drain = CancellationToken::new();
        let directory = DirectoryView::load(log.clone()).await.unwrap();
        tokio::spawn(directory.clone().run(drain.clone()));
        let views = MonitorViews {
            main: Views::open(&url("views.sqlite"), Model::ASKED).await.unwrap(),
            timers: Views::open(&url("timers.sqlite"), &[Model::Timers]).await.unwrap(),
            notices: Views::open(&url("notices.sqlite"), &[Model::Notices]).await.unwrap(),
            versions: Views::open(&url("versions.sqlite"), &[Model::Versions, Model::Flow]).await.unwrap(),
        };
        let named = [("views", &views.main), ("timers", &views.timers), ("notices", &views.notices)];
        let progress = |(name, views): (&str, &Views)| FollowerProgress {
            name: name.into(),
            role: name.into(),
            faults: None,
            position: views.progress(),
        };
        let followers = named.map(progress).into();
        let parts = MonitorParts {
            log: log.clone(),
            leases: Leases::of(&log, "test".into()),
            keyring: keyring.clone(),
            directory: directory.clone(),
            views: views.clone(),
            places: places(&url),
            background,
            followers,
            proof: ProofParts { book: book.clone(), key: checked_with(&signer) },
            clock: clock.clone(),
            tally: Arc::new(|| vec![("denied.NO_TOKEN".into(), 3)]),
            drain: drain.clone(),
        };
        let address = serve(&Monitor::with_watches(parts, WATCHES), &directory, &clock).await;
        let url = format!("http://{address}");
        let channel = Channel::from_shared(url.clone()).unwrap().connect().await.unwrap();
        Self { log, keyring, clock, directory, views, book, signer, drain, url, channel, _folder: folder }
    }
}

fn places(url: &impl Fn(&str) -> String) -> Places {
    let place = |name, models| Place { url: url(name), models };
    Places::new(vec![
        place("views.sqlite", Model::ASKED),
        place("timers.sqlite", &[Model::Timers]),
        place("notices.sqlite", &[Model::Notices]),
        place("versions.sqlite", &[Model::Versions, Model::Flow]),
    ])
}

fn checked_with(signer: &Signer) -> CheckedWith {
    let key = signer.verifier().clone();
    Arc::new(move || Some(key.clone()))
}

async fn serve(monitor: &Monitor, directory: &DirectoryView, clock: &Clock) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (directory, clock) = (directory.clone(), clock.clone());
    let gate = GateLayer::new(
        Arc::new(move || directory.current()),
        Arc::new(move || clock.now()),
        Arc::new(|_| {}),
    );
    let mut routes = Routes::builder();
    monitor.add_to(&mut routes);
    let server = Server::builder().layer(gate).add_routes(routes.routes());
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    address
}
