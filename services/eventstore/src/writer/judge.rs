//! Which batches of a group go in, and at which positions. Only the losers are refused; nobody else notices them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::event::{Appended, NewEvent};
use crate::fault::AppendError;
use crate::position::Position;
use crate::stream::StreamId;

/// A batch as it stands before the group's turn.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    pub(crate) stream: StreamId,
    pub(crate) expected: u64,
    pub(crate) events: Vec<NewEvent>,
    /// One per event.
    pub(crate) leaves: Vec<[u8; 32]>,
}

/// A row to insert.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) position: u64,
    pub(crate) stream: Arc<str>,
    pub(crate) version: u64,
    pub(crate) event: NewEvent,
    pub(crate) leaf: [u8; 32],
}

/// What became of one batch.
pub(crate) type Verdict = Result<Appended, Loser>;

/// A batch that came too late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loser {
    stream: StreamId,
    expected: u64,
    actual: u64,
}

impl From<Loser> for AppendError {
    fn from(loser: Loser) -> Self {
        Self::Conflict { stream: loser.stream, expected: loser.expected, actual: loser.actual }
    }
}

/// A group, judged.
#[derive(Debug)]
pub(crate) struct Judged {
    /// One per proposal, in their order.
    pub(crate) verdicts: Vec<Verdict>,
    /// The winners' rows, in order of position.
    pub(crate) rows: Vec<Row>,
    /// The head once the rows are in.
    pub(crate) head: u64,
}

/// Judges `proposals` in order against the streams' `versions` (absent: 0) and places the winners after `head`. Two
/// batches for one stream are judged one after the other, so the second may build on the first.
pub(crate) fn judge(head: u64, mut versions: HashMap<String, u64>, proposals: Vec<Proposal>) -> Judged {
    let mut judged = Judged { verdicts: Vec::with_capacity(proposals.len()), rows: Vec::new(), head };
    for Proposal { stream, expected, events, leaves } in proposals {
        let actual = versions.get(stream.as_str()).copied().unwrap_or(0);
        if actual != expected {
            judged.verdicts.push(Err(Loser { stream, expected, actual }));
            continue;
        }
        let (first, version) = (judged.head + 1, expected + events.len() as u64);
        let rows = events.into_iter().zip(leaves).enumerate().map(|(i, (event, leaf))| Row {
            position: first + i as u64,
            stream: stream.shared(),
            version: expected + 1 + i as u64,
            event,
            leaf,
        });
        judged.rows.extend(rows);
        judged.head += version - expected;
        judged.verdicts.push(Ok(Appended { first: Position(first), last: Position(judged.head), version }));
        versions.insert(stream.as_str().to_owned(), version);
    }
    judged
}

#[cfg(test)]
mod specs {
    use super::*;

    fn batch(stream: &str, expected: u64, events: usize) -> Proposal {
        let event = NewEvent {
            name: "light.lit".into(),
            schema: 1,
            recorded_at: jiff::Timestamp::UNIX_EPOCH,
            area: None,
            actor: "test".into(),
            trace: None,
            payload: b"{}".to_vec(),
            sealed: None,
        };
        let stream = StreamId::parse(stream).unwrap();
        Proposal { stream, expected, events: vec![event; events], leaves: vec![[0; 32]; events] }
    }

    #[test]
    fn losers_leave_no_gap_and_the_others_do_not_notice_them() {
        let versions = HashMap::from([("light-a".to_owned(), 3)]);
        let judged =
            judge(10, versions, vec![batch("light-b", 0, 2), batch("light-a", 2, 5), batch("light-c", 0, 1)]);
        let loser = Loser { stream: StreamId::parse("light-a").unwrap(), expected: 2, actual: 3 };
        assert_eq!(
            judged.verdicts,
            [
                Ok(Appended { first: Position(11), last: Position(12), version: 2 }),
                Err(loser),
                Ok(Appended { first: Position(13), last: Position(13), version: 1 }),
            ]
        );
        let places: Vec<_> =
            judged.rows.iter().map(|row| (row.position, &*row.stream, row.version)).collect();
        assert_eq!(places, [(11, "light-b", 1), (12, "light-b", 2), (13, "light-c", 1)]);
        assert_eq!(judged.head, 13);
    }

    #[test]
    fn of_two_batches_for_one_stream_the_second_may_build_on_the_first() {
        let judged = judge(0, HashMap::new(), vec![batch("light-a", 0, 2), batch("light-a", 2, 1)]);
        assert!(judged.verdicts.iter().all(Result::is_ok));
        let judged = judge(0, HashMap::new(), vec![batch("light-a", 0, 2), batch("light-a", 0, 2)]);
        assert!(judged.verdicts[0].is_ok() && judged.verdicts[1].is_err());
    }
}
