//! A hub with nothing but a door, a log and a key store, in a folder of its own.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use seinhuis_contract::gate::GateLayer;
use seinhuis_contract::proto::ingest::v1::housing_ingest_service_client::HousingIngestServiceClient;
use seinhuis_contract::proto::ingest::v1::police_ingest_service_client::PoliceIngestServiceClient;
use seinhuis_contract::proto::ingest::v1::{
    Accepted, Common, PoliceIngestServiceReportRequest, PoliceIngestServiceReportStreamRequest, PoliceSignal,
    Receipt, receipt,
};
use seinhuis_contract::time;
use seinhuis_domain::access::Role;
use seinhuis_domain::area::Shape;
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{PartnerId, PersonId};
use seinhuis_domain::partner::PartnerEvent;
use seinhuis_domain::person::PersonEvent;
use seinhuis_domain::profile::ProfileEvent;
use seinhuis_domain::sector::Sector;
use seinhuis_domain::signal::{SignalEvent, SignalFacts};
use seinhuis_domain::token::{IssuedToken, Token};
use seinhuis_eventstore::keyring::Keyring;
use seinhuis_eventstore::{Log, Position, Recorded};
use seinhuis_ingest::{Ingest, IngestParts, Limits, Told};
use seinhuis_runtime::{Clock, Entropy};
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::metadata::MetadataValue;
use tonic::service::interceptor::InterceptedService;
use tonic::service::{Interceptor, RoutesBuilder};
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Status};

/// Who may call, by the number of their token.
pub(crate) const POLICE: u8 = 1;
pub(crate) const HOUSING: u8 = 2;
pub(crate) const REGISSEUR: u8 = 3;
pub(crate) const EXPIRED: u8 = 4;
pub(crate) const NOBODY: u8 = 99;

pub(crate) struct Hub {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) log: Log,
    pub(crate) keyring: Keyring,
    pub(crate) clock: Clock,
    pub(crate) draining: CancellationToken,
    directory: Arc<Mutex<Arc<Directory>>>,
    counted: Arc<Mutex<BTreeMap<&'static str, usize>>>,
    address: SocketAddr,
}

impl Hub {
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("log.sqlite").display());
        let (keys, master) = (folder.path().join("keys.sqlite"), folder.path().join("master.key"));
        let log = Log::open(&url).await.unwrap();
        let keyring = Keyring::open(&keys, &master, Entropy::seeded(7)).await.unwrap();
        let clock = Clock::manual(now());
        let directory = Arc::new(Mutex::new(Arc::new(directory())));
        let counted = Arc::new(Mutex::new(BTreeMap::new()));
        let draining = CancellationToken::new();
        let current = {
            let directory = directory.clone();
            Arc::new(move || directory.lock().unwrap().clone())
        };
        let ingest = Ingest::new(IngestParts {
            log: log.clone(),
            keyring: keyring.clone(),
            directory: current.clone(),
            clock: clock.clone(),
            limits,
            on_outcome: {
                let counted = counted.clone();
                Arc::new(move |told: Told<'_>| *counted.lock().unwrap().entry(told.outcome).or_default() += 1)
            },
            draining: draining.clone(),
        });
        let gate = {
            let (clock, counted) = (clock.clone(), counted.clone());
            let on_denied = move |reason| *counted.lock().unwrap().entry(reason).or_default() += 1;
            GateLayer::new(current, Arc::new(move || clock.now()), Arc::new(on_denied))
        };
        let mut routes = RoutesBuilder::default();
        ingest.add_to(&mut routes);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::builder().layer(gate).add_routes(routes.routes());
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        Self { folder, log, keyring, clock, draining, directory, counted, address }
    }

    /// How often something came out so.
    pub(crate) fn counted(&self, outcome: &str) -> usize {
        self.counted.lock().unwrap().get(outcome).copied().unwrap_or_default()
    }

    /// Takes a token away.
    pub(crate) fn revoke(&self, partner: &str, n: u8) {
        let revoked = Event::Partner(PartnerEvent::PartnerTokenRevoked { hash: token(n).hash() });
        let mut directory = self.directory.lock().unwrap();
        let mut changed = Directory::clone(&directory);
        changed.apply(partner, &revoked).unwrap();
        *directory = Arc::new(changed);
    }

    pub(crate) async fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.address)).unwrap().connect().await.unwrap()
    }

    pub(crate) async fn police(
        &self,
        n: u8,
    ) -> PoliceIngestServiceClient<InterceptedService<Channel, Shown>> {
        PoliceIngestServiceClient::with_interceptor(self.channel().await, Shown(Some(n)))
    }

    pub(crate) async fn police_without_token(
        &self,
    ) -> PoliceIngestServiceClient<InterceptedService<Channel, Shown>> {
        PoliceIngestServiceClient::with_interceptor(self.channel().await, Shown(None))
    }

    pub(crate) async fn housing(
        &self,
        n: u8,
    ) -> HousingIngestServiceClient<InterceptedService<Channel, Shown>> {
        HousingIngestServiceClient::with_interceptor(self.channel().await, Shown(Some(n)))
    }

    pub(crate) async fn stored(&self) -> Vec<Recorded> {
        self.log.read(Position(0), 10_000).await.unwrap().events
    }

    /// The facts of the signal at a place in the log.
    pub(crate) async fn facts(&self, position: u64) -> SignalFacts {
        let page = self.log.read(Position(position - 1), 1).await.unwrap();
        let SignalEvent::SignalReported(facts) = page.events[0].decode().unwrap();
        *facts
    }
}

/// Shows a token, or none.
#[derive(Clone)]
pub(crate) struct Shown(Option<u8>);

impl Interceptor for Shown {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(n) = self.0 {
            request.metadata_mut().insert("authorization", bearer(n));
        }
        Ok(request)
    }
}

pub(crate) fn bearer(n: u8) -> MetadataValue<tonic::metadata::Ascii> {
    format!("Bearer {}", token(n).reveal()).parse().unwrap()
}

fn token(n: u8) -> Token {
    Token::from_entropy([n; 32])
}

pub(crate) fn now() -> Timestamp {
    "2026-03-10T10:00:00Z".parse().unwrap()
}

fn directory() -> Directory {
    let mut directory = Directory::default();
    let mut profile = seinhuis_domain::example::profile();
    // Two districts side by side: Ulft from 6.0 to 6.4 degrees east, Gendringen from there to 6.8.
    for (code, west, east) in [("WK150900", 6.0, 6.4), ("WK150901", 6.4, 6.8)] {
        let ring = vec![[west, 51.8], [east, 51.8], [east, 52.0], [west, 52.0], [west, 51.8]];
        let area = profile.areas.iter_mut().find(|area| area.code.as_str() == code).unwrap();
        area.shape = Some(Shape::from(vec![vec![ring]]));
    }
    let mut apply = |stream: &str, event| directory.apply(stream, &event).unwrap();
    apply("p", Event::Profile(ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(profile) }));
    let issued = |n, hours| {
        let expires_at = now().checked_add(SignedDuration::from_hours(hours)).unwrap();
        IssuedToken { hash: token(n).hash(), expires_at }
    };
    let partners = [("politie", Sector::Police, POLICE, 24), ("wonion", Sector::Housing, HOUSING, 24)];
    for (name, sector, n, hours) in partners.into_iter().chain([("oud", Sector::Police, EXPIRED, -1)]) {
        let id = PartnerId::new(name).unwrap();
        apply(
            name,
            Event::Partner(PartnerEvent::PartnerRegistered { id, name: name.into(), sector, oin: None }),
        );
        apply(name, Event::Partner(PartnerEvent::PartnerTokenIssued(issued(n, hours))));
    }
    let (id, role) = (PersonId::new("regisseur-ulft").unwrap(), Role::Regisseur);
    apply("regisseur-ulft", Event::Person(PersonEvent::PersonAdmitted { id, role, areas: vec![] }));
    apply("regisseur-ulft", Event::Person(PersonEvent::PersonTokenIssued(issued(REGISSEUR, 24))));
    directory
}

/// A signal about nobody in particular, in Ulft.
pub(crate) fn common(reference: &str) -> Common {
    Common {
        reference: reference.into(),
        occurred_at: Some(time::to_wire(now())),
        area_code: "WK150900".into(),
        ..Default::default()
    }
}

pub(crate) fn police(common: Common) -> PoliceSignal {
    PoliceSignal { common: Some(common), kind: 1, ..Default::default() }
}

pub(crate) fn one(common: Common) -> PoliceIngestServiceReportRequest {
    PoliceIngestServiceReportRequest { signal: Some(police(common)) }
}

pub(crate) fn next(common: Common) -> PoliceIngestServiceReportStreamRequest {
    PoliceIngestServiceReportStreamRequest { signal: Some(police(common)) }
}

/// What an acceptance says; panics on a refusal.
pub(crate) fn accepted(receipt: Option<Receipt>) -> Accepted {
    match receipt.unwrap().outcome.unwrap() {
        receipt::Outcome::Accepted(accepted) => accepted,
        receipt::Outcome::Refused(refused) => panic!("refused: {refused:?}"),
    }
}
