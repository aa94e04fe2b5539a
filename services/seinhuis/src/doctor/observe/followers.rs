//! How far each read model is.

use seinhuis_eventstore::Log;
use seinhuis_projections::{Standing, Views};

use super::{NO_LOG, View};
use crate::doctor::facts::{Followed, Seen, in_one_line};
use crate::hub::groups::GROUPS;

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Vec<Followed>>> {
    let Some(log) = view.log().await? else { return Ok(Seen::Nothing(NO_LOG)) };
    let mut followed = Vec::new();
    for group in GROUPS {
        let views =
            Views::look_in(&view.folder.views_url(group.name, &view.around.config.data), group.models)
                .await?;
        for standing in views.standing(&log).await? {
            followed.push(one(&log, standing).await?);
        }
        views.close().await;
    }
    log.close().await;
    Ok(Seen::There(followed))
}

async fn one(log: &Log, standing: Standing) -> anyhow::Result<Followed> {
    let behind = log.head().0.saturating_sub(standing.position.0);
    let next = if behind > 0 && standing.stopped.is_none() {
        log.read(standing.position, 1).await?.events
    } else {
        vec![]
    };
    Ok(Followed {
        model: standing.model.name(),
        made: standing.asked.is_some(),
        other_version: standing.asked.is_some_and(|asked| asked != standing.version),
        behind,
        since: next.first().map(|event| event.recorded_at),
        stopped: standing.stopped.as_ref().map(|fault| in_one_line(fault)),
    })
}
