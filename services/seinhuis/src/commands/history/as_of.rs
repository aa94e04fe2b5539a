//! `seinhuis history as-of AREA`: an area as it stood at one moment.

use jiff::Timestamp;
use seinhuis_contract::proto::history::v1::get_as_of_request::Moment;
use seinhuis_contract::proto::history::v1::history_service_client::HistoryServiceClient;
use seinhuis_contract::proto::history::v1::{
    AlarmedCase, Clock, Figures, Gap, GetAsOfRequest, GetAsOfResponse, LeadLoad, MapChoice, Theme,
    ThemeCounts,
};
use seinhuis_contract::time;
use seinhuis_domain::calendar::read_moment;
use seinhuis_domain::kind::Kind;

use super::map::{Map, words};
use super::period;
use crate::client::{self, HubArgs};
use crate::commands::{board, print};
use crate::say;

/// Which area, and when.
#[derive(Debug, clap::Args)]
pub struct AsOfArgs {
    /// The area's code, as in GM1509 or WK150900.
    area: String,
    /// The moment, as in 2026-03-01 or 2026-03-01T09:00. Now, when it is left out.
    #[arg(long, value_parser = read_moment, conflicts_with = "position")]
    at: Option<Timestamp>,
    /// When the log ended at this position.
    #[arg(long)]
    position: Option<u64>,
    /// Also tells what happened from here up to the moment, and in the period before.
    #[arg(long, value_parser = read_moment)]
    since: Option<Timestamp>,
    /// Counts the signals of that period by when they happened, and not by when they were recorded.
    #[arg(long, requires = "since")]
    occurred: bool,
    /// How many cases are listed at most.
    #[arg(long, default_value_t = 100)]
    rows: u32,
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
pub(super) async fn run(args: AsOfArgs) -> anyhow::Result<()> {
    let instant = args.at.map(|at| Moment::Instant(time::to_wire(at)));
    let moment = args.position.map(Moment::Position).or(instant);
    let request = GetAsOfRequest {
        area_code: args.area,
        moment,
        max_rows: args.rows,
        since: args.since.map(time::to_wire),
        clock: if args.occurred { Clock::Occurred } else { Clock::Recorded }.into(),
        map: MapChoice::from(args.map).into(),
        with_outlines: false,
    };
    let answer = HistoryServiceClient::new(args.hub.connect().await?).get_as_of(request).await;
    let answer = answer.map_err(|status| client::said(&status))?.into_inner();
    print::answer(args.json, "seinhuis.history.v1.GetAsOfResponse", &answer, show)
}

fn show(answer: &GetAsOfResponse) {
    let at = print::moment(answer.instant.as_ref());
    say!("{} ({}), {at}, log position {}", answer.area_name, answer.area_code, answer.position);
    if let Some(map) = &answer.map {
        say!("{}", words(map));
    }
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
    say!("right first time: {} of {} acted on", first.right, first.right + first.wrong);
    let tracks = figures.by_track.iter();
    let tracks = tracks.map(|t| format!("{} {}%", print::word(t.track().as_str_name()), t.percent));
    say!("tracks: {}\n", print::or_dash(&tracks.collect::<Vec<_>>().join(", ")));
    board::rows(&answer.rows);
    board::sub_areas(&answer.sub_areas);
    if !answer.alarms.is_empty() {
        say!();
        let heading = ["alarm", "case", "area", "kind", "rung", "lead", "since", "times"];
        print::table(&heading, &answer.alarms.iter().map(alarm).collect::<Vec<_>>());
    }
    say!();
    leads(&figures);
    if !figures.gaps.is_empty() {
        say!();
        let heading = ["kind", "soort", "open", "no lead", "refused"];
        print::table(&heading, &figures.gaps.iter().map(gap).collect::<Vec<_>>());
    }
    if !answer.themes.is_empty() {
        say!();
        let heading = ["goal", "area", "open", "overdue", "alarmed", "regisseur+"];
        print::table(&heading, &answer.themes.iter().flat_map(theme).collect::<Vec<_>>());
    }
    if let Some(happened) = &answer.period {
        say!();
        period::show(happened);
    }
}

fn leads(figures: &Figures) {
    let leads: Vec<_> = figures.by_lead.iter().map(lead).collect();
    print::table(&["lead", "open", "waiting", "overdue"], &leads);
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

fn gap(gap: &Gap) -> Vec<String> {
    let counts = [gap.open, gap.no_lead, gap.refused].map(|count| count.to_string());
    let dutch = Kind::from_code(&gap.kind).map_or("-", Kind::dutch);
    [gap.kind.clone(), dutch.to_owned()].into_iter().chain(counts).collect()
}

/// The whole first, then where it is.
fn theme(theme: &Theme) -> Vec<Vec<String>> {
    let goal = print::word(theme.goal().as_str_name());
    let row = |area: &str, counts: &Option<ThemeCounts>| {
        let ThemeCounts { open, overdue, alarmed, high } = counts.unwrap_or_default();
        let counts = [open, overdue, alarmed, high].map(|count| count.to_string());
        [goal.clone(), area.to_owned()].into_iter().chain(counts).collect()
    };
    let areas = theme.areas.iter().map(|area| row(&area.area_name, &area.counts));
    std::iter::once(row("-", &theme.counts)).chain(areas).collect()
}
