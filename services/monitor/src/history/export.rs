//! What the hub knows, as a file for other programs.

use std::pin::Pin;
use std::sync::Arc;

use seinhuis_contract::gate::Admission;
use seinhuis_contract::proto::history::v1::export_model_request::Moment as AskedModel;
use seinhuis_contract::proto::history::v1::export_model_response::Part;
use seinhuis_contract::proto::history::v1::get_as_of_request::Moment as Asked;
use seinhuis_contract::proto::history::v1::{
    Clock, ExportEventsRequest, ExportEventsResponse, ExportHead, ExportModelRequest, ExportModelResponse,
};
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::access::Ask;
use seinhuis_domain::area::AreaMap;
use seinhuis_domain::calendar;
use seinhuis_projections::report::Moment;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::map::Choice;
use super::moment::Then;
use super::period::Stretch;
use crate::asker::{AskedAreas, Asker};
use crate::failure::Failure;
use crate::hub::Hub;

mod cases;
mod events;
mod figures;
mod over;
mod parquet;
mod suppress;
mod table;
mod writer;

use events::Events;
use table::Table;
use writer::Writer;

pub(crate) use writer::NotWritten;

/// What there is to export.
const MODELS: [&str; 4] = ["figures", "cases", "intake", "steps"];
/// Bytes to a message: well under what clients take by default.
const CHUNK: usize = 64 * 1_024;
/// Parts of a file made ready for a reader who hasn't taken them yet (INV-11).
const READY: usize = 16;

/// A stream of answers.
pub(crate) type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The export of a model: its head, and then the file in parts.
pub(super) async fn model(
    hub: &Hub,
    asker: &Asker,
    request: &ExportModelRequest,
) -> Result<Answers<ExportModelResponse>, Failure> {
    let format = writer::format(request.format())?;
    if !MODELS.contains(&request.model.as_str()) {
        return Err(table::no_model(&request.model, &MODELS).into());
    }
    let areas = asker.area_or_own(&request.area_code, |area| Ask::Board(area))?;
    let choice = Choice::of(request.map)?;
    let moment = request.moment.as_ref().map(|moment| match moment {
        AskedModel::Position(position) => Asked::Position(*position),
        AskedModel::Instant(instant) => Asked::Instant(*instant),
    });
    let then = Then::of(hub, moment.as_ref()).await?;
    let told = choice.at(hub, then.position);
    let asked = told.asked(asker, areas)?;
    let table = table_of(hub, asker, request, (&asked, told.map()), then).await?;
    let notes = [
        ("seinhuis.model", request.model.clone()),
        ("seinhuis.position", then.position.to_string()),
        ("seinhuis.instant", calendar::render(then.at)),
        ("seinhuis.map", told.words()),
        ("seinhuis.for_publication", request.for_publication.to_string()),
    ];
    let mut writer = Writer::begin(format, table.columns, &notes)?;
    let rows = table.rows.len() as u64;
    let mut bytes = writer.write(table.rows)?;
    bytes.extend(writer.finish()?);
    let head = ExportHead {
        position: then.position.0,
        instant: Some(time::to_wire(then.at)),
        rows,
        left_out: table.left_out,
        bytes: bytes.len() as u64,
        map: Some(told.to_wire()),
    };
    let contents = bytes.chunks(CHUNK).map(|chunk| Part::Content(chunk.to_vec()));
    let parts: Vec<_> = std::iter::once(Part::Head(head))
        .chain(contents)
        .map(|part| Ok(ExportModelResponse { part: Some(part) }))
        .collect();
    Ok(Box::pin(tokio_stream::iter(parts)))
}

async fn table_of(
    hub: &Hub,
    asker: &Asker,
    request: &ExportModelRequest,
    (asked, map): (&AskedAreas, &AreaMap),
    then: Then,
) -> Result<Table, Failure> {
    let (views, within) = (&hub.parts.views.versions, &asked.within);
    only_what_counts(request)?;
    match request.model.as_str() {
        "cases" => {
            asked.areas.iter().try_for_each(|area| asker.may(Ask::Case(area)))?;
            if request.for_publication {
                let rule = "false for cases, which are never for publication";
                return Err(Problem::field("for_publication", "true", rule).into());
            }
            Ok(cases::table(&views.open_cases_at(within, then.position).await?))
        }
        "figures" => {
            let cases = views.open_cases_at(within, then.position).await?;
            let moment = Moment { at: then.at, directory: asker.directory() };
            Ok(figures::table(within, &cases, (moment, map), request.for_publication))
        }
        over => {
            let stretch = Stretch::since(hub, request.since.as_ref(), then).await?;
            let span = stretch.span(request.clock(), then.position);
            let publish = request.for_publication;
            Ok(match over {
                "intake" => over::intake(views, within, span, publish).await?,
                _ => over::steps(views, within, stretch.positions(), publish).await?,
            })
        }
    }
}

/// A period and its clock are for models that have them: to leave them out without a word would let somebody take a moment for
/// a period.
fn only_what_counts(request: &ExportModelRequest) -> Result<(), Problem> {
    let is_of_a_period = ["intake", "steps"].contains(&request.model.as_str());
    if let Some(since) = request.since.as_ref().filter(|_| !is_of_a_period) {
        let rule = format!("nothing for {}, which are of a moment", request.model);
        return Err(Problem::field("since", &format!("{since:?}"), &rule));
    }
    if request.clock() == Clock::Occurred && request.model != "intake" {
        let rule = format!("CLOCK_RECORDED for {}: signals alone have another clock", request.model);
        return Err(Problem::field("clock", Clock::Occurred.as_str_name(), &rule));
    }
    Ok(())
}

/// The export of events: the file in parts, and then its end.
pub(super) async fn events(
    hub: Arc<Hub>,
    asker: Asker,
    admission: Admission,
    request: ExportEventsRequest,
) -> Result<Answers<ExportEventsResponse>, Failure> {
    if hub.parts.drain.is_cancelled() {
        return Err(Problem::Draining.into());
    }
    let room = Arc::clone(&hub.watches).try_acquire_owned().map_err(|_| Problem::Overloaded)?;
    let drain = hub.parts.drain.clone();
    // What is wrong with the question is the answer to the call, before there is a stream.
    let events = Events::asked(hub, (asker, admission), &request).await?;
    let (ready, answers) = mpsc::channel(READY);
    tokio::spawn(async move {
        let sent = events.send(&ready);
        let ended = tokio::select! {
            biased;
            () = drain.cancelled() => Err(Problem::Draining.into()),
            sent = sent => sent,
        };
        if let Err(failure) = ended {
            drop(ready.try_send(Err(failure.into())));
        }
        drop(room);
    });
    Ok(Box::pin(ReceiverStream::new(answers)))
}
