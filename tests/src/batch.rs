//! What an appender appends: a batch that is a function of its stream, the stream's version and who makes it, so that a
//! retry is the same batch, whichever process sends it.

use jiff::Timestamp;
use seinhuis_eventstore::{Append, NewEvent, Recorded, StreamId};
use serde::{Deserialize, Serialize};

/// Scatters numbers that follow one another (Knuth's multiplicative hashing, with the golden ratio).
const SCATTER: u64 = 0x9E37_79B9_7F4A_7C15;

/// What an event says of itself, to be held against where it is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The appender that made it.
    pub by: String,
    /// The stream it was made for.
    pub stream: String,
    /// The version it was made for.
    pub version: u64,
}

impl Mark {
    /// The mark of a stored event; `None` when it bears none.
    pub fn of(event: &Recorded) -> Option<Self> {
        serde_json::from_slice(&event.payload).ok()
    }
}

/// What `by` appends to `stream` when that is at `version`: one to four events.
pub fn batch(by: &str, stream: &StreamId, version: u64, at: Timestamp) -> serde_json::Result<Append> {
    let events = (1..=size(stream, version)).map(|step| {
        let mark = Mark { by: by.to_owned(), stream: stream.to_string(), version: version + step };
        Ok(NewEvent {
            name: "lamp.dimmed".to_owned(),
            schema: 1,
            recorded_at: at,
            area: None,
            actor: by.to_owned(),
            trace: None,
            payload: serde_json::to_vec(&mark)?,
            sealed: None,
        })
    });
    Ok(Append {
        stream: stream.clone(),
        expected_version: version,
        events: events.collect::<serde_json::Result<_>>()?,
    })
}

/// Different from version to version and from stream to stream, and always the same for one of both.
fn size(stream: &StreamId, version: u64) -> u64 {
    let sum: u64 = stream.as_str().bytes().map(u64::from).sum();
    let mixed = (sum + version).wrapping_mul(SCATTER);
    // The two bits that all of it has a say in.
    1 + ((mixed ^ (mixed >> 29)).wrapping_mul(SCATTER) >> 62)
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_batch_made_again_is_the_same_and_names_its_place() {
        let stream = StreamId::new("lamp", "1");
        let (mut version, mut sizes) = (0, [0; 5]);
        while version < 400 {
            let made = batch("a", &stream, version, Timestamp::UNIX_EPOCH).unwrap();
            assert_eq!(made, batch("a", &stream, version, Timestamp::UNIX_EPOCH).unwrap());
            let last: Mark = serde_json::from_slice(&made.events.last().unwrap().payload).unwrap();
            version += made.events.len() as u64;
            assert_eq!(last.version, version);
            sizes[made.events.len()] += 1;
        }
        assert!(sizes[1..].iter().all(|times| *times > 20), "one to four events, by turns: {sizes:?}");
    }
}
