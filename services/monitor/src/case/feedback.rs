//! What a partner was told of a case it reported a signal of, opened for it. Of what is sealed at the case it is shown this
//! text and nothing else; that it was read goes to the hub's journal.

use seinhuis_contract::proto::case::v1::content_part::Content;
use seinhuis_contract::proto::common::v1 as words;
use seinhuis_contract::proto::monitor::v1::Feedback;
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::ids::CaseId;
use seinhuis_eventstore::Position;

use super::rows::CaseRows;
use super::{content, note};
use crate::asker::Asker;
use crate::failure::Failure;
use crate::hub::Hub;

/// What was told of `case` after `taken_in`, where it took the signal in: what was said before was no answer to it.
pub(crate) async fn since(
    hub: &Hub,
    asker: &Asker,
    case: CaseId,
    taken_in: Position,
) -> Result<Vec<Feedback>, Failure> {
    // The read model has it from the log, so it is there.
    let rows = CaseRows::read(&hub.parts.log, case).await?.ok_or(Problem::Internal)?;
    tracing::info!(target: "seinhuis::journal", actor = asker.actor(), case = %case, "feedback opened");
    let mut feedback = Vec::new();
    for (row, event) in rows.rows().filter(|(row, _)| row.position > taken_in) {
        let CaseEvent::FeedbackGiven { outcome, act, .. } = event else { continue };
        let parts = content::opened(hub, row, act.note.as_ref()).await?;
        let read = parts.into_iter().find(|part| part.label == note::FEEDBACK).and_then(|part| part.content);
        let (text, erased) = match read {
            Some(Content::Text(text)) => (text, false),
            Some(Content::Erased(_)) => (String::new(), true),
            None => (String::new(), false),
        };
        feedback.push(Feedback {
            position: row.position.0,
            at: Some(time::to_wire(act.at)),
            outcome: words::FeedbackOutcome::from(*outcome).into(),
            text,
            erased,
        });
    }
    Ok(feedback)
}
