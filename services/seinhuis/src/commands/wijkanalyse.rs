//! `seinhuis wijkanalyse AREA --period 2026-H1`: a report of an area over a period, as one HTML file.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use jiff::Timestamp;
use seinhuis_contract::proto::history::v1::get_as_of_request::Moment;
use seinhuis_contract::proto::history::v1::history_service_client::HistoryServiceClient;
use seinhuis_contract::proto::history::v1::{Clock, Every, GetAsOfRequest, GetSeriesRequest, MapChoice};
use seinhuis_contract::time;
use seinhuis_domain::calendar::{read_moment, render};

use super::history::Map;
use crate::client::{self, HubArgs};
use crate::say;
use crate::whole_file::WholeFile;
use crate::wijkanalyse::{Answers, Stretch, page};

/// Writes what came in, what stands out, what climbed, what stalled, gaps, and how agreements were kept.
#[derive(Debug, clap::Args)]
pub struct WijkanalyseArgs {
    /// The area's code, as in GM1509 or WK150900.
    area: String,
    /// The period: 2026, 2026-H1, 2026-Q3 or 2026-05.
    #[arg(long)]
    period: Stretch,
    /// As it would have been written at this moment, as in 2026-05-01. Otherwise at the end of the period, or now while it
    /// isn't over.
    #[arg(long, value_parser = read_moment)]
    as_of: Option<Timestamp>,
    /// By which map areas are told: that of the moment it is written at, or that of today.
    #[arg(long, value_enum, default_value_t)]
    map: Map,
    /// The file, which must not be there yet. Otherwise wijkanalyse-AREA-PERIOD.html.
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs the command.
pub async fn run(args: WijkanalyseArgs) -> anyhow::Result<()> {
    let usual = || PathBuf::from(format!("wijkanalyse-{}-{}.html", args.area, args.period));
    let out = args.out.clone().unwrap_or_else(usual);
    let mut file = WholeFile::begin(&out)?;
    let mut client = HistoryServiceClient::new(args.hub.connect().await?);
    let (from, end) = (args.period.from()?, args.period.until()?);
    let until = match args.as_of {
        Some(as_of) => as_of.min(end),
        None => now(&mut client, &args.area).await?.min(end),
    };
    ensure!(from < until, "{} had not begun at {}", args.period.dutch(), render(until));
    let answers = ask(&mut client, &args, from, until).await?;
    // With the moment in it, as long as the period isn't over: then it gives the same file later on.
    let moment = if until < end { format!(" --as-of {}", render(until)) } else { String::new() };
    let map = if args.map == Map::Today { " --map today" } else { "" };
    let command = format!("seinhuis wijkanalyse {} --period {}{moment}{map}", args.area, args.period);
    let html = page(args.period, until, &answers, command)?;
    file.write(html.as_bytes())?;
    file.keep()?;
    say!("{}: {}, log position {}", out.display(), args.period.dutch(), answers.stood.position);
    Ok(())
}

type Client = HistoryServiceClient<client::Authed>;

/// The last whole minute on the hub's clock.
async fn now(client: &mut Client, area: &str) -> anyhow::Result<Timestamp> {
    let request = GetAsOfRequest { area_code: area.to_owned(), max_rows: 1, ..Default::default() };
    let answer = client.get_as_of(request).await.map_err(|status| client::said(&status))?.into_inner();
    let now = answer.instant.as_ref().and_then(time::from_wire).context("the hub told no instant")?;
    Ok(Timestamp::from_second(now.as_second().div_euclid(60) * 60)?)
}

async fn ask(
    client: &mut Client,
    args: &WijkanalyseArgs,
    from: Timestamp,
    until: Timestamp,
) -> anyhow::Result<Answers> {
    let stood = GetAsOfRequest {
        area_code: args.area.clone(),
        moment: Some(Moment::Instant(time::to_wire(until))),
        max_rows: 1,
        since: Some(time::to_wire(from)),
        clock: Clock::Recorded.into(),
        map: MapChoice::from(args.map).into(),
        with_outlines: true,
    };
    // All months by one map, or they would not add up to the whole.
    let map = if args.map == Map::Then { MapChoice::End } else { MapChoice::Today };
    let months = GetSeriesRequest {
        area_code: args.area.clone(),
        from: Some(time::to_wire(from)),
        until: Some(time::to_wire(until)),
        every: Every::Month.into(),
        map: map.into(),
    };
    let said = |status| client::said(&status);
    Ok(Answers {
        stood: client.get_as_of(stood).await.map_err(said)?.into_inner(),
        months: client.get_series(months).await.map_err(said)?.into_inner(),
    })
}
