//! The log, without going through it.

use seinhuis_eventstore::inspect::{self, LogSeen};

use super::{ANSWER, View};
use crate::doctor::facts::Seen;

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<LogSeen>> {
    Ok(Seen::There(inspect::log(&view.log_url(), ANSWER).await?))
}
