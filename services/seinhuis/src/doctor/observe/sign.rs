//! Whoever is told outside that all is well, connected to and told nothing.

use anyhow::Context as _;
use seinhuis_notify::{Url, WebhookFailure, inspect};

use super::{ANSWER, View};
use crate::doctor::facts::Seen;

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Result<(), WebhookFailure>>> {
    let Some(file) = &view.around.config.audit.sign_of_life_file else {
        return Ok(Seen::Nothing("audit.sign_of_life_file is not set"));
    };
    let text = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    let url: Url = text.trim().parse()?;
    let reached = tokio::time::timeout(ANSWER, inspect::webhook(&url, true)).await;
    Ok(Seen::There(reached.unwrap_or(Err(WebhookFailure::TooLong))))
}
