//! The log before anybody touches it: some streams, every column filled somewhere, signed every few events.

use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::sealed::Sealed;
use seinhuis_eventstore::proof::{Book, Kept, Notary, Pace, Signer};
use seinhuis_eventstore::{Append, Log, NewEvent, StreamId};
use seinhuis_runtime::Entropy;

use crate::place::Place;

/// Events in the log.
const EVENTS: u64 = 24;
/// Events between two checkpoints.
const APART: usize = 4;

/// The log, its book, and what an honest outsider has of it.
pub(crate) struct Signed {
    pub(crate) log: Log,
    pub(crate) book: Book,
    pub(crate) signer: Signer,
    /// The last checkpoint, kept elsewhere.
    pub(crate) kept: Kept,
}

pub(crate) async fn signed(place: &Place) -> Signed {
    let (log, book) = place.urls();
    let (log, book) = (Log::open(&log).await.unwrap(), Book::open(&book).await.unwrap());
    for number in 0..EVENTS {
        let stream = StreamId::new("lamp", &(number % 5).to_string());
        let expected_version = number / 5;
        log.append(Append { stream, expected_version, events: vec![event(number)] }).await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("proof.key");
    let signer = Signer::open(&key, "seinhuis/tamper", &Entropy::seeded(7)).unwrap();
    let pace = Pace { events: APART, ..Pace::default() };
    let mut notary = Notary::with_pace(log.clone(), book.clone(), signer.clone(), pace);
    let kept = notary.catch_up().await.unwrap().unwrap();
    Signed { log, book, signer, kept }
}

fn event(number: u64) -> NewEvent {
    let full = !number.is_multiple_of(3);
    let key = |of: u64| SubjectId(format!("0b8f2a34-6a1e-4a53-9d2c-{of:012x}").parse().unwrap());
    let sealed = Sealed { keys: vec![key(number), key(number + 1)], bytes: vec![number as u8; 40] };
    NewEvent {
        name: "lamp.lit".into(),
        schema: 1,
        recorded_at: "2026-04-02T10:00:00.123456Z".parse().unwrap(),
        area: full.then(|| AreaCode::new("WK150900").unwrap()),
        actor: "partner:wonion".into(),
        trace: full.then(|| "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into()),
        payload: format!("{{\"number\":{number}}}").into_bytes(),
        sealed: full.then_some(sealed),
    }
}
