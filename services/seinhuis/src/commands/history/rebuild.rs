//! `seinhuis history rebuild MODEL…`: has the hub make read models anew, and shows how far it is.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use seinhuis_contract::proto::history::v1::history_service_client::HistoryServiceClient;
use seinhuis_contract::proto::history::v1::rebuild_projection_response::Part;
use seinhuis_contract::proto::history::v1::{
    RebuildProgress, RebuildProjectionRequest, RebuildResult, RebuildStage,
};
use seinhuis_eventstore::Position;
use seinhuis_projections::{Pace, Progress, Stage};

use crate::client::{self, HubArgs};
use crate::rebuild::{Meter, told};

/// Which read models.
#[derive(Debug, clap::Args)]
pub struct RebuildArgs {
    /// Which ones; all of them when none is named.
    models: Vec<String>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs the command.
pub(super) async fn run(args: RebuildArgs) -> anyhow::Result<()> {
    let mut client = HistoryServiceClient::new(args.hub.connect().await?);
    let began = Instant::now();
    let answers = client.rebuild_projection(RebuildProjectionRequest { models: args.models }).await;
    let mut answers = answers.map_err(|status| client::said(&status))?.into_inner();
    let (mut meter, mut result) = (Meter::new(), None);
    while let Some(answer) = answers.message().await.map_err(|status| client::said(&status))? {
        match answer.part {
            Some(Part::Progress(progress)) => {
                let (now, pace) = read(&progress);
                meter.show(&now, pace);
            }
            Some(Part::Result(done)) => result = Some(done),
            None => {}
        }
    }
    meter.close();
    let RebuildResult { models } = result.context("the hub ended the answer before the rebuild's end")?;
    told(&models, began.elapsed(), args.json);
    Ok(())
}

/// What the hub tells of how far it is.
fn read(told: &RebuildProgress) -> (Progress, Pace) {
    let stage = match told.stage() {
        RebuildStage::Unspecified | RebuildStage::Folding => Stage::Folding,
        RebuildStage::Writing => Stage::Writing,
        RebuildStage::Swapping => Stage::Swapping,
        RebuildStage::Done => Stage::Done,
    };
    let (from, at, of) = (Position(told.from_position), Position(told.position), Position(told.head));
    let left = told.left.and_then(|left| Duration::try_from(left).ok());
    (Progress { from, at, of, stage }, Pace { per_second: told.events_per_second, left })
}
