//! The webhooks of the profile's people.

use seinhuis_notify::WebhookFailure;

use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "webhooks", id: "secrets", looks_at: "what each is signed with can be used", needs: &[Need::Webhooks], judge: secrets },
    Check { group: "webhooks", id: "allowed", looks_at: "each lies where the hub may call", needs: &[Need::Webhooks], judge: allowed },
    Check { group: "webhooks", id: "reachable", looks_at: "each can be connected to (nothing is sent)", needs: &[Need::Webhooks], judge: reachable },
    Check { group: "webhooks", id: "trusted", looks_at: "each passes for itself (TLS)", needs: &[Need::Webhooks], judge: trusted },
];

fn secrets(facts: &Facts) -> Judgement {
    let webhooks = facts.webhooks.get()?;
    match webhooks.iter().find_map(|webhook| Some((&webhook.person, webhook.secrets.as_ref()?))) {
        Some((person, why)) => Judged::failure(
            format!("that of {person}: {why}"),
            "put the secrets that the receiver gave into the file, one a line; the role notify doesn't begin without",
        ),
        None => Judged::ok(format!("{} of them", webhooks.len())),
    }
}

/// The first webhook that failed in a way that `counts`.
fn failed(
    facts: &Facts,
    counts: fn(&WebhookFailure) -> bool,
) -> Result<Option<(&str, &WebhookFailure)>, Skipped> {
    let mut failed = facts
        .webhooks
        .get()?
        .iter()
        .filter_map(|one| Some((one.person.as_str(), one.reached.as_ref().err()?)));
    Ok(failed.find(|(_, failure)| counts(failure)))
}

fn allowed(facts: &Facts) -> Judgement {
    match failed(facts, |failure| *failure == WebhookFailure::Barred)? {
        Some((person, failure)) => Judged::failure(
            format!("that of {person}: {failure}"),
            "use https and an address of the internet; notify.webhook.allow_private lets in your own network",
        ),
        None => Judged::ok("all of them do"),
    }
}

fn reachable(facts: &Facts) -> Judgement {
    let counts =
        |failure: &WebhookFailure| matches!(failure, WebhookFailure::NoConnection | WebhookFailure::TooLong);
    match failed(facts, counts)? {
        Some((person, failure)) => Judged::warning(
            format!("that of {person}: {failure}"),
            "ask whoever runs it; meanwhile it is tried again, and then the person's next way",
        ),
        None => Judged::ok("none that may be called is away"),
    }
}

fn trusted(facts: &Facts) -> Judgement {
    match failed(facts, |failure| *failure == WebhookFailure::Tls)? {
        Some((person, failure)) => Judged::failure(
            format!("that of {person}: {failure}"),
            "have its certificate renewed, by an authority that browsers trust",
        ),
        None => Judged::ok("none that was reached doesn't"),
    }
}
