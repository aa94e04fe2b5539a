//! Every webhook of the profile, connected to and asked nothing.

use seinhuis_domain::ids::PersonId;
use seinhuis_notify::{Secrets, WebhookFailure, inspect};

use super::{ANSWER, View};
use crate::doctor::facts::{Seen, Webhook};
use crate::profile;

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Vec<Webhook>>> {
    let Some(loaded) = view.profile else { return Ok(Seen::Nothing("there is no profile")) };
    let allow_private = view.around.config.notify.webhook.allow_private;
    let named =
        loaded.contacts.all().filter_map(|(person, contact)| Some((person, contact.webhook.as_ref()?)));
    let looks = named.map(|(person, webhook)| one(person, webhook, allow_private));
    let seen = futures::future::join_all(looks).await;
    Ok(if seen.is_empty() { Seen::Nothing("nobody has a webhook") } else { Seen::There(seen) })
}

async fn one(person: &PersonId, webhook: &profile::Webhook, allow_private: bool) -> Webhook {
    let secrets = match std::fs::read_to_string(&webhook.secret_file) {
        Ok(text) => Secrets::parse(&text).err().map(|bad| bad.to_string()),
        Err(error) => Some(error.to_string()),
    };
    let reached = tokio::time::timeout(ANSWER, inspect::webhook(&webhook.url, allow_private)).await;
    Webhook { person: person.to_string(), secrets, reached: reached.unwrap_or(Err(WebhookFailure::TooLong)) }
}
