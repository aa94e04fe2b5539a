//! The board: the open cases of an area. `BoardService` of the contract.

use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use seinhuis_contract::encoded::Encoded;
use seinhuis_contract::proto::monitor::v1::board_service_server::BoardService;
use seinhuis_contract::proto::monitor::v1::{
    BoardRow, FeedbackOwed, GetBoardRequest, GetBoardResponse, WatchBoardsRequest, WatchBoardsResponse,
};
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::access::Ask;
use seinhuis_domain::area::AreaCode;
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use crate::asker::{AskedAreas, Asker};
use crate::failure::Failure;
use crate::hub::Hub;
use crate::limit::Limit;
use crate::live::stay::Stay;

pub(crate) mod age;
pub(crate) mod count;
pub(crate) mod row;
mod watch;

use age::Ages;
use watch::Counting;

/// How many rows a board shows.
const ROWS: Limit = Limit { field: "max_rows", usual: 1_000, most: 10_000 };

/// The service.
#[derive(Debug)]
pub(crate) struct Boards {
    hub: Arc<Hub>,
}

impl Boards {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    async fn board(&self, asker: &Asker, asked: &GetBoardRequest) -> Result<GetBoardResponse, Failure> {
        let AskedAreas { areas, within, code, name } = asker.asked_areas(&asked.area_code)?;
        let rows = ROWS.of(asked.max_rows)?;
        let (views, map) = (&self.hub.parts.views.main, asker.map());
        // Position first, hub's time next: neither promises more than the answer holds.
        let (as_of_position, now) = (views.position(), self.hub.parts.clock.now());
        let work = views.workload(&within, now).await?;
        Ok(GetBoardResponse {
            area_code: code,
            area_name: name,
            as_of_position: as_of_position.0,
            as_of: Some(time::to_wire(now)),
            counts: Some(count::counts(&work)),
            sub_areas: count::sub_areas(&areas, &work, map),
            rows: self.rows(asker, &within, now, rows).await?,
            feedback_owed: self.feedback_owed(asker, &within, now, rows).await?,
        })
    }

    fn watch(&self, request: &Request<WatchBoardsRequest>) -> Result<Answers, Problem> {
        let area = request.get_ref().area_code.clone();
        let (stay, asked) = Stay::begin(&self.hub, request, move |asker| asker.asked_areas(&area))?;
        let hub = Arc::clone(&self.hub);
        let counting = || Counting::of(hub, asked.clone());
        let latest = self.hub.live.boards.watch(&self.hub, asked.clone(), counting);
        Ok(Box::pin(latest.stream(stay)))
    }

    /// The cases, for those who may see cases. Others see how many there are.
    async fn rows(
        &self,
        asker: &Asker,
        within: &[AreaCode],
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<BoardRow>, Failure> {
        let visible = visible(asker, within);
        if visible.is_empty() {
            return Ok(vec![]);
        }
        let cases = self.hub.parts.views.main.workable(&visible, now, limit).await?;
        let mut ages = Ages::at(now, asker.directory());
        Ok(cases.iter().map(|case| row::row(case, now, &mut ages, asker.map())).collect())
    }

    /// The closed cases of which those who reported are still to hear, for those who may see cases.
    async fn feedback_owed(
        &self,
        asker: &Asker,
        within: &[AreaCode],
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<FeedbackOwed>, Failure> {
        let visible = visible(asker, within);
        if visible.is_empty() {
            return Ok(vec![]);
        }
        let cases = self.hub.parts.views.main.feedback_owed(&visible, limit).await?;
        Ok(cases.iter().map(|case| row::feedback_owed(case, now, asker.map())).collect())
    }
}

type Answers = Pin<Box<dyn Stream<Item = Result<Encoded<WatchBoardsResponse>, Status>> + Send>>;

/// The areas whose cases he may see.
fn visible(asker: &Asker, within: &[AreaCode]) -> Vec<AreaCode> {
    within.iter().filter(|area| asker.can(Ask::Case(area))).cloned().collect()
}

#[tonic::async_trait]
impl BoardService for Boards {
    async fn get_board(
        &self,
        request: Request<GetBoardRequest>,
    ) -> Result<Response<GetBoardResponse>, Status> {
        let asker = Asker::of(&request, self.hub.directory())?;
        Ok(Response::new(self.board(&asker, request.get_ref()).await?))
    }

    type WatchBoardsStream = Answers;

    async fn watch_boards(&self, request: Request<WatchBoardsRequest>) -> Result<Response<Answers>, Status> {
        Ok(Response::new(self.watch(&request)?))
    }
}
