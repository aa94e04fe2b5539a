//! The hub, put together: what all roles stand on, the roles of this process, and the server before them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use seinhuis_contract::gate::GateLayer;
use seinhuis_eventstore::Leases;
use seinhuis_projections::{DirectoryView, Faults, Recent};
use seinhuis_runtime::tasks::Failure;
use seinhuis_runtime::{Background, Supervisor};

use crate::config::Config;
use crate::profile::Loaded;
use crate::role::Role;
use crate::store::Store;
use crate::wait;

mod audit;
pub(crate) mod bus;
mod connections;
mod doors;
mod duties;
mod ground;
pub mod groups;
mod health;
pub mod manager;
pub mod measures;
pub(crate) mod notices;
mod ready;
mod roles;
mod seen;
mod server;
mod tally;
mod term;
mod traced;
mod wake;
mod watched;
mod window;

pub use watched::Watched;

use doors::Doors;
use duties::{Duties, Stage};
use ground::Ground;
use health::Health;
use server::Server;

/// How long a process with all roles waits for its own read models before it serves.
const PATIENCE: Duration = Duration::from_secs(10);

/// A serving process of the hub: all of it, or some of its roles.
#[derive(Debug)]
pub struct Hub {
    ground: Ground,
    doors: Doors,
    supervisor: Supervisor,
    /// The role that signs, which outlives the others.
    proving: Supervisor,
    address: SocketAddr,
    tls: bool,
    watched: Watched,
    /// Where the roles that follow the log work.
    _background: Background,
    // Held as long as the hub serves: the folder is taken.
    _lock: Option<std::fs::File>,
}

impl Hub {
    /// Starts the roles of this process, which nothing has watched so far.
    pub async fn start(config: &Config, profile: Loaded, store: Store) -> anyhow::Result<Self> {
        let watched = Watched::begin(config).await?;
        Self::start_watched(config, profile, store, watched).await
    }

    /// Starts the roles of this process. The port is bound before anything heavy happens; what isn't up yet is waited for.
    pub async fn start_watched(
        config: &Config,
        profile: Loaded,
        store: Store,
        watched: Watched,
    ) -> anyhow::Result<Self> {
        // Processes that share a folder share only files that never change; a log in it is one process's own.
        let lock = config.data.log_url.is_none().then(|| store.folder.lock()).transpose()?;
        let listener = server::bind(&config.listen).await?;
        let address = listener.local_addr()?;
        let (reporter, health_service) = tonic_health::server::health_reporter();
        let health = Health::new(reporter, config.serve.roles.clone()).await?;
        let duties = Duties::new(&config.serve.roles, config.serve.silent_after);
        watched.serves(health.clone(), duties.clone());

        store.adopt(&profile.profile).await?;
        let load = async || DirectoryView::load(store.log.clone()).await;
        let directory = wait::opened("the directory", |fault| fault.is_passing(), load).await?;
        let leases = Leases::of(&store.log, watched.name().to_owned());
        let bus = bus::bus(config).await?;
        let (config, profile) = (Arc::new(config.clone()), Arc::new(profile));
        let recent = Recent::of(store.log.clone());
        // Receipts and answers go first: whoever follows the log gives way to them on a machine that is busy.
        let background = Background::start().context("the background can't be started")?;
        let behind = background.handle().clone();
        let measures = watched.measures();
        let faults = Arc::new(groups::GROUPS.iter().map(|group| (group.name, Faults::default())).collect());
        let ground = Ground {
            config,
            profile,
            store,
            leases,
            directory,
            recent,
            faults,
            bus,
            health,
            duties,
            measures,
            background: behind,
        };
        if let Some(measures) = &ground.measures {
            measures.observe(&ground);
        }

        let (supervisor, proving) = (Supervisor::new(), Supervisor::new());
        follow_others(&ground, &supervisor);
        let doors = Doors::open(&ground, &supervisor).await?;
        for role in ground.config.serve.roles.iter() {
            let own = if role == Role::Proof { &proving } else { &supervisor };
            roles::begin(role, &ground, &own.behind(&background))?;
        }
        if ground.config.serve.roles.is_all() {
            doors.ready(PATIENCE).await;
        }
        let gate = GateLayer::new(ground.current(), ground.now(), doors.on_denied(ground.measures.clone()));
        let settings = Arc::clone(&ground.config);
        let server = Server { settings, gate, health: health_service, drain: supervisor.draining() };
        let tls = ground.config.listen.tls().is_some();
        supervisor.spawn("server", server.serve(listener, doors.routes())?);
        ground.health.reachable(true).await;
        for door in [Role::Ingest, Role::Monitor] {
            ground.duties.does(door, Stage::Works);
        }
        Ok(Self {
            ground,
            doors,
            supervisor,
            proving,
            address,
            tls,
            watched,
            _background: background,
            _lock: lock,
        })
    }

    /// The municipality it serves.
    pub fn title(&self) -> &str {
        &self.ground.profile.profile.title
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("{}://{}", if self.tls { "https" } else { "http" }, self.address)
    }

    /// Log, folder and clock.
    pub fn store(&self) -> &Store {
        &self.ground.store
    }

    /// Who is who.
    pub fn directory(&self) -> &DirectoryView {
        &self.ground.directory
    }

    /// Resolves when a task has failed.
    pub async fn failed(&self) -> Failure {
        self.supervisor.failed().await
    }

    /// Stops taking in, finishes what is under way, lets go of the leases, and closes what is open.
    pub async fn drain(self, deadline: Duration) -> anyhow::Result<()> {
        manager::stops();
        self.ground.health.draining().await;
        let drained = self.supervisor.drain(deadline).await;
        // Last, so that what the others still wrote is signed too.
        let signed = self.proving.drain(deadline).await;
        self.doors.close().await;
        self.ground.store.close().await;
        self.watched.end().await;
        drained.and(signed).context("not everything was finished in time; nothing acknowledged is lost")
    }
}

/// What keeps this process up with the log and with the other processes.
fn follow_others(ground: &Ground, supervisor: &Supervisor) {
    let drain = || supervisor.draining();
    let (log, bus) = (|| ground.store.log.clone(), || ground.bus.clone());
    supervisor.spawn("directory", ground.directory.clone().run(drain()));
    for door in [Role::Ingest, Role::Monitor] {
        ground.duties.hear(door, "directory", ground.directory.pulse());
    }
    supervisor.spawn("duties", duties::listen(ground.duties.clone(), ground.health.clone(), drain()));
    supervisor.spawn("wake", wake::tell(log(), bus(), drain()));
    supervisor.spawn("heads", wake::hear(log(), bus(), ground.health.clone(), drain()));
    supervisor.spawn("manager", manager::alive(drain()));
}
