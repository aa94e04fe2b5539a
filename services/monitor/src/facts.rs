//! The log as it grows: `LogService` of the contract.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::proto::monitor::v1::log_service_server::LogService;
use seinhuis_contract::proto::monitor::v1::watch_facts_response::Event;
use seinhuis_contract::proto::monitor::v1::{Fact, Parked, Progress, WatchFactsRequest, WatchFactsResponse};
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_eventstore::{Fault, Position};
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use crate::failure::Failure;
use crate::hub::Hub;
use crate::live::sight::Sight;
use crate::live::stay::Stay;
use crate::live::told::{Sharpness, Told};
use crate::live::wanted::{Wanted, What};
use crate::live::watcher::{Answer, Watcher};

pub(crate) mod headline;

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
        let WatchFactsRequest { area_code, types, sectors, .. } = request.get_ref().clone();
        let (stay, wanted) = Stay::begin(&self.hub, &request, move |asker| {
            Wanted::all(What::Facts, Sight::of(asker, &area_code)?).only(asker, &types, &sectors)
        })?;
        let asked = request.get_ref();
        let after = start(&self.hub, asked.after_position, asked.from_now).await?;
        Ok(Box::pin(Watcher::new(Arc::clone(&self.hub), stay, wanted, after).stream()))
    }
}

/// After which position to begin: after the one that was seen last, or at the end.
pub(crate) async fn start(hub: &Hub, seen: u64, from_now: bool) -> Result<Position, Failure> {
    let (log, wanted) = (&hub.parts.log, Position(seen));
    if from_now {
        return Ok(log.head());
    }
    // Another process may have written what this one hasn't heard of.
    if wanted > log.head() && wanted > log.look().await? {
        return Err(Problem::BeyondTheLog { head: log.head().0 }.into());
    }
    Ok(wanted)
}

/// What a fact is to those who follow the log.
pub(crate) fn told(told: &Told<'_>, sharpness: Sharpness) -> Result<Bytes, Fault> {
    let Told { row, directory, .. } = told;
    let outline = Fact {
        position: row.position.0,
        r#type: row.name.clone(),
        recorded_at: Some(time::to_wire(row.recorded_at)),
        ..Fact::default()
    };
    let fact = match sharpness {
        Sharpness::Outline => outline,
        Sharpness::Sharp => {
            let said = headline::headline(told.event()?, &row.stream, directory);
            Fact {
                area_code: row.area.as_ref().map(ToString::to_string).unwrap_or_default(),
                summary_dutch: said.dutch,
                summary_english: said.english,
                ..outline
            }
        }
    };
    Ok(answer(Event::Fact(fact)).into_bytes())
}

fn answer(event: Event) -> Encoded<WatchFactsResponse> {
    Encoded::of(&WatchFactsResponse { event: Some(event) })
}

impl Answer for WatchFactsResponse {
    fn progress(progress: Progress) -> Encoded<Self> {
        answer(Event::Progress(progress))
    }

    fn parked(parked: Parked) -> Encoded<Self> {
        answer(Event::Parked(parked))
    }
}

type Answers = Pin<Box<dyn Stream<Item = Result<Encoded<WatchFactsResponse>, Status>> + Send>>;

#[tonic::async_trait]
impl LogService for Facts {
    type WatchFactsStream = Answers;

    async fn watch_facts(&self, request: Request<WatchFactsRequest>) -> Result<Response<Answers>, Status> {
        Ok(Response::new(self.watch(request).await?))
    }
}
