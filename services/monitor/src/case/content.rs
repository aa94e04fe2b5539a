//! Opening what is sealed at a case, for those who work on it. What is opened goes to the one who asked and nowhere
//! else; that he asked goes to the hub's journal.

use seinhuis_contract::proto::case::v1::content_part::Content as Wire;
use seinhuis_contract::proto::case::v1::{
    ContentPart, Erased, NoteContent, ReadContentResponse, SignalContent,
};
use seinhuis_contract::time;
use seinhuis_domain::access::Ask;
use seinhuis_domain::fact::Fact;
use seinhuis_domain::sealed::Sealed;
use seinhuis_eventstore::keyring::{Content, Opened, Place};
use seinhuis_eventstore::{Fault, Recorded};

use super::{find, signals};
use crate::asker::Asker;
use crate::failure::Failure;
use crate::hub::Hub;

/// Opens the signals and notes of the case called `name`.
pub(super) async fn content(hub: &Hub, asker: &Asker, name: &str) -> Result<ReadContentResponse, Failure> {
    let case = find::case(hub, asker, name).await?;
    asker.may(Ask::PersonalContent(case.area()))?;
    tracing::info!(target: "seinhuis::journal", actor = asker.actor(), case = %case.id, "sealed content opened");
    let mut signals = Vec::new();
    for signal in signals::of(&hub.parts.log, &case).await? {
        let parts = opened(hub, &signal.row, signal.facts.sealed.as_ref()).await?;
        let (signal_id, position) = (signal.id.to_string(), signal.row.position.0);
        signals.push(SignalContent { signal_id, position, parts });
    }
    let mut notes = Vec::new();
    for (row, event) in case.rows() {
        let at = Some(time::to_wire(row.recorded_at));
        for note in opened(hub, row, event.sealed()).await? {
            notes.push(NoteContent { position: row.position.0, by: row.actor.clone(), at, note: Some(note) });
        }
    }
    Ok(ReadContentResponse { signals, notes })
}

/// The parts of the envelope in `row`.
pub(super) async fn opened(
    hub: &Hub,
    row: &Recorded,
    sealed: Option<&Sealed>,
) -> Result<Vec<ContentPart>, Fault> {
    let Some(sealed) = sealed else { return Ok(vec![]) };
    let place = Place { event: &row.name, stream: row.stream.as_str(), version: row.version };
    let parts = hub.parts.keyring.open_sealed(&place, sealed).await?;
    parts.into_iter().map(|part| to_wire(part, row)).collect()
}

fn to_wire(part: Opened, row: &Recorded) -> Result<ContentPart, Fault> {
    let content = match part.content {
        Content::Erased { subject } => Wire::Erased(Erased { subject: subject.to_string() }),
        Content::Plain(bytes) => {
            let broken =
                |_| Fault::Corrupt { position: row.position, what: "a sealed part is no text".into() };
            Wire::Text(std::str::from_utf8(&bytes).map_err(broken)?.to_owned())
        }
    };
    Ok(ContentPart { label: part.label, content: Some(content) })
}
