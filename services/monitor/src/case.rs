//! Cases, one at a time: `CaseService` of the contract.

use std::sync::Arc;

use seinhuis_contract::proto::case::v1::case_service_server::CaseService;
use seinhuis_contract::proto::case::v1::{
    ActRequest, ActResponse, GetCaseRequest, GetCaseResponse, ReadContentRequest, ReadContentResponse,
    WhyRequest, WhyResponse,
};
use seinhuis_runtime::trace::{TRACEPARENT, TraceContext};
use tonic::metadata::MetadataValue;
use tonic::{Request, Response, Status};

use crate::asker::Asker;
use crate::hub::Hub;

mod act;
mod cause;
mod content;
pub(crate) mod feedback;
mod find;
mod note;
mod right;
mod rows;
mod show;
mod signals;
mod stale;
mod why;

/// The most notices of one case that are looked at: a case that climbed so often has other troubles.
const NOTICES_MAX: usize = 1_000;

/// The service.
#[derive(Debug)]
pub(crate) struct Cases {
    hub: Arc<Hub>,
}

impl Cases {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    fn asker<T>(&self, request: &Request<T>) -> Result<Asker, Status> {
        Ok(Asker::of(request, self.hub.directory())?)
    }
}

#[tonic::async_trait]
impl CaseService for Cases {
    async fn get_case(&self, request: Request<GetCaseRequest>) -> Result<Response<GetCaseResponse>, Status> {
        let asker = self.asker(&request)?;
        Ok(Response::new(show::show(&self.hub, &asker, &request.get_ref().case).await?))
    }

    async fn why(&self, request: Request<WhyRequest>) -> Result<Response<WhyResponse>, Status> {
        let asker = self.asker(&request)?;
        Ok(Response::new(why::why(&self.hub, &asker, &request.get_ref().case).await?))
    }

    async fn read_content(
        &self,
        request: Request<ReadContentRequest>,
    ) -> Result<Response<ReadContentResponse>, Status> {
        let asker = self.asker(&request)?;
        Ok(Response::new(content::content(&self.hub, &asker, &request.get_ref().case).await?))
    }

    async fn act(&self, request: Request<ActRequest>) -> Result<Response<ActResponse>, Status> {
        let asker = self.asker(&request)?;
        let shown = request.metadata().get(TRACEPARENT).map(MetadataValue::as_bytes);
        let trace = TraceContext::shown(shown).map(|trace| trace.to_string());
        Ok(Response::new(act::act(&self.hub, &asker, request.into_inner(), trace).await?))
    }
}
