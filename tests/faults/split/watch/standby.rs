//! Who holds which lease, and how far each follower is: looked at all the time, so that a takeover can be timed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use seinhuis::client::Authed;
use seinhuis_contract::proto::monitor::v1::GetPipelineRequest;
use seinhuis_contract::proto::monitor::v1::pipeline_service_client::PipelineServiceClient;
use seinhuis_eventstore::{Holding, Leases, Log};

use super::{Seen, lock};
use crate::history::LeaseSeen;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(50);
/// An answer that takes so long is given up.
const PATIENCE: Duration = Duration::from_millis(500);

pub(super) async fn leases(log: Log, seen: Arc<Mutex<Seen>>, over: Arc<AtomicBool>, began: Instant) {
    let leases = Leases::of(&log, "looks-on".to_owned());
    while !over.load(Ordering::SeqCst) {
        // The database may be away as part of the run.
        if let Ok(held) = leases.list().await {
            let moment = began.elapsed();
            let mut seen = lock(&seen);
            for Holding { name, holder, epoch, .. } in held {
                let now = LeaseSeen { lease: name, holder, epoch };
                let last = seen.leases.iter().rev().find(|(_, last)| last.lease == now.lease);
                if last.is_none_or(|(_, last)| *last != now) {
                    seen.leases.push((moment, now));
                }
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

pub(super) async fn followers(
    monitor: Authed,
    seen: Arc<Mutex<Seen>>,
    over: Arc<AtomicBool>,
    began: Instant,
) {
    while !over.load(Ordering::SeqCst) {
        let mut client = PipelineServiceClient::new(monitor.clone());
        let asked = tokio::time::timeout(PATIENCE, client.get_pipeline(GetPipelineRequest {})).await;
        // So may the monitor.
        if let Ok(Ok(pipeline)) = asked {
            let moment = began.elapsed();
            let mut seen = lock(&seen);
            for follower in pipeline.into_inner().followers {
                let places = seen.followers.entry(follower.name).or_default();
                if places.last().is_none_or(|(_, at)| *at < follower.position) {
                    places.push((moment, follower.position));
                }
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}
