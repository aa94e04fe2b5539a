//! `seinhuis history export WHAT AREA --out FILE`: figures, cases, what came in, what was done, or events, as CSV or Parquet.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use jiff::Timestamp;
use seinhuis_contract::proto::history::v1::export_model_request::Moment;
use seinhuis_contract::proto::history::v1::history_service_client::HistoryServiceClient;
use seinhuis_contract::proto::history::v1::{
    Clock, ExportEventsRequest, ExportModelRequest, Format, MapChoice, export_events_response,
    export_model_response,
};
use seinhuis_contract::time;
use seinhuis_domain::calendar::read_moment;
use tokio_stream::{Stream, StreamExt as _};

use super::map::{Map, words};
use super::meter::Meter;
use crate::client::{self, HubArgs};
use crate::commands::print;
use crate::say;
use crate::whole_file::WholeFile;

/// What to export, and where to.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// What: figures, cases, intake, steps or events.
    what: String,
    /// The area's code, as in GM1509 or WK150900.
    area: String,
    /// The file, which must not be there yet. Its name ends in .csv or .parquet.
    #[arg(long)]
    out: PathBuf,
    /// The moment, as in 2026-03-01 or 2026-03-01T09:00. Now, when it is left out.
    #[arg(long, value_parser = read_moment, conflicts_with = "position")]
    at: Option<Timestamp>,
    /// When the log ended at this position. Of events: the last one.
    #[arg(long)]
    position: Option<u64>,
    /// When the period began, for intake and steps.
    #[arg(long, value_parser = read_moment)]
    since: Option<Timestamp>,
    /// Counts the signals of the period by when they happened, and not by when they were recorded.
    #[arg(long, requires = "since")]
    occurred: bool,
    /// Of events: only those after this position.
    #[arg(long)]
    after: Option<u64>,
    /// Leaves out counts of 1 to 4, and of figures those as well that would leave one as the difference of a sum. Files laid
    /// side by side may tell more than each.
    #[arg(long)]
    for_publication: bool,
    /// By which map areas are told.
    #[arg(long, value_enum, default_value_t)]
    map: Map,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// What was written.
struct Written {
    rows: u64,
    position: u64,
    left_out: u64,
    /// By which map areas are told.
    map: Option<String>,
}

/// A part of a file on its way.
enum Part {
    Bytes(Vec<u8>),
    About(Written),
}

/// Runs the command.
pub(super) async fn run(args: ExportArgs) -> anyhow::Result<()> {
    let format = format_of(&args.out)?;
    let file = WholeFile::begin(&args.out)?;
    let client = HistoryServiceClient::new(args.hub.connect().await?);
    let written = if args.what == "events" {
        events(client, &args, format, file).await?
    } else {
        model(client, &args, format, file).await?
    };
    let Written { rows, position, left_out, map } = written;
    if args.json {
        print::json(
            &serde_json::json!({ "rows": rows, "position": position, "left_out": left_out, "map": map }),
        );
        return Ok(());
    }
    let hidden = if left_out > 0 { format!(", {left_out} counts left out") } else { String::new() };
    let map = map.map_or(String::new(), |map| format!(", {map}"));
    say!("{}: {rows} rows, log position {position}{hidden}{map}", args.out.display());
    Ok(())
}

type Client = HistoryServiceClient<client::Authed>;

async fn model(
    mut client: Client,
    args: &ExportArgs,
    format: Format,
    file: WholeFile,
) -> anyhow::Result<Written> {
    ensure!(args.after.is_none(), "--after is for events");
    let instant = args.at.map(|at| Moment::Instant(time::to_wire(at)));
    let request = ExportModelRequest {
        model: args.what.clone(),
        area_code: args.area.clone(),
        moment: args.position.map(Moment::Position).or(instant),
        since: args.since.map(time::to_wire),
        clock: if args.occurred { Clock::Occurred } else { Clock::Recorded }.into(),
        format: format.into(),
        for_publication: args.for_publication,
        map: MapChoice::from(args.map).into(),
    };
    let answers = client.export_model(request).await.map_err(|status| client::said(&status))?.into_inner();
    let meter = Meter::new();
    let parts = answers.map(|answer| {
        Ok(match answer?.part {
            Some(export_model_response::Part::Head(head)) => {
                meter.is_of(head.bytes);
                Part::About(Written {
                    rows: head.rows,
                    position: head.position,
                    left_out: head.left_out,
                    map: head.map.as_ref().map(words),
                })
            }
            Some(export_model_response::Part::Content(bytes)) => {
                meter.has_come(bytes.len());
                Part::Bytes(bytes)
            }
            None => Part::Bytes(vec![]),
        })
    });
    take(file, parts).await
}

async fn events(
    mut client: Client,
    args: &ExportArgs,
    format: Format,
    file: WholeFile,
) -> anyhow::Result<Written> {
    let period = args.at.is_some() || args.since.is_some();
    ensure!(!period, "events are asked by position: --after and --position");
    ensure!(!args.for_publication, "events are never for publication");
    ensure!(args.map == Map::Then, "--map is not for events: an area's are those inside it as it lies today");
    let after = args.after.unwrap_or_default();
    let request = ExportEventsRequest {
        area_code: args.area.clone(),
        after_position: after,
        until_position: args.position.unwrap_or_default(),
        format: format.into(),
    };
    let answers = client.export_events(request).await.map_err(|status| client::said(&status))?.into_inner();
    let meter = Meter::new();
    let parts = answers.map(|answer| {
        Ok(match answer?.part {
            Some(export_events_response::Part::End(end)) => {
                Part::About(Written { rows: end.rows, position: end.position, left_out: 0, map: None })
            }
            Some(export_events_response::Part::Content(bytes)) => Part::Bytes(bytes),
            Some(export_events_response::Part::Progress(far)) => {
                meter.looked_at(after, far.position, far.until_position);
                Part::Bytes(vec![])
            }
            None => Part::Bytes(vec![]),
        })
    });
    take(file, parts).await
}

fn format_of(out: &Path) -> anyhow::Result<Format> {
    match out.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => Ok(Format::Csv),
        Some("parquet") => Ok(Format::Parquet),
        _ => bail!("{}: the name of the file ends in .csv or .parquet", out.display()),
    }
}

/// Writes the parts to the file as they come.
async fn take(
    mut file: WholeFile,
    mut parts: impl Stream<Item = Result<Part, tonic::Status>> + Unpin,
) -> anyhow::Result<Written> {
    let mut written = None;
    while let Some(part) = parts.next().await {
        match part.map_err(|status| client::said(&status))? {
            Part::Bytes(bytes) => file.write(&bytes)?,
            Part::About(about) => written = Some(about),
        }
    }
    let written = written.context("the hub ended the export before its end")?;
    file.keep()?;
    Ok(written)
}
