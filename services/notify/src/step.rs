//! A try, as a step of the trace in which the case climbed.

use jiff::Timestamp;
use seinhuis_domain::notice::Channel;
use seinhuis_projections::NoticeRow;
use seinhuis_runtime::trace::{Kind, Step, Traced};

use crate::channel::{Undeliverable, WebhookFailure};

/// A try with these notices over `channel`, before it begins. Neither the person nor the id that is made of him is said.
pub(crate) fn of(notices: &[NoticeRow], channel: Channel, now: Timestamp) -> Step {
    let traces: Vec<Traced> = notices.iter().filter_map(|notice| notice.trace).collect();
    let step = Step::after("send notice", Kind::Client, &traces, now);
    step.word("seinhuis.channel", channel.as_str());
    step.number("messaging.batch.message_count", notices.len() as u64);
    if let [notice] = notices {
        step.case(notice.case.0.as_u128()).area(notice.area.as_str());
        step.word("seinhuis.rung", notice.rung.as_str());
        step.number("seinhuis.climb.position", notice.position.0);
    }
    step
}

/// Makes the try in its step, which says what became of it.
pub(crate) async fn told(
    step: Step,
    attempt: impl Future<Output = Result<(), Undeliverable>>,
) -> Result<(), Undeliverable> {
    let tried = step.run(attempt).await;
    if let Err(failure) = &tried {
        step.failed(word(failure));
        if let Undeliverable::Webhook(WebhookFailure::Answered { code, .. }) = failure {
            step.number("http.response.status_code", u64::from(*code));
        }
    }
    tried
}

/// Why a try failed, in a word of a closed list.
fn word(failure: &Undeliverable) -> &'static str {
    match failure {
        Undeliverable::NoContact => "no_contact",
        Undeliverable::BadAddress => "bad_address",
        Undeliverable::NoText => "no_text",
        Undeliverable::Refused(_) => "refused",
        Undeliverable::NotTaken(_) => "not_taken",
        Undeliverable::NotWritten(_) => "not_written",
        Undeliverable::Webhook(failure) => match failure {
            WebhookFailure::Gone => "gone",
            WebhookFailure::Barred => "barred",
            WebhookFailure::Answered { .. } => "answered",
            WebhookFailure::TooLong => "timeout",
            WebhookFailure::Tls => "tls",
            WebhookFailure::NoConnection => "no_connection",
            WebhookFailure::NoText => "no_text",
        },
    }
}
