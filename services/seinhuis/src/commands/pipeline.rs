//! `seinhuis pipeline`: how far every follower is, and what the process has counted.

use seinhuis_contract::proto::monitor::v1::pipeline_service_client::PipelineServiceClient;
use seinhuis_contract::proto::monitor::v1::{GetPipelineRequest, GetPipelineResponse, Lease};

use super::print;
use crate::client::{self, HubArgs};
use crate::say;

/// Shows how far every follower of the log is, and the counts of signals, refusals and denied calls.
#[derive(Debug, clap::Args)]
pub struct PipelineArgs {
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs the command.
pub async fn run(args: PipelineArgs) -> anyhow::Result<()> {
    let answer =
        PipelineServiceClient::new(args.hub.connect().await?).get_pipeline(GetPipelineRequest {}).await;
    let pipeline = answer.map_err(|status| client::said(&status))?.into_inner();
    print::answer(args.json, "seinhuis.monitor.v1.GetPipelineResponse", &pipeline, show)
}

fn show(pipeline: &GetPipelineResponse) {
    say!("log position {} at {}\n", pipeline.head, print::moment(pipeline.as_of.as_ref()));
    let row = |f: &seinhuis_contract::proto::monitor::v1::Follower| {
        vec![f.name.clone(), f.position.to_string(), f.lag.to_string()]
    };
    print::table(&["follower", "position", "lag"], &pipeline.followers.iter().map(row).collect::<Vec<_>>());
    if !pipeline.leases.is_empty() {
        say!();
        print::table(&["role", "held by", "epoch"], &pipeline.leases.iter().map(lease).collect::<Vec<_>>());
    }
    say!();
    let counts: Vec<_> = pipeline.tallies.iter().map(|t| vec![t.name.clone(), t.count.to_string()]).collect();
    print::table(&["count of", "since the start"], &counts);
}

fn lease(lease: &Lease) -> Vec<String> {
    let held = lease.left.as_ref().is_some_and(|left| (left.seconds, left.nanos) > (0, 0));
    let holder = if held { lease.holder.clone() } else { "nobody".to_owned() };
    vec![lease.role.clone(), holder, lease.epoch.to_string()]
}
