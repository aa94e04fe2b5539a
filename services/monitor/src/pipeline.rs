//! Whether everything flows. `PipelineService` of the contract.

use std::pin::Pin;
use std::sync::Arc;

use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::proto::monitor::v1::pipeline_service_server::PipelineService;
use seinhuis_contract::proto::monitor::v1::{
    Follower, GetPipelineRequest, GetPipelineResponse, Lease, Tally, WatchPipelineRequest,
    WatchPipelineResponse,
};
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::access::Ask;
use seinhuis_eventstore::Holding;
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use crate::asker::Asker;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::live::stay::Stay;

mod flow;

use flow::Flowing;

/// The service.
#[derive(Debug)]
pub(crate) struct Pipeline {
    hub: Arc<Hub>,
}

impl Pipeline {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    async fn pipeline(&self, asker: &Asker) -> Result<GetPipelineResponse, Failure> {
        asker.may(Ask::FactsOutline)?;
        let hub = &self.hub;
        // Followers first, head next: a lag is never told smaller than it is.
        let positions: Vec<_> = hub
            .parts
            .followers
            .iter()
            .map(|follower| (follower.name.clone(), *follower.position.borrow()))
            .collect();
        let head = hub.parts.log.head();
        let followers = positions.into_iter().map(|(name, at)| Follower {
            name,
            position: at.0,
            lag: head.0.saturating_sub(at.0),
        });
        Ok(GetPipelineResponse {
            head: head.0,
            as_of: Some(time::to_wire(hub.parts.clock.now())),
            followers: followers.collect(),
            tallies: tallies(hub).await?,
            leases: leases(hub).await?,
        })
    }

    fn watch(&self, request: &Request<WatchPipelineRequest>) -> Result<Answers, Problem> {
        let (stay, ()) = Stay::begin(&self.hub, request, |asker| asker.may(Ask::FactsOutline))?;
        let hub = Arc::clone(&self.hub);
        let latest = self.hub.live.pipeline.watch(&self.hub, (), || Flowing::of(hub));
        Ok(Box::pin(latest.stream(stay)))
    }
}

/// Which process has which role.
async fn leases(hub: &Hub) -> Result<Vec<Lease>, Failure> {
    let held = hub.parts.leases.list().await?.into_iter();
    let left = |left: std::time::Duration| prost_types::Duration::try_from(left).ok();
    let lease = |Holding { name, holder, epoch, left: time, .. }| Lease {
        role: name,
        holder,
        epoch,
        left: left(time),
    };
    Ok(held.map(lease).collect())
}

/// What the log tells since it began and what the process counted since it started, ordered by name.
async fn tallies(hub: &Hub) -> Result<Vec<Tally>, Failure> {
    let of_log = hub.parts.views.main.tally().await?.into_iter();
    let of_log =
        of_log.map(|line| Tally { name: format!("{}.{}", line.what, line.label), count: line.count });
    let of_process = (hub.parts.tally)().into_iter().map(|(name, count)| Tally { name, count });
    let mut tallies: Vec<Tally> = of_log.chain(of_process).collect();
    tallies.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(tallies)
}

type Answers = Pin<Box<dyn Stream<Item = Result<Encoded<WatchPipelineResponse>, Status>> + Send>>;

#[tonic::async_trait]
impl PipelineService for Pipeline {
    async fn get_pipeline(
        &self,
        request: Request<GetPipelineRequest>,
    ) -> Result<Response<GetPipelineResponse>, Status> {
        let asker = Asker::of(&request, self.hub.directory())?;
        Ok(Response::new(self.pipeline(&asker).await?))
    }

    type WatchPipelineStream = Answers;

    async fn watch_pipeline(
        &self,
        request: Request<WatchPipelineRequest>,
    ) -> Result<Response<Answers>, Status> {
        Ok(Response::new(self.watch(&request)?))
    }
}
