//! The health of the server, as gRPC asks for it: the whole, each service, each role as `role/<name>`, and what the auditor
//! finds as `audit`. A role that stands by is as healthy as one at work: both do what they should. One of which nothing is
//! heard is not, however far it is.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use seinhuis_contract::proto::FILE_DESCRIPTOR_SET;
use tokio::sync::Mutex;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::role::{Role, Roles};

/// What the auditor finds.
const AUDIT: &str = "audit";

/// Tells who asks how the process is. Clones tell the same.
#[derive(Debug, Clone)]
pub(super) struct Health {
    reporter: HealthReporter,
    roles: Roles,
    services: Arc<Vec<String>>,
    state: Arc<Mutex<State>>,
    /// What is asked of it in passing.
    told: Arc<Told>,
}

#[derive(Debug, Default)]
struct Told {
    reachable: AtomicBool,
    draining: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    /// Whether the log answers.
    reachable: bool,
    draining: bool,
    /// Roles that met what they can't get past.
    stopped: BTreeSet<Role>,
    /// Roles with a follower of which nothing is heard.
    silent: BTreeSet<Role>,
    /// Whether the auditor has looked, and found nothing wrong.
    is_sound: bool,
}

impl State {
    fn of(&self, role: Role) -> bool {
        let is_stuck = self.stopped.contains(&role) || self.silent.contains(&role);
        self.reachable && !self.draining && !is_stuck
    }
}

impl Health {
    /// Of a process with these roles, which serves nothing yet.
    pub(super) async fn new(reporter: HealthReporter, roles: Roles) -> anyhow::Result<Self> {
        let services = Arc::new(services()?);
        let health = Self { reporter, roles, services, state: Arc::default(), told: Arc::default() };
        health.change(|_| {}).await;
        Ok(health)
    }

    /// The log answers, or it doesn't.
    pub(super) async fn reachable(&self, answers: bool) {
        if self.state.lock().await.reachable != answers {
            self.change(|state| state.reachable = answers).await;
        }
    }

    /// `role` has met what it can't get past.
    pub(super) async fn stopped(&self, role: Role) {
        self.change(|state| state.stopped.extend([role])).await;
    }

    /// These roles have followers of which nothing is heard, and no others have.
    pub(super) async fn silent(&self, roles: BTreeSet<Role>) {
        let known = self.state.lock().await.silent.clone();
        if known == roles {
            return;
        }
        for role in roles.difference(&known) {
            tracing::error!(%role, "a follower of the role is stuck: nothing is heard of it");
        }
        for role in known.difference(&roles) {
            tracing::info!(%role, "the followers of the role are heard again");
        }
        self.change(|state| state.silent = roles).await;
    }

    /// Whether the log answered when it was asked last.
    pub(super) fn is_reachable(&self) -> bool {
        self.told.reachable.load(Ordering::Relaxed)
    }

    /// Whether the process takes nothing more.
    pub(super) fn is_draining(&self) -> bool {
        self.told.draining.load(Ordering::Relaxed)
    }

    /// The auditor has looked at the ladder, and it is sound or it isn't.
    pub(super) async fn audited(&self, is_sound: bool) {
        if self.state.lock().await.is_sound != is_sound {
            self.change(|state| state.is_sound = is_sound).await;
        }
    }

    /// The process takes nothing more.
    pub(super) async fn draining(&self) {
        self.change(|state| state.draining = true).await;
    }

    async fn change(&self, change: impl FnOnce(&mut State)) {
        // Held until all is told: of two changes at once the later one is told last.
        let mut state = self.state.lock().await;
        change(&mut state);
        self.told.reachable.store(state.reachable, Ordering::Relaxed);
        self.told.draining.store(state.draining, Ordering::Relaxed);
        let whole = state.reachable && !state.draining;
        self.tell("", whole).await;
        for service in self.services.iter() {
            let role = served_by(service);
            self.tell(service, self.roles.has(role) && state.of(role)).await;
        }
        for role in self.roles.iter() {
            self.tell(&in_health(role), state.of(role)).await;
        }
        if self.roles.has(Role::Monitor) {
            self.tell(AUDIT, whole && state.is_sound).await;
        }
    }

    async fn tell(&self, name: &str, serves: bool) {
        let status = if serves { ServingStatus::Serving } else { ServingStatus::NotServing };
        self.reporter.set_service_status(name, status).await;
    }
}

/// What a role is called.
fn in_health(role: Role) -> String {
    format!("role/{role}")
}

/// Every service of the contract, by its full name.
fn services() -> anyhow::Result<Vec<String>> {
    let pool = prost_reflect::DescriptorPool::decode(FILE_DESCRIPTOR_SET)?;
    Ok(pool.services().map(|service| service.full_name().to_owned()).collect())
}

fn served_by(service: &str) -> Role {
    if service.starts_with("seinhuis.ingest.") { Role::Ingest } else { Role::Monitor }
}

#[cfg(test)]
mod specs {
    use super::*;
    use tonic_health::pb::HealthCheckRequest;
    use tonic_health::pb::health_server::Health as _;
    use tonic_health::server::HealthService;

    const POLICE: &str = "seinhuis.ingest.v1.PoliceIngestService";
    const BOARD: &str = "seinhuis.monitor.v1.BoardService";

    struct Scene {
        asked: HealthService,
        health: Health,
    }

    impl Scene {
        async fn of(roles: &str) -> Self {
            let reporter = HealthReporter::new();
            let asked = HealthService::from_health_reporter(reporter.clone());
            Self { asked, health: Health::new(reporter, roles.parse().unwrap()).await.unwrap() }
        }

        /// Whether `name` serves; none: nobody answers for it.
        async fn serves(&self, name: &str) -> Option<bool> {
            let request = tonic::Request::new(HealthCheckRequest { service: name.to_owned() });
            let answer = self.asked.check(request).await.ok()?;
            Some(answer.into_inner().status == ServingStatus::Serving as i32)
        }
    }

    #[tokio::test]
    async fn nothing_serves_before_the_log_answers() {
        let scene = Scene::of("ingest,casework").await;
        for name in ["", POLICE, "role/ingest", "role/casework"] {
            assert_eq!(scene.serves(name).await, Some(false), "{name}");
        }
        scene.health.reachable(true).await;
        for name in ["", POLICE, "role/ingest", "role/casework"] {
            assert_eq!(scene.serves(name).await, Some(true), "{name}");
        }
    }

    #[tokio::test]
    async fn a_process_serves_the_services_of_its_roles_and_no_other() {
        let scene = Scene::of("ingest").await;
        scene.health.reachable(true).await;
        assert_eq!((scene.serves(POLICE).await, scene.serves(BOARD).await), (Some(true), Some(false)));
        assert_eq!(scene.serves("role/monitor").await, None);
    }

    #[tokio::test]
    async fn a_role_with_a_silent_follower_is_down_alone_until_it_is_heard_again() {
        let scene = Scene::of("all").await;
        scene.health.reachable(true).await;
        scene.health.silent([Role::Projections].into()).await;
        assert_eq!(scene.serves("role/projections").await, Some(false));
        assert_eq!((scene.serves("").await, scene.serves("role/notify").await), (Some(true), Some(true)));
        scene.health.silent([].into()).await;
        assert_eq!(scene.serves("role/projections").await, Some(true));
    }

    #[tokio::test]
    async fn a_role_that_stopped_is_down_alone_and_a_drain_takes_all_down() {
        let scene = Scene::of("all").await;
        scene.health.reachable(true).await;
        scene.health.stopped(Role::Casework).await;
        assert_eq!(scene.serves("role/casework").await, Some(false));
        assert_eq!((scene.serves("").await, scene.serves("role/notify").await), (Some(true), Some(true)));
        scene.health.draining().await;
        scene.health.reachable(true).await;
        for name in ["", POLICE, BOARD, "role/notify"] {
            assert_eq!(scene.serves(name).await, Some(false), "{name}");
        }
    }
}
