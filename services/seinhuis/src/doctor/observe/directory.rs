//! Who is who and which policy holds, as the log says it.

use seinhuis_domain::profile::AdoptedProfile;
use seinhuis_eventstore::{Log, Position};
use seinhuis_projections::DirectoryView;

use super::{NO_LOG, View};
use crate::doctor::facts::{Known, Seen};

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Known>> {
    let Some(log) = view.log().await? else { return Ok(Seen::Nothing(NO_LOG)) };
    let known = known(&log).await;
    log.close().await;
    known.map(Seen::There)
}

async fn known(log: &Log) -> anyhow::Result<Known> {
    let first = log.read_kind(<AdoptedProfile as cqrs_es::Aggregate>::TYPE, Position::START, 1).await?;
    let last = log.read(Position(log.head().0.saturating_sub(1)), 1).await?;
    Ok(Known {
        directory: DirectoryView::load(log.clone()).await?.current(),
        adopted_first: first.first().map(|event| event.stream.id().to_owned()),
        last: last.events.last().map(|event| event.recorded_at),
    })
}
