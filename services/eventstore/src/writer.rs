//! The one writer: collects batches from independent callers and commits them in groups.
//!
//! While one group is on its way to the disk the next one gathers in the queue, so the fsync is shared by whoever came
//! in the meantime and nobody waits for a timer. A caller hears back only after the commit (INV-1).

mod judge;

use std::sync::Arc;

use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};

pub(crate) use judge::{Proposal, Row, Verdict, judge};

use crate::backend::BackendWriter;
use crate::event::{Append, Appended};
use crate::fault::{AppendError, Fault};
use crate::leaf::leaf_of;

/// A batch in the queue, hashed, with whoever waits for it.
pub(crate) struct Request {
    proposal: Proposal,
    /// Its share of the queue's memory; given back right before the answer, so that who has his answer finds room.
    room: OwnedSemaphorePermit,
    answer: oneshot::Sender<Result<Appended, AppendError>>,
}

impl Request {
    /// Makes a request of `batch`. The hashing is done here, on the caller's own time.
    pub(crate) fn new(
        batch: Append,
        room: OwnedSemaphorePermit,
        answer: oneshot::Sender<Result<Appended, AppendError>>,
    ) -> Self {
        let expected = batch.expected_version;
        let leaf = |(i, event)| leaf_of(batch.stream.as_str(), expected + 1 + i as u64, event);
        let leaves = batch.events.iter().enumerate().map(leaf).collect();
        let proposal = Proposal { stream: batch.stream, expected, events: batch.events, leaves };
        Self { proposal, room, answer }
    }
}

/// Serves the queue until it is closed and empty.
pub(crate) async fn run(
    mut queue: mpsc::Receiver<Request>,
    mut backend: BackendWriter,
    head: Arc<watch::Sender<u64>>,
    mut closing: watch::Receiver<bool>,
    group_limit: usize,
) {
    let mut closed = false;
    loop {
        let first = tokio::select! {
            biased;
            _ = closing.wait_for(|closing| *closing), if !closed => {
                closed = true;
                queue.close();
                continue;
            }
            first = queue.recv() => first,
        };
        let Some(first) = first else { break };
        let group = collect(first, &mut queue, group_limit);
        commit(group, &mut backend, &head).await;
    }
    backend.close().await;
}

/// `first` and whatever else is waiting, up to about `limit` events.
fn collect(first: Request, queue: &mut mpsc::Receiver<Request>, limit: usize) -> Vec<Request> {
    let mut events = first.proposal.events.len();
    let mut group = vec![first];
    while events < limit {
        match queue.try_recv() {
            Ok(request) => {
                events += request.proposal.events.len();
                group.push(request);
            }
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
        }
    }
    group
}

/// Commits `group`, moves the head, which wakes the readers, and answers each of its callers: none of them finds the head
/// behind his own receipt.
async fn commit(group: Vec<Request>, backend: &mut BackendWriter, head: &watch::Sender<u64>) {
    let (proposals, callers): (Vec<_>, Vec<_>) =
        group.into_iter().map(|request| (request.proposal, (request.answer, request.room))).unzip();
    // A caller who no longer listens has been served all the same; the log knows what became of his batch.
    match backend.commit(proposals).await {
        Ok(outcome) => {
            crate::log::advance(head, outcome.head);
            for ((answer, room), verdict) in callers.into_iter().zip(outcome.verdicts) {
                drop(room);
                let _ = answer.send(verdict.map_err(AppendError::from));
            }
        }
        Err(fault) => {
            tracing::error!(error = %fault, cause = ?std::error::Error::source(&fault), "a group wasn't committed");
            answer_all(callers, &fault);
        }
    }
}

fn answer_all(
    callers: Vec<(oneshot::Sender<Result<Appended, AppendError>>, OwnedSemaphorePermit)>,
    fault: &Fault,
) {
    for (answer, room) in callers {
        drop(room);
        let _ = answer.send(Err(AppendError::Fault(fault.clone())));
    }
}
