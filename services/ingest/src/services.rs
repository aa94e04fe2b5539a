//! The four gRPC services. They differ in their messages only.

use futures::stream::StreamExt;
use seinhuis_contract::lenient::Received;
use seinhuis_contract::proto::ingest::v1 as wire;
use seinhuis_domain::sector::Sector;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming};

use crate::Ingest;
use crate::incoming::Incoming;

macro_rules! door {
    (
        $sector:ident, $module:ident :: $service:ident,
        $one:ident -> $answer:ident, $next:ident -> $receipt:ident
    ) => {
        #[tonic::async_trait]
        impl wire::$module::$service for Ingest {
            type ReportStreamStream = BoxStream<wire::$receipt>;

            async fn report(
                &self,
                request: Request<Received<wire::$one>>,
            ) -> Result<Response<wire::$answer>, Status> {
                let caller = self.caller(request.extensions(), request.metadata(), Sector::$sector)?;
                let arrived = match request.into_inner() {
                    Received::Message(request) => Received::Message(request.signal.map(Incoming::from)),
                    Received::Undecodable { message } => Received::Undecodable { message },
                };
                let receipt = self.one(&caller, arrived).await?;
                Ok(Response::new(wire::$answer { receipt: Some(receipt) }))
            }

            async fn report_stream(
                &self,
                request: Request<Streaming<Received<wire::$next>>>,
            ) -> Result<Response<Self::ReportStreamStream>, Status> {
                let caller = self.caller(request.extensions(), request.metadata(), Sector::$sector)?;
                let signal = |next: wire::$next| next.signal.map(Incoming::from);
                let receipts = self.stream(caller, request.into_inner(), signal);
                let answers = receipts.map(|receipt| Ok(wire::$receipt { receipt: Some(receipt?) }));
                Ok(Response::new(answers.boxed()))
            }
        }
    };
}

door! {
    Police, police_ingest_service_server::PoliceIngestService,
    PoliceIngestServiceReportRequest -> PoliceIngestServiceReportResponse,
    PoliceIngestServiceReportStreamRequest -> PoliceIngestServiceReportStreamResponse
}
door! {
    Housing, housing_ingest_service_server::HousingIngestService,
    HousingIngestServiceReportRequest -> HousingIngestServiceReportResponse,
    HousingIngestServiceReportStreamRequest -> HousingIngestServiceReportStreamResponse
}
door! {
    Care, care_ingest_service_server::CareIngestService,
    CareIngestServiceReportRequest -> CareIngestServiceReportResponse,
    CareIngestServiceReportStreamRequest -> CareIngestServiceReportStreamResponse
}
door! {
    Municipal, municipal_ingest_service_server::MunicipalIngestService,
    MunicipalIngestServiceReportRequest -> MunicipalIngestServiceReportResponse,
    MunicipalIngestServiceReportStreamRequest -> MunicipalIngestServiceReportStreamResponse
}
