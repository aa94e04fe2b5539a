//! The log as it grows: `LogService` of the contract.

use std::pin::Pin;
use std::sync::Arc;

use seinhuis_contract::gate::Admission;
use seinhuis_contract::proto::monitor::v1::log_service_server::LogService;
use seinhuis_contract::proto::monitor::v1::{WatchFactsRequest, WatchFactsResponse};
use seinhuis_contract::status::Problem;
use seinhuis_eventstore::Position;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::asker::Asker;
use crate::failure::Failure;
use crate::hub::Hub;

pub(crate) mod headline;
mod sight;
mod watch;

use sight::Sight;
use watch::Watch;

/// Answers made ready for a reader who hasn't taken them yet (INV-11).
const READY: usize = 256;

/// The service.
#[derive(Debug)]
pub(crate) struct Facts {
    hub: Arc<Hub>,
}

impl Facts {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    async fn watch(&self, request: Request<WatchFactsRequest>) -> Result<Answers, Failure> {
        let asker = Asker::of(&request, self.hub.directory())?;
        let admission = request.extensions().get::<Admission>().ok_or(Problem::NoToken)?.clone();
        let asked = request.into_inner();
        let sight = Sight::of(&asker, &asked.area_code)?;
        if self.hub.parts.drain.is_cancelled() {
            return Err(Problem::Draining.into());
        }
        let room = Arc::clone(&self.hub.watches).try_acquire_owned().map_err(|_| Problem::Overloaded)?;
        let after = self.start(&asked).await?;
        let (ready, answers) = mpsc::channel(READY);
        let watch = Watch::new(Arc::clone(&self.hub), (asker, admission), sight, after, ready);
        tokio::spawn(async move {
            watch.run().await;
            drop(room);
        });
        Ok(Box::pin(ReceiverStream::new(answers)))
    }

    /// After which position to begin.
    async fn start(&self, asked: &WatchFactsRequest) -> Result<Position, Failure> {
        let wanted = Position(asked.after_position);
        let mut head = self.hub.parts.log.head();
        if !asked.from_now && wanted > head {
            // Another process may have written what this one hasn't heard of; reading there tells.
            head = head.max(self.hub.parts.log.read(Position(wanted.0 - 1), 1).await?.head);
            if wanted > head {
                return Err(Problem::BeyondTheLog { head: head.0 }.into());
            }
        }
        Ok(if asked.from_now { head } else { wanted })
    }
}

type Answers = Pin<Box<dyn Stream<Item = Result<WatchFactsResponse, Status>> + Send>>;

#[tonic::async_trait]
impl LogService for Facts {
    type WatchFactsStream = Answers;

    async fn watch_facts(&self, request: Request<WatchFactsRequest>) -> Result<Response<Answers>, Status> {
        Ok(Response::new(self.watch(request).await?))
    }
}
