//! What a person was told, or is going to be, and what becomes of notices to anybody. `NoticeService` of the contract.

use std::pin::Pin;
use std::sync::Arc;

use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::proto::common::v1 as common;
use seinhuis_contract::proto::monitor::v1::notice_service_server::NoticeService;
use seinhuis_contract::proto::monitor::v1::{
    ListNoticesRequest, ListNoticesResponse, Notice, NoticeState, WatchNoticesRequest, WatchNoticesResponse,
};
use seinhuis_contract::status::Problem;
use seinhuis_contract::{time, words};
use seinhuis_domain::access::Denied;
use seinhuis_domain::ids::NoticeId;
use seinhuis_eventstore::Position;
use seinhuis_projections::NoticeRow;
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use crate::asker::Asker;
use crate::facts::start;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::limit::Limit;
use crate::live::sight::Sight;
use crate::live::stay::Stay;
use crate::live::wanted::{Wanted, What};
use crate::live::watcher::Watcher;

pub(crate) mod step;

/// How many notices are shown.
const PAGE: Limit = Limit { field: "page_size", usual: 100, most: 1_000 };

/// The service.
#[derive(Debug)]
pub(crate) struct Inbox {
    hub: Arc<Hub>,
}

impl Inbox {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    async fn list(&self, asker: &Asker, asked: &ListNoticesRequest) -> Result<ListNoticesResponse, Failure> {
        let Some(person) = asker.person() else {
            let denied = Denied::NotAllowed { actor: asker.actor(), what: "have an inbox" };
            return Err(Problem::Denied(denied).into());
        };
        let (limit, before) = (PAGE.of(asked.page_size)?, place(&asked.page_token)?);
        let notices = self.hub.parts.views.notices.notices_to(person, before, limit).await?;
        let last = notices.last().filter(|_| notices.len() == limit);
        let next_page_token = last.map(|last| format!("{}.{}", last.position, last.id)).unwrap_or_default();
        Ok(ListNoticesResponse { notices: notices.iter().map(to_wire).collect(), next_page_token })
    }

    async fn watch(&self, request: Request<WatchNoticesRequest>) -> Result<Answers, Failure> {
        let area = request.get_ref().area_code.clone();
        let right = move |asker: &Asker| Ok(Wanted::all(What::Notices, Sight::of(asker, &area)?));
        let (stay, wanted) = Stay::begin(&self.hub, &request, right)?;
        let asked = request.get_ref();
        let after = start(&self.hub, asked.after_position, asked.from_now).await?;
        Ok(Box::pin(Watcher::new(Arc::clone(&self.hub), stay, wanted, after).stream()))
    }
}

type Answers = Pin<Box<dyn Stream<Item = Result<Encoded<WatchNoticesResponse>, Status>> + Send>>;

/// Where a page begins: before this notice.
fn place(token: &str) -> Result<Option<(Position, NoticeId)>, Problem> {
    if token.is_empty() {
        return Ok(None);
    }
    let read = token
        .split_once('.')
        .and_then(|(position, id)| Some((Position(position.parse().ok()?), id.parse().ok()?)));
    let rule = "the next_page_token of an earlier answer";
    read.map(Some).ok_or_else(|| Problem::field("page_token", token, rule))
}

fn to_wire(notice: &NoticeRow) -> Notice {
    let state = match &notice.outcome {
        None => NoticeState::Waiting,
        Some(outcome) if outcome.channel.is_none() => NoticeState::Withdrawn,
        Some(outcome) if outcome.reason.is_none() => NoticeState::Delivered,
        Some(_) => NoticeState::Failed,
    };
    let channel = notice.outcome.as_ref().and_then(|outcome| outcome.channel);
    Notice {
        id: notice.id.to_string(),
        position: notice.position.0,
        case_id: notice.case.to_string(),
        number: notice.number.clone(),
        area_code: notice.area.to_string(),
        rung: words::number::<common::Rung>(notice.rung),
        reminder: notice.reminder.unwrap_or_default(),
        cause_dutch: notice.cause.dutch().to_owned(),
        cause_english: notice.cause.english().to_owned(),
        at: Some(time::to_wire(notice.at)),
        deadline: notice.deadline.map(time::to_wire),
        send_at: Some(time::to_wire(notice.send_at)),
        state: state.into(),
        channel: channel.map(|channel| channel.as_str().to_owned()).unwrap_or_default(),
    }
}

#[tonic::async_trait]
impl NoticeService for Inbox {
    async fn list_notices(
        &self,
        request: Request<ListNoticesRequest>,
    ) -> Result<Response<ListNoticesResponse>, Status> {
        let asker = Asker::of(&request, self.hub.directory())?;
        Ok(Response::new(self.list(&asker, request.get_ref()).await?))
    }

    type WatchNoticesStream = Answers;

    async fn watch_notices(
        &self,
        request: Request<WatchNoticesRequest>,
    ) -> Result<Response<Answers>, Status> {
        Ok(Response::new(self.watch(request).await?))
    }
}
