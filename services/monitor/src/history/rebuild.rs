//! Read models made anew for an operator, who is told how far it is. One rebuild of the hub at a time: in one process by
//! its room, and of many by a lease.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use seinhuis_contract::proto::history::v1::rebuild_projection_response::Part;
use seinhuis_contract::proto::history::v1::{
    RebuildProgress, RebuildProjectionRequest, RebuildProjectionResponse, RebuildResult, RebuildStage,
    RebuiltModel,
};
use seinhuis_contract::status::Problem;
use seinhuis_domain::access::Ask;
use seinhuis_eventstore::Lease;
use seinhuis_projections::{Fault, Progress, Rebuild, Rebuilt, Stage};
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::export::Answers;
use crate::asker::Asker;
use crate::failure::Failure;
use crate::hub::Hub;

/// The lease of who rebuilds.
const LEASE: &str = "rebuild";
/// Between two answers about how far it is.
const PAUSE: Duration = Duration::from_millis(200);
/// Answers made ready for a reader who hasn't taken them yet (INV-11).
const READY: usize = 4;

/// Begins a rebuild. It goes on when who asked for it leaves: what memory holds of it would be lost, and a connection lasts
/// only so long.
pub(super) async fn rebuild(
    hub: &Hub,
    asker: &Asker,
    request: &RebuildProjectionRequest,
) -> Result<Answers<RebuildProjectionResponse>, Failure> {
    asker.may(Ask::Rebuild)?;
    let parts = &hub.parts;
    if parts.drain.is_cancelled() {
        return Err(Problem::Draining.into());
    }
    let models = parts
        .places
        .models(&request.models)
        .map_err(|none| Problem::field("models", &none.name, &format!("one of {}", none.names.join(", "))))?;
    let turn = Turn::take(hub).await?;
    let names: Vec<&str> = models.iter().map(|model| model.name()).collect();
    tracing::info!(actor = asker.actor(), models = names.join(", "), "read models are rebuilt");
    let (places, rebuild, drain) =
        (parts.places.clone(), Rebuild::from(parts.log.clone()), parts.drain.clone());
    let (ready, answers) = mpsc::channel(READY);
    parts.background.spawn(async move {
        let rebuilding = async {
            let rebuild = places.open(rebuild, &models).await?;
            let progress = rebuild.progress();
            Ok(told_meanwhile(rebuild.run(), progress, &ready).await?)
        };
        let ended = tokio::select! {
            biased;
            () = drain.cancelled() => Err(Problem::Draining.into()),
            () = turn.lost() => Err(Problem::Unavailable.into()),
            ended = rebuilding => ended,
        };
        turn.over().await;
        let last = match ended {
            Ok(parts) => parts.map(|part| Ok(answer(part))).into(),
            Err(failure) => vec![Err(Failure::into(failure))],
        };
        for told in last {
            // Nobody may be there to hear of it any more.
            let _ = ready.send(told).await;
        }
    });
    Ok(Box::pin(ReceiverStream::new(answers)))
}

/// The right to rebuild: one of this process, and of one process.
struct Turn {
    lease: Lease,
    _room: OwnedSemaphorePermit,
}

impl Turn {
    async fn take(hub: &Hub) -> Result<Self, Failure> {
        let room = Arc::clone(&hub.rebuilds).try_acquire_owned();
        let room = room.map_err(|_| Problem::Rebuilding)?;
        let lease = hub.parts.leases.try_to_take(LEASE).await?.ok_or(Problem::Rebuilding)?;
        Ok(Self { lease, _room: room })
    }

    async fn lost(&self) {
        self.lease.lost().await;
    }

    async fn over(self) {
        self.lease.release().await;
    }
}

/// Tells how far it is for as long as it runs and somebody listens. At the end it gives how far it came.
async fn told_meanwhile(
    rebuilding: impl Future<Output = Result<Vec<Rebuilt>, Fault>>,
    progress: watch::Receiver<Progress>,
    ready: &mpsc::Sender<Result<RebuildProjectionResponse, Status>>,
) -> Result<[Part; 2], Fault> {
    let began = Instant::now();
    let mut news = progress.clone();
    let so_far = || Part::Progress(to_wire(*progress.borrow(), began.elapsed()));
    let telling = async {
        while news.changed().await.is_ok() && ready.send(Ok(answer(so_far()))).await.is_ok() {
            tokio::time::sleep(PAUSE).await;
        }
        std::future::pending::<Infallible>().await
    };
    let done = tokio::select! {
        biased;
        done = rebuilding => done,
        never = telling => match never {},
    };
    Ok([so_far(), Part::Result(result(done?))])
}

fn answer(part: Part) -> RebuildProjectionResponse {
    RebuildProjectionResponse { part: Some(part) }
}

fn to_wire(now: Progress, since: Duration) -> RebuildProgress {
    let stage = match now.stage {
        Stage::Folding => RebuildStage::Folding,
        Stage::Writing => RebuildStage::Writing,
        Stage::Swapping => RebuildStage::Swapping,
        Stage::Done => RebuildStage::Done,
    };
    let pace = now.pace(since);
    RebuildProgress {
        stage: stage.into(),
        from_position: now.from.0,
        position: now.at.0,
        head: now.of.0,
        events_per_second: pace.per_second,
        left: pace.left.and_then(|left| left.try_into().ok()),
    }
}

fn result(rebuilt: Vec<Rebuilt>) -> RebuildResult {
    let of_model = |Rebuilt { model, position, swap }: Rebuilt| {
        let swap_ms = swap.as_secs_f64() * 1e3;
        tracing::info!(%model, %position, swap_ms, "a rebuilt read model is in place");
        RebuiltModel { model: model.name().to_owned(), position: position.0, swap_ms }
    };
    RebuildResult { models: rebuilt.into_iter().map(of_model).collect() }
}
