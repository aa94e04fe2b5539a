//! The services, built from their parts.

use std::sync::Arc;

use seinhuis_contract::proto::case::v1::case_service_server::CaseServiceServer;
use seinhuis_contract::proto::history::v1::history_service_server::HistoryServiceServer;
use seinhuis_contract::proto::monitor::v1::board_service_server::BoardServiceServer;
use seinhuis_contract::proto::monitor::v1::log_service_server::LogServiceServer;
use seinhuis_contract::proto::monitor::v1::notice_service_server::NoticeServiceServer;
use seinhuis_contract::proto::monitor::v1::own_signals_service_server::OwnSignalsServiceServer;
use seinhuis_contract::proto::monitor::v1::pipeline_service_server::PipelineServiceServer;
use seinhuis_contract::proto::monitor::v1::timer_service_server::TimerServiceServer;
use seinhuis_contract::proto::proof::v1::proof_service_server::ProofServiceServer;
use tonic::service::RoutesBuilder;

use crate::board::Boards;
use crate::case::Cases;
use crate::facts::Facts;
use crate::history::History;
use crate::hub::{Hub, MonitorParts};
use crate::inbox::Inbox;
use crate::own_signals::OwnSignals;
use crate::pipeline::Pipeline;
use crate::proofs::Proofs;
use crate::timers::Timers;

/// The largest question read, in bytes. A note is the longest thing anybody sends here.
const LARGEST_QUESTION: usize = 64 << 10;

/// Live streams served at a time.
const WATCHES: usize = 8_192;

/// Everything that is asked of the hub, and what people do about cases.
///
/// The services know who asks from the [`seinhuis_domain::access::Principal`] that the gate leaves in a request's
/// extensions; a request without is denied.
#[derive(Debug, Clone)]
pub struct Monitor {
    hub: Arc<Hub>,
}

impl Monitor {
    /// The monitor of a hub with these parts.
    pub fn new(parts: MonitorParts) -> Self {
        Self::with_watches(parts, WATCHES)
    }

    /// Like [`Monitor::new`], with room for so many live streams; one more is asked to come back later.
    pub fn with_watches(parts: MonitorParts, watches: usize) -> Self {
        Self { hub: Arc::new(Hub::new(parts, watches)) }
    }

    /// Adds every service to a server's routes.
    pub fn add_to(&self, routes: &mut RoutesBuilder) {
        let hub = || Arc::clone(&self.hub);
        let largest = LARGEST_QUESTION;
        routes
            .add_service(CaseServiceServer::new(Cases::new(hub())).max_decoding_message_size(largest))
            .add_service(BoardServiceServer::new(Boards::new(hub())).max_decoding_message_size(largest))
            .add_service(
                OwnSignalsServiceServer::new(OwnSignals::new(hub())).max_decoding_message_size(largest),
            )
            .add_service(LogServiceServer::new(Facts::new(hub())).max_decoding_message_size(largest))
            .add_service(TimerServiceServer::new(Timers::new(hub())).max_decoding_message_size(largest))
            .add_service(NoticeServiceServer::new(Inbox::new(hub())).max_decoding_message_size(largest))
            .add_service(PipelineServiceServer::new(Pipeline::new(hub())).max_decoding_message_size(largest))
            .add_service(HistoryServiceServer::new(History::new(hub())).max_decoding_message_size(largest))
            .add_service(ProofServiceServer::new(Proofs::new(hub())).max_decoding_message_size(largest));
    }
}
