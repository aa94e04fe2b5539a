//! The key store, and whether the master key opens it.

use seinhuis_eventstore::inspect::{self, KeysSeen};

use super::{ANSWER, View};
use crate::doctor::facts::Seen;

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<KeysSeen>> {
    let place = view.folder.keys(&view.around.config.keys);
    Ok(Seen::There(inspect::keys(&place.at, &place.master, ANSWER).await?))
}
