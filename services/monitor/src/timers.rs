//! The climbs to come. `TimerService` of the contract.

use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use seinhuis_contract::act::planned_step;
use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::proto::monitor::v1::timer_service_server::TimerService;
use seinhuis_contract::proto::monitor::v1::{
    ListTimersRequest, ListTimersResponse, Timer, WatchTimersRequest, WatchTimersResponse,
};
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::access::Ask;
use seinhuis_projections::DueTimer;
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use crate::asker::{Asker, inside};
use crate::failure::Failure;
use crate::hub::Hub;
use crate::limit::Limit;
use crate::live::stay::Stay;

pub(crate) mod fired;
pub(crate) mod plan;
mod watch;

use plan::{Asked, Planning};
use watch::Watcher;

/// How many timers are shown.
const PAGE: Limit = Limit { field: "page_size", usual: 100, most: 1_000 };

/// The same, of those who watch.
const MOST: Limit = Limit { field: "max_timers", ..PAGE };

/// The service.
#[derive(Debug)]
pub(crate) struct Timers {
    hub: Arc<Hub>,
}

impl Timers {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    async fn list(&self, asker: &Asker, asked: &ListTimersRequest) -> Result<ListTimersResponse, Failure> {
        // A timer names its case, so this takes the right to see cases.
        let areas = asker.area_or_own(&asked.area_code, |area| Ask::Case(area))?;
        let limit = PAGE.of(asked.page_size)?;
        let (views, now) = (&self.hub.parts.views.timers, self.hub.parts.clock.now());
        let within = inside(&areas, asker.map());
        let (planned, due) = views.timers_planned(&within, now).await?;
        let mut timers = views.timers(&within, limit).await?;
        if asked.due_only {
            // The soonest come first, so those whose time has come are the first of them.
            timers.retain(|timer| timer.step.due_at <= now);
        }
        Ok(ListTimersResponse {
            timers: timers.iter().map(|timer| to_wire(timer, now)).collect(),
            total: if asked.due_only { due } else { planned },
            as_of: Some(time::to_wire(now)),
        })
    }

    fn watch(&self, request: &Request<WatchTimersRequest>) -> Result<Answers, Problem> {
        let (area, limit) = (request.get_ref().area_code.clone(), MOST.of(request.get_ref().max_timers)?);
        let (stay, (areas, within)) = Stay::begin(&self.hub, request, move |asker| {
            let areas = asker.area_or_own(&area, |area| Ask::Case(area))?;
            let within = inside(&areas, asker.map());
            Ok((areas, within))
        })?;
        let (hub, asked) = (Arc::clone(&self.hub), Asked { within, limit });
        let planning = || Planning::of(hub, asked.clone());
        let plan = self.hub.live.plans.watch(&self.hub, asked.clone(), planning);
        Ok(Box::pin(Watcher::new(&self.hub, stay, areas, plan)?.stream()))
    }
}

type Answers = Pin<Box<dyn Stream<Item = Result<Encoded<WatchTimersResponse>, Status>> + Send>>;

fn to_wire(timer: &DueTimer, now: Timestamp) -> Timer {
    let step = planned_step(&timer.step);
    Timer {
        case_id: timer.case.to_string(),
        number: timer.case.number(),
        area_code: timer.area.to_string(),
        to: step.to,
        due_at: step.due_at,
        term: step.term,
        from: step.from,
        cause_dutch: step.cause_dutch,
        cause_english: step.cause_english,
        due: timer.step.due_at <= now,
        remind_at: step.remind_at,
    }
}

#[tonic::async_trait]
impl TimerService for Timers {
    async fn list_timers(
        &self,
        request: Request<ListTimersRequest>,
    ) -> Result<Response<ListTimersResponse>, Status> {
        let asker = Asker::of(&request, self.hub.directory())?;
        Ok(Response::new(self.list(&asker, request.get_ref()).await?))
    }

    type WatchTimersStream = Answers;

    async fn watch_timers(&self, request: Request<WatchTimersRequest>) -> Result<Response<Answers>, Status> {
        Ok(Response::new(self.watch(&request)?))
    }
}
