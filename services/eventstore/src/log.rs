//! The handle to the log.

mod readable;
mod tail;
mod watch;

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use seinhuis_runtime::trace::{Kind, Step, TraceContext};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;

pub use tail::Tail;
pub use watch::HeadWatch;
pub(crate) use watch::advance;

use crate::backend::{self, Backend, Opened, Registry};
use crate::event::{Append, Appended, NewEvent, Page, Recorded};
use crate::fault::{AppendError, Fault};
use crate::fence::Fence;
use crate::filter::Filter;
use crate::position::Position;
use crate::stream::StreamId;
use crate::writer::{self, News, OnCommit, Request};

/// The bounds of a log (INV-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Batches that may wait for the disk or be on their way to it. One more is answered "overloaded".
    pub queue: usize,
    /// Bytes that may wait for the disk or be on their way to it.
    pub queue_bytes: usize,
    /// Events after which a group is closed.
    pub group: usize,
    /// Events one append may hold.
    pub batch: usize,
    /// How long a commit or a read may take, waiting for other processes included, before it ends in a fault.
    pub patience: Duration,
    /// How often who follows the log looks on his own: other processes write too, and no wake-up may ever be needed.
    pub look: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            queue: 8_192,
            queue_bytes: 64 << 20,
            group: 4_096,
            batch: 10_000,
            patience: Duration::from_secs(10),
            look: Duration::from_millis(250),
        }
    }
}

/// The trace of what was stored last, for whoever passes the news on; shared with the writer.
pub(crate) type LastTrace = Arc<Mutex<Option<TraceContext>>>;

/// The log, open. Clones are the same log.
#[derive(Debug, Clone)]
pub struct Log {
    shared: Arc<Shared>,
    /// What every append through this handle shows.
    fence: Option<Fence>,
}

struct Shared {
    backend: Backend,
    registry: Option<Registry>,
    queue: mpsc::Sender<Request>,
    places: Arc<Semaphore>,
    room: Arc<Semaphore>,
    settings: Settings,
    head: Arc<tokio::sync::watch::Sender<u64>>,
    /// The trace of the last events that were stored from here.
    traced: LastTrace,
    closing: tokio::sync::watch::Sender<bool>,
    writer: Mutex<Option<JoinHandle<()>>>,
    on_commit: Arc<OnceLock<OnCommit>>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { backend, settings, head, .. } = self;
        let mut shown = f.debug_struct("Shared");
        shown.field("backend", backend).field("settings", settings).field("head", &*head.borrow());
        shown.finish_non_exhaustive()
    }
}

impl Log {
    /// Opens the log at `url`, making it when it isn't there, and starts its writer: `sqlite:/var/lib/seinhuis/log.sqlite`
    /// in a folder that exists, or `postgres://user@host/database`, where `?pooler=transaction` says that a pooler in
    /// transaction mode stands in between.
    pub async fn open(url: &str) -> Result<Self, Fault> {
        Self::open_with(url, Settings::default()).await
    }

    /// Like [`Log::open`], within other bounds.
    pub async fn open_with(url: &str, settings: Settings) -> Result<Self, Fault> {
        let Opened { backend, lanes, registry, head } = backend::open(url, settings.patience).await?;
        let head = Arc::new(tokio::sync::watch::Sender::new(head));
        let closing = tokio::sync::watch::Sender::new(false);
        let (queue, requests) = mpsc::channel(settings.queue);
        let (traced, on_commit) = (LastTrace::default(), Arc::default());
        let news =
            News { head: Arc::clone(&head), traced: Arc::clone(&traced), on_commit: Arc::clone(&on_commit) };
        let serving = writer::run(requests, lanes, news, closing.subscribe(), settings.group);
        let shared = Shared {
            backend,
            registry,
            queue,
            places: Arc::new(Semaphore::new(settings.queue.min(Semaphore::MAX_PERMITS))),
            room: Arc::new(Semaphore::new(settings.queue_bytes.min(Semaphore::MAX_PERMITS))),
            settings,
            head,
            traced,
            closing,
            writer: Mutex::new(Some(tokio::spawn(serving))),
            on_commit,
        };
        Ok(Self { shared: Arc::new(shared), fence: None })
    }

    /// The log at `url` for reading only, from beside whoever serves it: nothing is made there, and nothing can be appended.
    /// It must be there. Its leases aren't asked for through this handle: [`crate::inspect::leases`].
    pub async fn look_in(url: &str, settings: Settings) -> Result<Self, Fault> {
        let backend = backend::look_in(url, settings.patience)?;
        let head = Arc::new(tokio::sync::watch::Sender::new(backend.head().await?));
        // Its other end is gone: whoever would append is told that the log is closed.
        let (queue, _) = mpsc::channel(1);
        let shared = Shared {
            backend,
            registry: None,
            queue,
            places: Arc::new(Semaphore::new(1)),
            room: Arc::new(Semaphore::new(settings.queue_bytes.min(Semaphore::MAX_PERMITS))),
            settings,
            head,
            traced: LastTrace::default(),
            closing: tokio::sync::watch::Sender::new(true),
            writer: Mutex::new(None),
            on_commit: Arc::default(),
        };
        Ok(Self { shared: Arc::new(shared), fence: None })
    }

    /// The same log, for whoever writes under a lease: what is appended through this handle is stored only while the
    /// epoch of `fence` is the lease's present one, and otherwise refused with [`Fault::Fenced`]. `None` takes the fence
    /// away.
    pub fn under(&self, fence: Option<Fence>) -> Self {
        Self { shared: Arc::clone(&self.shared), fence }
    }

    /// Has `told` hear of every group of this process from here on. Whoever asks first is told, and nobody else.
    pub fn on_commit(&self, told: OnCommit) {
        // A second one would be told of what the first one counts.
        let _ = self.shared.on_commit.set(told);
    }

    /// Stores `batch` and answers once it is on disk (INV-1). Full queues answer at once.
    pub async fn append(&self, batch: Append) -> Result<Appended, AppendError> {
        let answer = self.append_all(vec![batch]).await.pop();
        answer.unwrap_or(Err(AppendError::Fault(Fault::Closed { what: "the log" })))
    }

    /// Stores `batches`, which count together as one in the queue and as one for the bounds of an append, but stand or
    /// fall each for itself. Answers for each, in their order, once all that can be is on disk.
    pub async fn append_all(&self, batches: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        let (count, step) = (batches.len(), Step::here("append", Kind::Client));
        let answer = step.run(async {
            match self.queued(batches) {
                // Without an answer the writer has died; whether the batches are on disk, the log itself knows.
                Ok(outcome) => outcome.await.unwrap_or_else(|_| {
                    vec![Err(AppendError::Fault(Fault::Closed { what: "the log" })); count]
                }),
                Err(refused) => vec![Err(refused); count],
            }
        });
        let answer = answer.await;
        if step.is_kept() {
            self.tell(&step, &answer);
        }
        answer
    }

    /// Says of an append what became of it.
    fn tell(&self, step: &Step, answer: &[Result<Appended, AppendError>]) {
        step.word("db.system.name", self.shared.backend.name()).word("db.operation.name", "append");
        step.word("db.collection.name", "event").number("db.operation.batch.size", answer.len() as u64);
        match answer.last() {
            Some(Ok(done)) => {
                step.number("seinhuis.position", done.last.0);
            }
            Some(Err(AppendError::Conflict { .. })) => step.failed("conflict"),
            Some(Err(AppendError::Overloaded)) => step.failed("overloaded"),
            Some(Err(AppendError::Size { .. })) => step.failed("too_large"),
            Some(Err(AppendError::Fault(_))) => step.failed("fault"),
            None => {}
        }
    }

    /// Puts `batches` in the queue, as far as there is room.
    fn queued(&self, batches: Vec<Append>) -> Result<oneshot::Receiver<writer::Answer>, AppendError> {
        let all = || batches.iter().flat_map(|batch| &batch.events);
        let (events, bytes) = (all().count(), all().map(NewEvent::size).sum::<usize>());
        let (bounds, empty) = (&self.shared.settings, batches.iter().any(|batch| batch.events.is_empty()));
        if events == 0 || empty || events > bounds.batch || bytes > bounds.queue_bytes {
            return Err(AppendError::Size { events, bytes });
        }
        let permits = u32::try_from(bytes).map_err(|_| AppendError::Size { events, bytes })?;
        let place = Arc::clone(&self.shared.places).try_acquire_owned();
        let room = Arc::clone(&self.shared.room).try_acquire_many_owned(permits);
        let (Ok(place), Ok(room)) = (place, room) else { return Err(AppendError::Overloaded) };
        let (answer, outcome) = oneshot::channel();
        // There are as many places in the channel as permits, so it can only be closed, never full.
        let request = Request::new(batches, self.fence.as_ref(), [place, room], answer);
        let queued = self.shared.queue.try_send(request);
        queued.map_err(|_| AppendError::Fault(Fault::Closed { what: "the log" }))?;
        Ok(outcome)
    }

    /// Up to `limit` events after `after`, in order of position and without gaps. A page ends before an event that is
    /// damaged; who asks for what comes next is told where that one is ([`Fault::Corrupt`]).
    pub async fn read(&self, after: Position, limit: usize) -> Result<Page, Fault> {
        let events = self.readable(after.0, limit).await?;
        let seen = events.last().map_or(0, |event| event.position.0);
        // Another process may write too; what it wrote is news to our own watchers.
        advance(&self.shared.head, seen);
        Ok(Page { events, head: self.head() })
    }

    /// Every event of `stream`, in order of version; none when there is no such stream.
    pub async fn read_stream(&self, stream: &StreamId) -> Result<Vec<Recorded>, Fault> {
        self.shared.backend.read_stream(stream.as_str()).await
    }

    /// Every event of these streams, in order of stream and version, in one trip to the database.
    pub(crate) async fn read_streams(&self, streams: &[StreamId]) -> Result<Vec<Recorded>, Fault> {
        let names: Vec<&str> = streams.iter().map(StreamId::as_str).collect();
        self.shared.backend.read_streams(&names).await
    }

    /// Up to `limit` events after `after` of all streams of one aggregate type, in order of position. For types with
    /// few events, such as areas and policies: it sorts what it finds.
    pub async fn read_kind(
        &self,
        aggregate_type: &str,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Recorded>, Fault> {
        self.shared.backend.read_kind(aggregate_type, after.0, limit).await
    }

    /// Up to `limit` events after `after` that `filter` lets through, in order of position. The page's head says up to
    /// where they are all there is: ask for what comes after that.
    pub async fn read_where(&self, filter: &Filter, after: Position, limit: usize) -> Result<Page, Fault> {
        let (events, complete) = self.shared.backend.read_where(filter, after.0, limit).await?;
        advance(&self.shared.head, complete);
        Ok(Page { events, head: Position(complete) })
    }

    /// The leaf hashes of up to `limit` events after `after`, in order of position.
    pub async fn leaves(&self, after: Position, limit: usize) -> Result<Vec<[u8; 32]>, Fault> {
        self.shared.backend.leaves(after.0, limit).await
    }

    /// The last durable position, asked of the database.
    pub async fn look(&self) -> Result<Position, Fault> {
        let head = self.shared.backend.head().await?;
        advance(&self.shared.head, head);
        Ok(Position(head))
    }

    /// What the database's clock says; `None` where the log is a file, which has no other clock than its process.
    pub async fn time(&self) -> Result<Option<Timestamp>, Fault> {
        self.shared.backend.time().await
    }

    /// The last durable position known here.
    pub fn head(&self) -> Position {
        Position(*self.shared.head.borrow())
    }

    /// The trace in which events were stored from here last, if it is one that is kept; each is given once. For whoever tells
    /// other processes that there is more to read.
    pub fn take_traced(&self) -> Option<TraceContext> {
        self.shared.traced.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Tells when there is more to read. A hint only: readers also look now and then on their own.
    pub fn watch(&self) -> HeadWatch {
        HeadWatch::new(self.shared.head.subscribe())
    }

    /// Takes no more batches, stores those it has, and closes the file.
    pub async fn close(self) {
        self.shared.closing.send_replace(true);
        let writer = self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // A writer that panicked has let its callers go already.
            let _ = writer.await;
        }
        if let Some(registry) = &self.shared.registry {
            registry.close().await;
        }
        self.shared.backend.close().await;
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.shared.backend
    }

    /// Its leases; `None` where one process has the log to itself.
    pub(crate) fn registry(&self) -> Option<&Registry> {
        self.shared.registry.as_ref()
    }
}
