//! The leases, twice: one look doesn't tell what goes from hand to hand.

use std::time::Duration;

use seinhuis_eventstore::inspect::{self, Schema};

use super::{ANSWER, View};
use crate::doctor::facts::{Leases, Seen};

/// Between two looks: longer than a process needs to stand by, and shorter than a lease lives.
const BETWEEN: Duration = Duration::from_millis(1_500);

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Leases>> {
    let Some(url) = &view.around.config.data.log_url else {
        return Ok(Seen::Nothing("one process has the folder to itself"));
    };
    if inspect::log_schema(url, ANSWER).await? == Schema::NotMade {
        return Ok(Seen::Nothing(super::NO_LOG));
    }
    let before = inspect::leases(url, ANSWER).await?;
    tokio::time::sleep(BETWEEN).await;
    Ok(Seen::There(Leases { before, after: inspect::leases(url, ANSWER).await?, between: BETWEEN }))
}
