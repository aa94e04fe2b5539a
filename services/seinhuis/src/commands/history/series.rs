//! `seinhuis history series AREA`: the figures of an area a day, a week or a month apart.

use jiff::Timestamp;
use seinhuis_contract::proto::history::v1::history_service_client::HistoryServiceClient;
use seinhuis_contract::proto::history::v1::{
    Every as Wire, Figures, GetSeriesRequest, GetSeriesResponse, MapChoice, Point,
};
use seinhuis_contract::time;
use seinhuis_domain::calendar::{Every, read_moment};

use super::map::{Map, words};
use crate::beside::resolved;
use crate::client::{self, HubArgs};
use crate::commands::print;
use crate::say;

/// Which area, and which moments.
#[derive(Debug, clap::Args)]
pub struct SeriesArgs {
    /// The area's code, as in GM1509 or WK150900.
    area: String,
    /// How far apart: day, week or month.
    #[arg(long)]
    every: Every,
    /// The first moment, as in 2026-01-01 or 2026-01-01T09:00.
    #[arg(long, value_parser = read_moment)]
    from: Timestamp,
    /// No moment is after this one.
    #[arg(long, value_parser = read_moment)]
    until: Timestamp,
    /// By which map areas are told.
    #[arg(long, value_enum, default_value_t)]
    map: Map,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs the command.
pub(super) async fn run(args: SeriesArgs) -> anyhow::Result<()> {
    let request = GetSeriesRequest {
        area_code: args.area,
        from: Some(time::to_wire(args.from)),
        until: Some(time::to_wire(args.until)),
        every: Wire::from(args.every).into(),
        map: MapChoice::from(args.map).into(),
    };
    let answer = HistoryServiceClient::new(args.hub.connect().await?).get_series(request).await;
    let answer = answer.map_err(|status| client::said(&status))?.into_inner();
    print::answer(args.json, "seinhuis.history.v1.GetSeriesResponse", &answer, show_series)
}

fn show_series(GetSeriesResponse { area_code, area_name, points }: &GetSeriesResponse) {
    say!("{area_name} ({area_code})");
    let mut maps: Vec<_> = points.iter().filter_map(|point| point.map.as_ref()).map(words).collect();
    maps.dedup();
    maps.iter().for_each(|map| say!("{map}"));
    say!();
    let heading =
        ["at", "position", "open", "overdue", "alarms", "regisseur", "college", "signals", "resolved"];
    print::table(&heading, &points.iter().map(point).collect::<Vec<_>>());
}

fn point(point: &Point) -> Vec<String> {
    let Figures { counts, by_alarm, .. } = point.figures.clone().unwrap_or_default();
    let counts = counts.unwrap_or_default();
    let on = |rung: &str| {
        let of_rung = counts.by_rung.iter().filter(|c| print::word(c.rung().as_str_name()) == rung);
        of_rung.map(|c| c.count).sum::<u64>()
    };
    let alarms = by_alarm.iter().map(|c| c.count).sum();
    let numbers = [point.position, counts.open, counts.overdue, alarms, on("regisseur"), on("college")];
    let flow = point.flow.clone().unwrap_or_default();
    let numbers = numbers.into_iter().chain([flow.signals, resolved(&flow)]);
    let at = print::moment(point.instant.as_ref());
    std::iter::once(at).chain(numbers.map(|number| number.to_string())).collect()
}
