//! The door: partners report signals over gRPC, and get a durable receipt for each.
//!
//! A signal is decoded, checked, located and counted against its partner's rate; the identifiers in it become
//! pseudonyms, what is personal is sealed, and the rest goes into the log. The receipt leaves when the log says it is
//! on disk (INV-1). Nothing personal passes this crate (INV-9), and everything in it is bounded (INV-11).

mod bsn;
mod caller;
mod checked;
mod door;
mod fold;
mod incoming;
mod limits;
mod locate;
mod problem;
mod pseudonyms;
mod rate;
mod report;
mod seal;
mod services;
mod validate;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use seinhuis_contract::gate::CurrentDirectory;
use seinhuis_contract::proto::ingest::v1::care_ingest_service_server::CareIngestServiceServer;
use seinhuis_contract::proto::ingest::v1::housing_ingest_service_server::HousingIngestServiceServer;
use seinhuis_contract::proto::ingest::v1::municipal_ingest_service_server::MunicipalIngestServiceServer;
use seinhuis_contract::proto::ingest::v1::police_ingest_service_server::PoliceIngestServiceServer;
use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::sector::Sector;
use seinhuis_eventstore::Log;
use seinhuis_eventstore::keyring::Keyring;
use seinhuis_runtime::Clock;
use tokio_util::sync::CancellationToken;
use tonic::service::RoutesBuilder;

pub use limits::Limits;

use rate::Rates;

/// Is told what became of every signal. It must return at once.
pub type OnOutcome = Arc<dyn Fn(Told<'_>) + Send + Sync>;

/// What became of one signal, or of a call that was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told<'a> {
    /// At whose door.
    pub sector: Sector,
    /// Who reported; none when he was not let in.
    pub partner: Option<&'a PartnerId>,
    /// `NEW`, `DUPLICATE` or the reason of its refusal.
    pub outcome: &'static str,
    /// From when it was read until its outcome was known; none when he was not let in.
    pub took: Option<Duration>,
}

/// What the door needs.
#[derive(Clone)]
pub struct IngestParts {
    /// Where signals go.
    pub log: Log,
    /// What makes pseudonyms and seals.
    pub keyring: Keyring,
    /// Who is who and what lies where.
    pub directory: CurrentDirectory,
    /// The hub's time.
    pub clock: Clock,
    /// What partners may send, and how fast.
    pub limits: Limits,
    /// Counts outcomes.
    pub on_outcome: OnOutcome,
    /// Cancelled when the hub goes down: streams finish what is under way and end.
    pub draining: CancellationToken,
}

/// The four doors, one per sector, with one way in behind them. Clones are the same doors.
#[derive(Clone)]
pub struct Ingest(Arc<Inner>);

struct Inner {
    parts: IngestParts,
    rates: Rates,
}

impl Ingest {
    /// Opens the doors.
    pub fn new(parts: IngestParts) -> Self {
        let rates = Rates::new(&parts.limits, parts.clock.clone());
        Self(Arc::new(Inner { parts, rates }))
    }

    /// Adds the four services to a server's routes. The server must stand behind
    /// [`seinhuis_contract::gate::GateLayer`]: without it every call is refused.
    pub fn add_to(&self, routes: &mut RoutesBuilder) {
        let most = self.0.parts.limits.message_bytes;
        routes
            .add_service(PoliceIngestServiceServer::new(self.clone()).max_decoding_message_size(most))
            .add_service(HousingIngestServiceServer::new(self.clone()).max_decoding_message_size(most))
            .add_service(CareIngestServiceServer::new(self.clone()).max_decoding_message_size(most))
            .add_service(MunicipalIngestServiceServer::new(self.clone()).max_decoding_message_size(most));
    }

    fn parts(&self) -> &IngestParts {
        &self.0.parts
    }

    fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }
}
