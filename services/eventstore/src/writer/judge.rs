//! Which batches of a group go in, and at which positions. Only the losers are refused; nobody else notices them.

use std::collections::{HashMap, HashSet};

use crate::event::{Appended, NewEvent};
use crate::fault::{AppendError, Fault};
use crate::fence::Fence;
use crate::position::Position;
use crate::stream::StreamId;

/// A batch as it stands before the group's turn.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    /// What whoever writes under a lease shows.
    pub(crate) fence: Option<Fence>,
    pub(crate) stream: StreamId,
    pub(crate) expected: u64,
    pub(crate) events: Vec<NewEvent>,
    /// One per event.
    pub(crate) leaves: Vec<[u8; 32]>,
}

/// A row to insert, as its proposal holds it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) position: u64,
    pub(crate) stream: &'a str,
    pub(crate) version: u64,
    /// Whether it is the first of its stream in this group: what stood before it has to be in the log already.
    pub(crate) opens: bool,
    pub(crate) event: &'a NewEvent,
    pub(crate) leaf: &'a [u8; 32],
}

/// What became of one batch.
pub(crate) type Verdict = Result<Appended, Loser>;

/// A batch that came too late: somebody else wrote to its stream, or has its lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Loser {
    Behind { stream: StreamId, expected: u64, actual: u64 },
    Fenced(Fence),
}

impl From<Loser> for AppendError {
    fn from(loser: Loser) -> Self {
        match loser {
            Loser::Behind { stream, expected, actual } => Self::Conflict { stream, expected, actual },
            Loser::Fenced(Fence { name, epoch }) => Self::Fault(Fault::Fenced { name, epoch }),
        }
    }
}

/// A group, judged.
#[derive(Debug)]
pub(crate) struct Judged {
    /// One per proposal, in their order.
    pub(crate) verdicts: Vec<Verdict>,
    /// The head once the winners' rows are in.
    pub(crate) head: u64,
}

/// The versions of a group's streams; a stream that isn't there is at 0.
pub(crate) type Versions<'a> = HashMap<&'a str, u64>;

/// Judges `proposals` in order against the streams' `versions` and the fences that are `over`, and places the winners
/// after `head`. Two batches for one stream are judged one after the other, so the second may build on the first.
pub(crate) fn judge<'a>(
    head: u64,
    mut versions: Versions<'a>,
    over: &[&Fence],
    proposals: &'a [Proposal],
) -> Judged {
    let mut judged = Judged { verdicts: Vec::with_capacity(proposals.len()), head };
    for proposal in proposals {
        if let Some(fence) = proposal.kept_out_by(over) {
            judged.verdicts.push(Err(Loser::Fenced(fence.clone())));
            continue;
        }
        let Proposal { stream, expected, events, .. } = proposal;
        let actual = versions.get(stream.as_str()).copied().unwrap_or(0);
        if actual != *expected {
            judged.verdicts.push(Err(Loser::Behind { stream: stream.clone(), expected: *expected, actual }));
            continue;
        }
        let (first, version) = (judged.head + 1, expected + events.len() as u64);
        judged.head += events.len() as u64;
        judged.verdicts.push(Ok(Appended { first: Position(first), last: Position(judged.head), version }));
        versions.insert(stream.as_str(), version);
    }
    judged
}

/// The versions that let the first batch of every stream in, of those whose fence isn't `over`: what a group hopes to
/// find.
pub(crate) fn hoped<'a>(proposals: &'a [Proposal], over: &[&Fence]) -> Versions<'a> {
    let mut versions = Versions::with_capacity(proposals.len());
    for proposal in proposals.iter().filter(|proposal| proposal.kept_out_by(over).is_none()) {
        versions.entry(proposal.stream.as_str()).or_insert(proposal.expected);
    }
    versions
}

/// The winners' rows, in order of position.
pub(crate) fn rows<'a>(proposals: &'a [Proposal], verdicts: &[Verdict]) -> impl Iterator<Item = Row<'a>> {
    let mut begun = HashSet::new();
    let winners = proposals
        .iter()
        .zip(verdicts)
        .filter_map(|(proposal, verdict)| Some((proposal, verdict.as_ref().ok()?)));
    winners.flat_map(move |(proposal, done)| {
        let opens = begun.insert(proposal.stream.as_str());
        proposal.events.iter().zip(&proposal.leaves).enumerate().map(move |(i, (event, leaf))| Row {
            position: done.first.0 + i as u64,
            stream: proposal.stream.as_str(),
            version: proposal.expected + 1 + i as u64,
            opens: opens && i == 0,
            event,
            leaf,
        })
    })
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
        Proposal { fence: None, stream, expected, events: vec![event; events], leaves: vec![[0; 32]; events] }
    }

    fn under(fence: &Fence, batch: Proposal) -> Proposal {
        Proposal { fence: Some(fence.clone()), ..batch }
    }

    #[test]
    fn losers_leave_no_gap_and_the_others_do_not_notice_them() {
        let group = [batch("light-b", 0, 2), batch("light-a", 2, 5), batch("light-c", 0, 1)];
        let judged = judge(10, HashMap::from([("light-a", 3)]), &[], &group);
        let loser = Loser::Behind { stream: StreamId::parse("light-a").unwrap(), expected: 2, actual: 3 };
        assert_eq!(
            judged.verdicts,
            [
                Ok(Appended { first: Position(11), last: Position(12), version: 2 }),
                Err(loser),
                Ok(Appended { first: Position(13), last: Position(13), version: 1 }),
            ]
        );
        let places: Vec<_> =
            rows(&group, &judged.verdicts).map(|row| (row.position, row.stream, row.version)).collect();
        assert_eq!(places, [(11, "light-b", 1), (12, "light-b", 2), (13, "light-c", 1)]);
        assert_eq!(judged.head, 13);
    }

    #[test]
    fn of_two_batches_for_one_stream_the_second_may_build_on_the_first() {
        let group = [batch("light-a", 0, 2), batch("light-a", 2, 1)];
        let judged = judge(0, HashMap::new(), &[], &group);
        assert!(judged.verdicts.iter().all(Result::is_ok));
        let opening: Vec<_> = rows(&group, &judged.verdicts).map(|row| row.opens).collect();
        assert_eq!(opening, [true, false, false], "only the first rests on what the log holds");
        let judged = judge(0, HashMap::new(), &[], &[batch("light-a", 0, 2), batch("light-a", 0, 2)]);
        assert!(judged.verdicts[0].is_ok() && judged.verdicts[1].is_err());
    }

    #[test]
    fn a_group_hopes_that_the_first_of_every_stream_gets_in() {
        let group =
            [batch("light-a", 4, 1), batch("light-b", 0, 1), batch("light-a", 5, 1), batch("light-a", 9, 1)];
        assert_eq!(hoped(&group, &[]), HashMap::from([("light-a", 4), ("light-b", 0)]));
        let won: Vec<_> =
            judge(0, hoped(&group, &[]), &[], &group).verdicts.iter().map(Result::is_ok).collect();
        assert_eq!(won, [true, true, true, false]);
    }

    #[test]
    fn a_batch_whose_fence_is_over_is_kept_out_and_nobody_builds_on_it() {
        let [old, new] = [1, 2].map(|epoch| Fence { name: "casework".into(), epoch });
        let group = [
            under(&old, batch("light-a", 3, 2)),
            under(&new, batch("light-a", 4, 1)),
            batch("light-a", 5, 1),
            under(&old, batch("light-b", 0, 1)),
        ];
        let hope = hoped(&group, &[&old]);
        assert_eq!(hope, HashMap::from([("light-a", 4)]));
        let judged = judge(7, hope, &[&old], &group);
        let done = |at, version| Ok(Appended { first: Position(at), last: Position(at), version });
        let kept_out = || Err(Loser::Fenced(old.clone()));
        assert_eq!(judged.verdicts, [kept_out(), done(8, 5), done(9, 6), kept_out()]);
        assert_eq!(judged.head, 9);
    }
}
