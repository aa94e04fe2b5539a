//! The past: an area as it stood at any moment, and at many moments. `HistoryService` of the contract.

use std::cmp::Reverse;
use std::sync::Arc;

use seinhuis_contract::gate::Admission;
use seinhuis_contract::proto::history::v1::history_service_server::HistoryService;
use seinhuis_contract::proto::history::v1::{
    ExportEventsRequest, ExportEventsResponse, ExportModelRequest, ExportModelResponse, GetAsOfRequest,
    GetAsOfResponse, GetSeriesRequest, GetSeriesResponse, Point, RebuildProjectionRequest,
    RebuildProjectionResponse,
};
use seinhuis_contract::proto::monitor::v1::BoardRow;
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::access::Ask;
use seinhuis_domain::area::AreaMap;
use seinhuis_projections::report::{self, Moment};
use seinhuis_projections::{CaseHead, Span};
use tonic::{Request, Response, Status};

use crate::asker::{AskedAreas, Asker};
use crate::board::{age::Ages, count, row};
use crate::failure::Failure;
use crate::hub::Hub;
use crate::limit::Limit;

mod alarm;
mod export;
mod figures;
mod flow;
mod map;
mod moment;
mod outline;
mod period;
mod rebuild;
mod series;
mod themes;

pub(crate) use export::NotWritten;

use map::Choice;
use moment::Then;

/// How many rows and alarms are shown.
const ROWS: Limit = Limit { field: "max_rows", usual: 1_000, most: 10_000 };

/// The service.
#[derive(Debug)]
pub(crate) struct History {
    hub: Arc<Hub>,
}

impl History {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    async fn as_of(&self, asker: &Asker, request: &GetAsOfRequest) -> Result<GetAsOfResponse, Failure> {
        let areas = asker.area_or_own(&request.area_code, |area| Ask::Board(area))?;
        let (most, choice) = (ROWS.of(request.max_rows)?, Choice::of(request.map)?);
        let then = Then::of(&self.hub, request.moment.as_ref()).await?;
        let told = choice.at(&self.hub, then.position);
        let asked = told.asked(asker, areas)?;
        let period = period::period(&self.hub, asker, request, &asked, then).await?;
        let AskedAreas { areas, within, code, name } = asked;
        let cases = self.hub.parts.views.versions.open_cases_at(&within, then.position).await?;
        let moment = Moment { at: then.at, directory: asker.directory() };
        let (work, alarms) = (figures::work(&cases, moment), report::alarms(&cases, moment));
        // Cases are for those who may see cases; others see how many there are.
        let visible = |case: &CaseHead| asker.can(Ask::Case(&case.area));
        let shown = alarms.iter().filter(|alarmed| visible(&alarmed.head)).take(most).map(alarm::to_wire);
        Ok(GetAsOfResponse {
            area_code: code,
            area_name: name,
            position: then.position.0,
            instant: Some(time::to_wire(then.at)),
            figures: Some(figures::figures(&cases, &work, &alarms, moment)),
            sub_areas: count::sub_areas(&areas, &work, told.map()),
            alarms: shown.collect(),
            themes: themes::themes(&areas, &cases, &alarms, moment, told.map()),
            period,
            rows: rows(
                cases.iter().map(|case| &case.head).filter(|case| visible(case)),
                moment,
                told.map(),
                most,
            ),
            outlines: if request.with_outlines { outline::outlines(&areas, told.map()) } else { vec![] },
            map: Some(told.to_wire()),
        })
    }

    async fn series(&self, asker: &Asker, request: &GetSeriesRequest) -> Result<GetSeriesResponse, Failure> {
        let AskedAreas { areas, code, name, .. } = asker.asked_areas(&request.area_code)?;
        let choice = Choice::of(request.map)?;
        let series::Moments { before, moments, until } =
            series::moments(request, self.hub.parts.clock.now())?;
        moment::caught_up(&self.hub).await?;
        let end = Then::known(&self.hub, until).await?.position;
        let views = &self.hub.parts.views.versions;
        let mut points = Vec::with_capacity(moments.len());
        let mut after = Then::known(&self.hub, before).await?.position;
        for at in moments {
            let then = Then::known(&self.hub, at).await?;
            let by = if choice == Choice::End { end } else { then.position };
            let told = choice.at(&self.hub, by);
            let AskedAreas { within, .. } = told.lie_on(asker, areas.clone());
            let cases = views.open_cases_at(&within, then.position).await?;
            let between = (after, then.position);
            after = then.position;
            let moment = Moment { at, directory: asker.directory() };
            let (work, alarms) = (figures::work(&cases, moment), report::alarms(&cases, moment));
            points.push(Point {
                instant: Some(time::to_wire(at)),
                position: then.position.0,
                figures: Some(figures::figures(&cases, &work, &alarms, moment)),
                flow: Some(flow::flow(views, &within, Span::Recorded(between.0, between.1), between).await?),
                map: Some(told.to_wire()),
            });
        }
        Ok(GetSeriesResponse { area_code: code, area_name: name, points })
    }
}

/// In the order in which a board shows them.
fn rows<'c>(
    cases: impl Iterator<Item = &'c CaseHead>,
    moment: Moment<'_>,
    map: &AreaMap,
    most: usize,
) -> Vec<BoardRow> {
    let now = moment.at;
    let mut cases: Vec<_> = cases.collect();
    cases.sort_by_key(|case| {
        let due = case.planned.as_ref().map(|step| step.due_at);
        (Reverse(case.is_overdue(now)), Reverse(case.rung), due.is_none(), due, case.opened_at, case.id)
    });
    let mut ages = Ages::at(now, moment.directory);
    cases.into_iter().take(most).map(|case| row::row(case, now, &mut ages, map)).collect()
}

#[tonic::async_trait]
impl HistoryService for History {
    type ExportModelStream = export::Answers<ExportModelResponse>;
    type ExportEventsStream = export::Answers<ExportEventsResponse>;
    type RebuildProjectionStream = export::Answers<RebuildProjectionResponse>;

    async fn export_model(
        &self,
        request: Request<ExportModelRequest>,
    ) -> Result<Response<Self::ExportModelStream>, Status> {
        let asker = Asker::of(&request, self.hub.directory())?;
        Ok(Response::new(export::model(&self.hub, &asker, request.get_ref()).await?))
    }

    async fn export_events(
        &self,
        request: Request<ExportEventsRequest>,
    ) -> Result<Response<Self::ExportEventsStream>, Status> {
        let asker = Asker::of(&request, self.hub.directory())?;
        let admission = request.extensions().get::<Admission>().ok_or(Problem::NoToken)?.clone();
        let events = export::events(Arc::clone(&self.hub), asker, admission, request.into_inner());
        Ok(Response::new(events.await?))
    }

    async fn rebuild_projection(
        &self,
        request: Request<RebuildProjectionRequest>,
    ) -> Result<Response<Self::RebuildProjectionStream>, Status> {
        let asker = Asker::of(&request, self.hub.directory())?;
        Ok(Response::new(rebuild::rebuild(&self.hub, &asker, request.get_ref()).await?))
    }

    async fn get_as_of(&self, request: Request<GetAsOfRequest>) -> Result<Response<GetAsOfResponse>, Status> {
        let asker = Asker::of(&request, self.hub.directory())?;
        Ok(Response::new(self.as_of(&asker, request.get_ref()).await?))
    }

    async fn get_series(
        &self,
        request: Request<GetSeriesRequest>,
    ) -> Result<Response<GetSeriesResponse>, Status> {
        let asker = Asker::of(&request, self.hub.directory())?;
        Ok(Response::new(self.series(&asker, request.get_ref()).await?))
    }
}
