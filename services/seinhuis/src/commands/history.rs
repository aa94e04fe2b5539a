//! `seinhuis history`: an area as it stood at any moment, and at many moments.

use jiff::Timestamp;
use seinhuis_contract::proto::history::v1::get_as_of_request::Moment;
use seinhuis_contract::proto::history::v1::history_service_client::HistoryServiceClient;
use seinhuis_contract::proto::history::v1::{
    AlarmedCase, Every as Wire, Figures, GetAsOfRequest, GetAsOfResponse, GetSeriesRequest,
    GetSeriesResponse, LeadLoad, Point,
};
use seinhuis_contract::time;
use seinhuis_domain::calendar::{Every, read_start};

use super::{board, print};
use crate::client::{self, HubArgs};
use crate::say;

/// What is asked of the past.
#[derive(Debug, clap::Subcommand)]
pub enum HistoryCommand {
    /// Shows an area and everything in it as it stood at one moment, exactly as it was known then.
    AsOf(AsOfArgs),
    /// Shows the figures of an area a day, a week or a month apart.
    Series(SeriesArgs),
}

/// Which area, and when.
#[derive(Debug, clap::Args)]
pub struct AsOfArgs {
    /// The area's code, as in GM1509 or WK150900.
    area: String,
    /// The moment, as in 2026-03-01 or 2026-03-01T09:00. Now, when it is left out.
    #[arg(long, value_parser = read_start, conflicts_with = "position")]
    at: Option<Timestamp>,
    /// When the log ended at this position.
    #[arg(long)]
    position: Option<u64>,
    /// How many cases are listed at most.
    #[arg(long, default_value_t = 100)]
    rows: u32,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// Which area, and which moments.
#[derive(Debug, clap::Args)]
pub struct SeriesArgs {
    /// The area's code, as in GM1509 or WK150900.
    area: String,
    /// How far apart: day, week or month.
    #[arg(long)]
    every: Every,
    /// The first moment, as in 2026-01-01 or 2026-01-01T09:00.
    #[arg(long, value_parser = read_start)]
    from: Timestamp,
    /// No moment is after this one.
    #[arg(long, value_parser = read_start)]
    until: Timestamp,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs the command.
pub async fn run(command: HistoryCommand) -> anyhow::Result<()> {
    match command {
        HistoryCommand::AsOf(args) => as_of(args).await,
        HistoryCommand::Series(args) => series(args).await,
    }
}

async fn as_of(args: AsOfArgs) -> anyhow::Result<()> {
    let instant = args.at.map(|at| Moment::Instant(time::to_wire(at)));
    let moment = args.position.map(Moment::Position).or(instant);
    let request = GetAsOfRequest { area_code: args.area, moment, max_rows: args.rows };
    let answer = HistoryServiceClient::new(args.hub.connect().await?).get_as_of(request).await;
    let answer = answer.map_err(|status| client::said(&status))?.into_inner();
    print::answer(args.json, "seinhuis.history.v1.GetAsOfResponse", &answer, show)
}

fn show(answer: &GetAsOfResponse) {
    let at = print::moment(answer.instant.as_ref());
    say!("{} ({}), {at}, log position {}", answer.area_name, answer.area_code, answer.position);
    let figures = answer.figures.clone().unwrap_or_default();
    say!("{}", figures.counts.as_ref().map(board::counts).unwrap_or_default());
    let deadlines = figures.deadlines.unwrap_or_default();
    say!(
        "deadlines: {} today, {} within five working days, {} later",
        deadlines.today,
        deadlines.soon,
        deadlines.later
    );
    let first = figures.first_time.unwrap_or_default();
    say!("right first time: {} of {} acted on\n", first.right, first.right + first.wrong);
    board::rows(&answer.rows);
    board::sub_areas(&answer.sub_areas);
    if !answer.alarms.is_empty() {
        say!();
        let heading = ["alarm", "case", "area", "kind", "rung", "lead", "since", "times"];
        print::table(&heading, &answer.alarms.iter().map(alarm).collect::<Vec<_>>());
    }
    say!();
    print::table(
        &["lead", "open", "waiting", "overdue"],
        &figures.by_lead.iter().map(lead).collect::<Vec<_>>(),
    );
}

fn alarm(case: &AlarmedCase) -> Vec<String> {
    vec![
        print::word(case.alarm().as_str_name()),
        case.number.clone(),
        case.area_code.clone(),
        case.kind.clone(),
        print::word(case.rung().as_str_name()),
        print::or_dash(&case.lead),
        print::moment(case.since.as_ref()),
        if case.times == 0 { "-".to_owned() } else { case.times.to_string() },
    ]
}

fn lead(load: &LeadLoad) -> Vec<String> {
    let counts = [load.open, load.waiting, load.overdue].map(|count| count.to_string());
    std::iter::once(print::or_dash(&load.lead)).chain(counts).collect()
}

async fn series(args: SeriesArgs) -> anyhow::Result<()> {
    let request = GetSeriesRequest {
        area_code: args.area,
        from: Some(time::to_wire(args.from)),
        until: Some(time::to_wire(args.until)),
        every: Wire::from(args.every).into(),
    };
    let answer = HistoryServiceClient::new(args.hub.connect().await?).get_series(request).await;
    let answer = answer.map_err(|status| client::said(&status))?.into_inner();
    print::answer(args.json, "seinhuis.history.v1.GetSeriesResponse", &answer, show_series)
}

fn show_series(GetSeriesResponse { area_code, area_name, points }: &GetSeriesResponse) {
    say!("{area_name} ({area_code})\n");
    let heading = ["at", "position", "open", "overdue", "alarms", "regisseur", "college"];
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
    let at = print::moment(point.instant.as_ref());
    std::iter::once(at).chain(numbers.map(|number| number.to_string())).collect()
}
