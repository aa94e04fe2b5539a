//! `seinhuis watch`: how the hub flows, drawn at a terminal; or the log's facts as they come, a line each.

use std::io::{IsTerminal as _, stdout};

use seinhuis_contract::proto::common::v1::Sector;
use seinhuis_contract::proto::monitor::v1::log_service_client::LogServiceClient;
use seinhuis_contract::proto::monitor::v1::{WatchFactsRequest, watch_facts_response::Event};

use super::print;
use crate::client::{self, HubArgs};
use crate::{dashboard, say};

/// Shows at a terminal how the hub flows: signals, areas, followers, timers, notices, refusals and facts. Elsewhere, or with
/// --plain, --json or anything that chooses facts, prints the log's non-personal facts as they come.
#[derive(Debug, clap::Args)]
pub struct WatchArgs {
    /// Begins after this position; 0 is the whole log. Without it, only what is new.
    #[arg(long)]
    after: Option<u64>,
    /// Only facts of this area and what lies in it.
    #[arg(long, default_value = "")]
    area: String,
    /// Ends after so many facts.
    #[arg(long)]
    count: Option<u64>,
    /// Only facts of this stored name, as in `case.rung_reached`; may be given again.
    #[arg(long = "type", value_name = "NAME")]
    types: Vec<String>,
    /// Only facts that name this sector: police, housing, care or municipal; may be given again.
    #[arg(long = "sector", value_parser = sector)]
    sectors: Vec<Sector>,
    /// Prints a line for each fact, also where there is a terminal to draw on.
    #[arg(long)]
    plain: bool,
    /// Prints a JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs the command.
pub async fn run(args: WatchArgs) -> anyhow::Result<()> {
    let chooses = args.after.is_some() || args.count.is_some();
    let chooses = chooses || !args.types.is_empty() || !args.sectors.is_empty();
    if !(args.plain || args.json || chooses) && stdout().is_terminal() {
        return dashboard::run(args.hub.connect().await?, &args.hub.address, &args.area).await;
    }
    lines(args).await
}

async fn lines(args: WatchArgs) -> anyhow::Result<()> {
    let request = WatchFactsRequest {
        after_position: args.after.unwrap_or(0),
        from_now: args.after.is_none(),
        area_code: args.area,
        types: args.types,
        sectors: args.sectors.into_iter().map(i32::from).collect(),
    };
    let answer = LogServiceClient::new(args.hub.connect().await?).watch_facts(request).await;
    let mut facts = answer.map_err(|status| client::said(&status))?.into_inner();
    let mut left = args.count.unwrap_or(u64::MAX);
    while left > 0 {
        let Some(answer) = facts.message().await.map_err(|status| client::said(&status))? else { break };
        let Some(Event::Fact(fact)) = answer.event else { continue };
        left -= 1;
        if args.json {
            say!("{}", client::json("seinhuis.monitor.v1.Fact", &fact)?);
        } else {
            let at = print::moment(fact.recorded_at.as_ref());
            say!(
                "{:>8}  {at}  {:<12} {:<22} {}",
                fact.position,
                fact.area_code,
                fact.r#type,
                fact.summary_dutch
            );
        }
    }
    Ok(())
}

fn sector(name: &str) -> Result<Sector, String> {
    Sector::from_str_name(&format!("SECTOR_{}", name.to_uppercase()))
        .filter(|sector| *sector != Sector::Unspecified)
        .ok_or_else(|| format!("{name:?} is no sector: police, housing, care, municipal"))
}
