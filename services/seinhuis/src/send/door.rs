//! The hub's door for one sector: opens a stream of signals and gives the receipts.

use std::future::ready;

use futures::StreamExt;
use futures::stream::BoxStream;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{
    CareIngestServiceReportStreamRequest, HousingIngestServiceReportStreamRequest,
    MunicipalIngestServiceReportStreamRequest, PoliceIngestServiceReportStreamRequest, Receipt,
    care_ingest_service_client::CareIngestServiceClient,
    housing_ingest_service_client::HousingIngestServiceClient,
    municipal_ingest_service_client::MunicipalIngestServiceClient,
    police_ingest_service_client::PoliceIngestServiceClient,
};
use seinhuis_domain::sector::Sector;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::client::Authed;

/// The receipts of one stream, in the order of its signals.
pub(super) type Receipts = BoxStream<'static, Result<Receipt, Status>>;

/// The door for one sector.
pub(super) struct Door {
    hub: Authed,
    sector: Sector,
}

macro_rules! stream {
    ($door:ident, $signals:ident, $sector:ident, $client:ident, $request:ident) => {{
        // The map has one sector, so there are no others to leave out.
        let requests = ReceiverStream::new($signals).filter_map(|signal| {
            ready(match signal {
                SectorSignal::$sector(signal) => Some($request { signal: Some(signal) }),
                _ => None,
            })
        });
        let answers = $client::new($door.hub.clone()).report_stream(requests).await?;
        Ok(answers.into_inner().map(|answer| answer.map(|answer| answer.receipt.unwrap_or_default())).boxed())
    }};
}

impl Door {
    /// The door of a hub.
    pub(super) fn new(hub: Authed, sector: Sector) -> Self {
        Self { hub, sector }
    }

    /// Opens a stream: `signals` in, their receipts out.
    pub(super) async fn open(&self, signals: mpsc::Receiver<SectorSignal>) -> Result<Receipts, Status> {
        match self.sector {
            Sector::Police => {
                stream!(
                    self,
                    signals,
                    Police,
                    PoliceIngestServiceClient,
                    PoliceIngestServiceReportStreamRequest
                )
            }
            Sector::Housing => {
                stream!(
                    self,
                    signals,
                    Housing,
                    HousingIngestServiceClient,
                    HousingIngestServiceReportStreamRequest
                )
            }
            Sector::Care => {
                stream!(self, signals, Care, CareIngestServiceClient, CareIngestServiceReportStreamRequest)
            }
            Sector::Municipal => stream!(
                self,
                signals,
                Municipal,
                MunicipalIngestServiceClient,
                MunicipalIngestServiceReportStreamRequest
            ),
        }
    }
}
