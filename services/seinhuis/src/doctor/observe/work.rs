//! What waits to be done: notices and timers.

use seinhuis_eventstore::Position;
use seinhuis_projections::Views;

use super::View;
use crate::doctor::facts::{Seen, Work};
use crate::hub::groups::{Group, NOTICES, TIMERS};

/// Of what failed no more are counted.
const COUNTED: usize = 1_000;

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Work>> {
    let (notices, timers) = (open(view, &NOTICES).await?, open(view, &TIMERS).await?);
    if !(notices.are_made().await? && timers.are_made().await?) {
        return Ok(Seen::Nothing("the read models aren't made yet"));
    }
    let now = view.clock.now();
    let work = Work {
        dead: notices.dead_notices(Position::START, Position(i64::MAX as u64), COUNTED).await?.len(),
        unsent_since: notices.unsettled_notices(now, 1).await?.first().map(|notice| notice.send_at),
        due_since: timers.first_due().await?.filter(|due| *due <= now),
        nobody_told: notices.nobody_told(COUNTED).await?.len(),
    };
    notices.close().await;
    timers.close().await;
    Ok(Seen::There(work))
}

async fn open(view: View<'_>, group: &Group) -> anyhow::Result<Views> {
    Ok(Views::look_in(&view.folder.views_url(group.name, &view.around.config.data), group.models).await?)
}
