//! The one writer of a process: collects batches from independent callers and commits them in groups.
//!
//! While one group is on its way to the disk the next one gathers, so the fsync is shared by whoever came in the meantime
//! and nobody waits for a timer. Where the backend has a second lane, a group that has grown as large as the one under
//! way is sent after it at once: it is encoded and handed over while the other one syncs. Lanes may overtake each other, so
//! a group that writes to a stream under way waits. A caller hears back only after the commit (INV-1).

mod fences;
mod judge;
mod told;

use std::collections::HashSet;
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::Instant;

use seinhuis_runtime::trace::TraceContext;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use tokio::task::JoinSet;

pub(crate) use fences::fences;
pub(crate) use judge::{Judged, Proposal, Row, Verdict, Versions, hoped, judge, rows};
pub use told::{CommittedGroup, OnCommit};

use crate::backend::BackendWriter;
use crate::event::{Append, Appended};
use crate::fault::AppendError;
use crate::fence::Fence;
use crate::leaf::leaf_of;
use crate::log::LastTrace;
use crate::stream::StreamId;

/// What became of each batch of a caller, in their order.
pub(crate) type Answer = Vec<Result<Appended, AppendError>>;

/// Batches in the queue, hashed, with whoever waits for them. They go into one group, and each stands for itself there.
pub(crate) struct Request {
    proposals: Vec<Proposal>,
    /// Their places in the queue's count and memory; given back right before the answer, so that who has his answer
    /// finds room.
    room: [OwnedSemaphorePermit; 2],
    answer: oneshot::Sender<Answer>,
}

impl Request {
    /// Makes a request of `batches`, to be stored under `fence`. The hashing is done here, on the caller's own time.
    pub(crate) fn new(
        batches: Vec<Append>,
        fence: Option<&Fence>,
        room: [OwnedSemaphorePermit; 2],
        answer: oneshot::Sender<Answer>,
    ) -> Self {
        let proposal = |Append { stream, expected_version: expected, events }: Append| {
            let leaf = |(i, event)| leaf_of(stream.as_str(), expected + 1 + i as u64, event);
            let leaves = events.iter().enumerate().map(leaf).collect();
            Proposal { fence: fence.cloned(), stream, expected, events, leaves }
        };
        Self { proposals: batches.into_iter().map(proposal).collect(), room, answer }
    }
}

/// What a commit tells the rest of the process.
#[derive(Clone)]
pub(crate) struct News {
    pub(crate) head: Arc<watch::Sender<u64>>,
    pub(crate) traced: LastTrace,
    /// Who is told of groups, once somebody is.
    pub(crate) on_commit: Arc<OnceLock<OnCommit>>,
}

impl News {
    /// The log has reached `head`; the last of what was stored is part of `trace`.
    fn tell(&self, head: u64, trace: Option<TraceContext>) {
        if trace.is_some() {
            *self.traced.lock().unwrap_or_else(PoisonError::into_inner) = trace;
        }
        crate::log::advance(&self.head, head);
    }
}

/// Serves the queue until it is closed and empty.
pub(crate) async fn run(
    mut queue: mpsc::Receiver<Request>,
    lanes: Vec<BackendWriter>,
    news: News,
    mut closing: watch::Receiver<bool>,
    group_limit: usize,
) {
    let mut writer = Writer {
        idle: lanes,
        busy: JoinSet::new(),
        under_way: 0,
        streams: HashSet::new(),
        next: Group::default(),
        group_limit,
        news,
    };
    let (mut closed, mut drained) = (false, false);
    while !(drained && writer.busy.is_empty() && writer.next.batches.is_empty()) {
        tokio::select! {
            biased;
            _ = closing.wait_for(|closing| *closing), if !closed => {
                closed = true;
                queue.close();
            }
            Some(done) = writer.busy.join_next() => match done {
                Ok(done) => writer.is_back(done),
                // A lane that panicked takes the log down: its callers find it closed.
                Err(_) => return,
            },
            request = queue.recv(), if !drained && !writer.next.is_full(group_limit) => match request {
                Some(request) => writer.gather(request, &mut queue),
                None => drained = true,
            },
        }
        writer.send();
    }
    for lane in writer.idle {
        lane.close().await;
    }
}

struct Writer {
    idle: Vec<BackendWriter>,
    busy: JoinSet<Done>,
    /// Events on their way to the disk.
    under_way: usize,
    /// Their streams.
    streams: HashSet<StreamId>,
    next: Group,
    group_limit: usize,
    news: News,
}

/// A group that has been committed or not, with the lane that is free again.
struct Done {
    lane: BackendWriter,
    events: usize,
    streams: Vec<StreamId>,
}

impl Writer {
    /// Sends the next group off if it is its time and a lane is free.
    fn send(&mut self) {
        let its_time = self.next.events >= self.under_way || self.next.is_full(self.group_limit);
        if self.next.batches.is_empty() || !(self.busy.is_empty() || its_time && !self.next.builds_on) {
            return;
        }
        let Some(mut lane) = self.idle.pop() else { return };
        let Group { batches, events, .. } = std::mem::take(&mut self.next);
        let proposals = batches.iter().flat_map(|request| &request.proposals);
        let streams: Vec<_> = proposals.map(|proposal| proposal.stream.clone()).collect();
        let news = self.news.clone();
        self.under_way += events;
        self.streams.extend(streams.iter().cloned());
        self.busy.spawn(async move {
            let began = Instant::now();
            if let Some(events) = commit(batches, &mut lane, &news).await
                && let Some(tell) = news.on_commit.get()
            {
                tell(CommittedGroup { events, took: began.elapsed() });
            }
            Done { lane, events, streams }
        });
    }

    fn is_back(&mut self, done: Done) {
        self.idle.push(done.lane);
        self.under_way -= done.events;
        for stream in &done.streams {
            self.streams.remove(stream);
        }
    }

    /// Takes `first` and whatever else is waiting, up to about the limit of a group.
    fn gather(&mut self, first: Request, queue: &mut mpsc::Receiver<Request>) {
        let mut came = Some(first);
        while let Some(request) = came {
            for proposal in &request.proposals {
                self.next.builds_on |= self.streams.contains(&proposal.stream);
                self.next.events += proposal.events.len();
            }
            self.next.batches.push(request);
            came = if self.next.is_full(self.group_limit) { None } else { queue.try_recv().ok() };
        }
    }
}

/// Batches that will be committed together.
#[derive(Default)]
struct Group {
    batches: Vec<Request>,
    events: usize,
    /// Whether one of them writes to a stream that was under way when it came.
    builds_on: bool,
}

impl Group {
    fn is_full(&self, limit: usize) -> bool {
        self.events >= limit
    }
}

/// Commits `group`, moves the head, which wakes the readers, and answers each of its callers: none of them finds the head
/// behind his own receipt. Tells how many events it stored; none when it failed.
async fn commit(group: Vec<Request>, backend: &mut BackendWriter, news: &News) -> Option<usize> {
    let (mut proposals, mut callers) = (Vec::with_capacity(group.len()), Vec::with_capacity(group.len()));
    for Request { proposals: own, room, answer } in group {
        callers.push((own.len(), answer, room));
        proposals.extend(own);
    }
    // A caller who no longer listens has been served all the same; the log knows what became of his batches.
    match backend.commit(&proposals).await {
        Ok(outcome) => {
            news.tell(outcome.head, kept_trace(&proposals));
            let won = proposals.iter().zip(&outcome.verdicts).filter(|(_, verdict)| verdict.is_ok());
            let stored = won.map(|(proposal, _)| proposal.events.len()).sum();
            let mut verdicts = outcome.verdicts.into_iter().map(|verdict| verdict.map_err(AppendError::from));
            for (count, answer, room) in callers {
                let own = verdicts.by_ref().take(count).collect();
                drop(room);
                let _ = answer.send(own);
            }
            Some(stored)
        }
        Err(fault) => {
            tracing::error!(fault = &fault as &dyn std::error::Error, "a group wasn't committed");
            for (count, answer, room) in callers {
                drop(room);
                let _ = answer.send(vec![Err(AppendError::Fault(fault.clone())); count]);
            }
            None
        }
    }
}

/// The trace of the last of `proposals` that is part of one, if it is kept.
fn kept_trace(proposals: &[Proposal]) -> Option<TraceContext> {
    let mut last = proposals.iter().rev().filter_map(|proposal| proposal.events.last());
    let trace = last.find_map(|event| event.trace.as_deref())?;
    TraceContext::parse(trace).filter(TraceContext::is_kept)
}
