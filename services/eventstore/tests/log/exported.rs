//! Reads an export, from its definition alone.

use seinhuis_eventstore::Log;
use seinhuis_eventstore::proof::{Book, export};

/// What an export holds.
pub(crate) struct Exported {
    pub(crate) events: Vec<Event>,
    /// Each with the number of events before it.
    pub(crate) checkpoints: Vec<(usize, String)>,
}

/// One event.
pub(crate) struct Event {
    pub(crate) leaf: [u8; 32],
    pub(crate) canonical: Vec<u8>,
}

impl Exported {
    pub(crate) async fn of(log: &Log, book: &Book) -> Self {
        let mut bytes = Vec::new();
        let told = export(log, book, &mut bytes).await.unwrap();
        let read = Self::read(&bytes);
        assert_eq!(
            (told.events, told.checkpoints),
            (read.events.len() as u64, read.checkpoints.len() as u64)
        );
        assert_eq!(told.signed, book.latest().await.unwrap().map_or(0, |kept| kept.size));
        read
    }

    fn read(bytes: &[u8]) -> Self {
        let mut rest = bytes.strip_prefix(b"seinhuis-log-export v1\n").unwrap();
        let mut read = Self { events: Vec::new(), checkpoints: Vec::new() };
        loop {
            let (kind, length) = (rest[0], u32::from_be_bytes(rest[1..5].try_into().unwrap()) as usize);
            let (body, after) = rest[5..].split_at(length);
            rest = after;
            match kind {
                b'E' => {
                    let (leaf, canonical) = body.split_first_chunk().unwrap();
                    read.events.push(Event { leaf: *leaf, canonical: canonical.to_vec() });
                }
                b'C' => read.checkpoints.push((read.events.len(), String::from_utf8(body.to_vec()).unwrap())),
                b'Z' => {
                    assert_eq!(body, (read.events.len() as u64).to_be_bytes());
                    assert_eq!(rest, b"", "nothing comes after the end");
                    return read;
                }
                other => panic!("a record of kind {other}"),
            }
        }
    }
}
