//! The whole: from the first signal sent until every signal has its case and every read model has all of it.

use std::time::{Duration, Instant};

use anyhow::ensure;
use prost::bytes::Bytes;
use seinhuis_contract::proto::monitor::v1::pipeline_service_client::PipelineServiceClient;
use seinhuis_contract::proto::monitor::v1::{GetPipelineRequest, GetPipelineResponse};
use tonic::{Code, Status};

use crate::drive::{self, Began, Run};
use crate::target::Target;

/// How often the hub is asked how far it is.
const LOOK: Duration = Duration::from_millis(50);
/// How long it may take to get there.
const PATIENCE: Duration = Duration::from_secs(300);
/// Signs the log. No read model, and never further behind than its pause between two signatures.
const NOTARY: &str = "proof";

/// Where the hub stands.
struct Standing {
    /// Signals that have a case.
    placed: u64,
    /// Whether every follower has taken in all there is.
    caught_up: bool,
}

/// One run through the whole.
pub(crate) async fn run(target: &Target, signals: Vec<Vec<Bytes>>) -> anyhow::Result<Run> {
    let count: usize = signals.iter().map(Vec::len).sum();
    let before = standing(target).await?.placed;
    let began = Began::now(target);
    drive::stream(target, signals).await?;
    loop {
        let now = standing(target).await?;
        if now.caught_up && now.placed - before >= count as u64 {
            return Ok(began.done(count));
        }
        ensure!(began.ago() < PATIENCE, "{} of {count} signals have a case", now.placed - before);
        tokio::time::sleep(LOOK).await;
    }
}

/// Waits until what came before is dealt with. A hub that has just started may not have its read models yet.
pub(crate) async fn settled(target: &Target) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    let mut placed = None;
    loop {
        match standing(target).await {
            Ok(now) if now.caught_up && placed.replace(now.placed) == Some(now.placed) => return Ok(()),
            Err(status) if status.code() != Code::Unavailable => return Err(status.into()),
            Ok(_) | Err(_) => {}
        }
        ensure!(Instant::now() < until, "the hub is still behind after {PATIENCE:?}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn standing(target: &Target) -> Result<Standing, Status> {
    let mut client = PipelineServiceClient::new(target.observer.clone());
    let GetPipelineResponse { followers, tallies, .. } =
        client.get_pipeline(GetPipelineRequest {}).await?.into_inner();
    let is_of_a_case = |name: &str| ["cases.opened", "cases.attached"].contains(&name);
    let placed = tallies.iter().filter(|tally| is_of_a_case(&tally.name)).map(|tally| tally.count).sum();
    let caught_up = followers.iter().all(|follower| follower.lag == 0 || follower.name == NOTARY);
    Ok(Standing { placed, caught_up })
}
