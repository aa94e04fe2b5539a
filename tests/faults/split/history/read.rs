//! The log read from its first event to its last, as another process sees it.

use seinhuis_domain::event::Event;
use seinhuis_domain::signal::SignalEvent;
use seinhuis_eventstore::{Log, Position, Recorded};

use super::Entry;

/// Events a page.
const PAGE: usize = 2_000;

/// What stands after `after`, up to the end.
pub(crate) async fn read_log(log: &Log, after: u64) -> Result<Vec<Entry>, seinhuis_eventstore::Fault> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let last = entries.last().map_or(after, |entry| entry.position);
        let page = log.read(Position(last), PAGE).await?;
        if page.events.is_empty() {
            return Ok(entries);
        }
        for event in page.events {
            entries.push(entry(event)?);
        }
    }
}

fn entry(recorded: Recorded) -> Result<Entry, seinhuis_eventstore::Fault> {
    let event = recorded.event()?;
    let later = is_of_a_later_version(&recorded, &event);
    let Recorded { position, stream, version, actor, .. } = recorded;
    Ok(Entry { position: position.0, stream: stream.to_string(), version, actor, event, later })
}

/// A signal is what a later version knows more of.
fn is_of_a_later_version(recorded: &Recorded, event: &Event) -> bool {
    let Event::Signal(SignalEvent::SignalReported(facts)) = event else { return false };
    serde_json::to_vec(facts).is_ok_and(|known| known != recorded.payload)
}
