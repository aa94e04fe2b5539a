//! Reporting through the door of a sector: one long-lived stream, a receipt for every signal, in order.

use futures::StreamExt;
use futures::stream::{BoxStream, Stream};
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
use tonic::Status;

use crate::client::Authed;

/// The receipts of a stream of signals.
pub type Receipts = BoxStream<'static, Result<Receipt, Status>>;

/// Opens a stream to the door of `sector`. Signals of another sector are left out; there are none in a stream that is
/// made for its sector.
pub async fn report(
    channel: Authed,
    sector: Sector,
    signals: impl Stream<Item = SectorSignal> + Send + 'static,
) -> Result<Receipts, Status> {
    macro_rules! through {
        ($client:ident, $variant:ident, $request:ident) => {{
            let requests = signals.filter_map(|signal| async move {
                match signal {
                    SectorSignal::$variant(signal) => Some($request { signal: Some(signal) }),
                    _ => None,
                }
            });
            let answers = $client::new(channel).report_stream(requests).await?.into_inner();
            answers.map(|answer| answer.map(|answer| answer.receipt.unwrap_or_default())).boxed()
        }};
    }
    Ok(match sector {
        Sector::Police => through!(PoliceIngestServiceClient, Police, PoliceIngestServiceReportStreamRequest),
        Sector::Housing => {
            through!(HousingIngestServiceClient, Housing, HousingIngestServiceReportStreamRequest)
        }
        Sector::Care => through!(CareIngestServiceClient, Care, CareIngestServiceReportStreamRequest),
        Sector::Municipal => {
            through!(MunicipalIngestServiceClient, Municipal, MunicipalIngestServiceReportStreamRequest)
        }
    })
}
