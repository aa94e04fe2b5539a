//! The proof book, and the key that signs.

use seinhuis_eventstore::Position;
use seinhuis_eventstore::inspect::Schema;
use seinhuis_eventstore::proof::Book;

use super::{ANSWER, NO_LOG, View};
use crate::doctor::facts::{Proof, Seen};
use crate::proof;

pub(super) async fn look(view: View<'_>) -> anyhow::Result<Seen<Proof>> {
    let Some(loaded) = view.profile else {
        return Ok(Seen::Nothing("there is no profile, and so no name to sign under"));
    };
    let own = proof::verifier(&view.around.config, view.folder, &loaded.profile.name)?;
    let Some(log) = view.log().await? else { return Ok(Seen::Nothing(NO_LOG)) };
    let schema = Book::schema(&view.book_url(), ANSWER).await?;
    let mut latest = None;
    if schema != Schema::NotMade {
        let book = Book::look_in(&view.book_url(), ANSWER)?;
        latest = book.latest().await?.map(|kept| (kept.size, kept.note));
        book.close().await;
    }
    let signed = Position(latest.as_ref().map_or(0, |(size, _)| *size));
    let next = if signed < log.head() { log.read(signed, 1).await?.events } else { vec![] };
    let unsigned_since = next.first().map(|event| event.recorded_at);
    let head = log.head().0;
    log.close().await;
    Ok(Seen::There(Proof { schema, own, latest, head, unsigned_since }))
}
