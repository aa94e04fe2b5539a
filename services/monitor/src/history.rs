//! The past: an area as it stood at any moment, and at many moments. `HistoryService` of the contract.

use std::sync::Arc;

use seinhuis_contract::proto::history::v1::history_service_server::HistoryService;
use seinhuis_contract::proto::history::v1::{
    AlarmedCase, GetAsOfRequest, GetAsOfResponse, GetSeriesRequest, GetSeriesResponse, Point,
};
use seinhuis_contract::proto::monitor::v1::BoardRow;
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::access::Ask;
use seinhuis_domain::area::AreaCode;
use seinhuis_projections::CaseVersion;
use seinhuis_projections::report::{self, Moment};
use tonic::{Request, Response, Status};

use crate::asker::{Asker, inside};
use crate::board::{age::Ages, count, row};
use crate::failure::Failure;
use crate::hub::Hub;
use crate::limit::Limit;

mod alarm;
mod figures;
mod moment;
mod series;

use moment::Then;

/// How many rows and alarms are shown.
const ROWS: Limit = Limit { field: "max_rows", usual: 1_000, most: 10_000 };

/// The service.
#[derive(Debug)]
pub(crate) struct History {
    hub: Arc<Hub>,
}

/// The areas asked for, and how they are called in the answer.
struct Asked {
    areas: Vec<AreaCode>,
    /// With everything in them.
    within: Vec<AreaCode>,
    code: String,
    name: String,
}

impl Asked {
    fn of(asker: &Asker, code: &str) -> Result<Self, Problem> {
        let areas = asker.area_or_own(code, |area| Ask::Board(area))?;
        let within = inside(&areas, asker.map());
        let (code, name) = match areas.as_slice() {
            [one] => {
                let name = asker.map().get(one).map(|area| area.name.clone());
                (one.to_string(), name.unwrap_or_default())
            }
            _ => Default::default(),
        };
        Ok(Self { areas, within, code, name })
    }
}

impl History {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    async fn as_of(&self, asker: &Asker, request: &GetAsOfRequest) -> Result<GetAsOfResponse, Failure> {
        let Asked { areas, within, code, name } = Asked::of(asker, &request.area_code)?;
        let most = ROWS.of(request.max_rows)?;
        let then = Then::of(&self.hub, request.moment.as_ref()).await?;
        let cases = self.hub.parts.views.versions.open_cases_at(&within, then.position).await?;
        let moment = Moment { at: then.at, directory: asker.directory() };
        // Rows are for those who may see cases; others see how many there are.
        let visible: Vec<_> =
            cases.iter().filter(|case| asker.can(Ask::Case(&case.head.area))).cloned().collect();
        Ok(GetAsOfResponse {
            area_code: code,
            area_name: name,
            position: then.position.0,
            instant: Some(time::to_wire(then.at)),
            figures: Some(figures::figures(&cases, moment)),
            sub_areas: count::sub_areas(&areas, &figures::work(&cases, moment), asker.map()),
            alarms: alarms(&visible, moment, most),
            rows: rows(visible, moment, asker, most),
        })
    }

    async fn series(&self, asker: &Asker, request: &GetSeriesRequest) -> Result<GetSeriesResponse, Failure> {
        let Asked { within, code, name, .. } = Asked::of(asker, &request.area_code)?;
        let mut points = Vec::new();
        for at in series::moments(request, self.hub.parts.clock.now())? {
            let then = Then::known(&self.hub, at).await?;
            let cases = self.hub.parts.views.versions.open_cases_at(&within, then.position).await?;
            let figures = figures::figures(&cases, Moment { at, directory: asker.directory() });
            points.push(Point {
                instant: Some(time::to_wire(at)),
                position: then.position.0,
                figures: Some(figures),
            });
        }
        Ok(GetSeriesResponse { area_code: code, area_name: name, points })
    }
}

fn alarms(cases: &[CaseVersion], moment: Moment<'_>, most: usize) -> Vec<AlarmedCase> {
    report::alarms(cases, moment).into_iter().take(most).map(alarm::to_wire).collect()
}

/// In the order in which a board shows them.
fn rows(mut cases: Vec<CaseVersion>, moment: Moment<'_>, asker: &Asker, most: usize) -> Vec<BoardRow> {
    let now = moment.at;
    cases.sort_by_cached_key(|CaseVersion { head, .. }| {
        let due = head.planned.as_ref().map(|step| step.due_at);
        let overdue = due.is_some_and(|due| due <= now);
        let first = (std::cmp::Reverse(overdue), std::cmp::Reverse(head.rung));
        (first, due.is_none(), due, head.opened_at, head.id)
    });
    let mut ages = Ages::at(now, moment.directory);
    cases.iter().take(most).map(|case| row::row(&case.head, now, &mut ages, asker.map())).collect()
}

#[tonic::async_trait]
impl HistoryService for History {
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
