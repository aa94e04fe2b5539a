//! The one door for commands: load, handle, commit, and try again when somebody else was first.

mod known;
mod many;
mod together;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use jiff::Timestamp;
use seinhuis_domain::fact::Fact;

use crate::event::{Append, Committed, Context, NewEvent, Recorded};
use crate::fault::{AppendError, ExecuteError, Fault};
use crate::log::Log;
use crate::position::Position;
use crate::stream::StreamId;

pub use known::Known;
pub use many::{Asked, Chain, Outcome};

/// How often a command is decided anew before it gives way.
const ATTEMPTS: u32 = 8;

/// An aggregate as its stream tells it.
#[derive(Debug)]
pub(crate) struct Loaded<A> {
    pub(crate) aggregate: A,
    pub(crate) version: u64,
    pub(crate) position: Position,
    /// When the last event was recorded; `None` for an empty stream.
    pub(crate) recorded_at: Option<Timestamp>,
}

impl<A: Default> Default for Loaded<A> {
    fn default() -> Self {
        Self { aggregate: A::default(), version: 0, position: Position::START, recorded_at: None }
    }
}

impl Log {
    /// Has the aggregate `id` handle `command` and stores what comes of it. A command with nothing to add stores
    /// nothing and tells where the stream stands.
    pub async fn execute<A>(
        &self,
        services: &A::Services,
        id: &str,
        command: A::Command,
        context: &Context,
    ) -> Result<Committed, ExecuteError<A::Error>>
    where
        A: Aggregate,
        A::Event: Fact,
        A::Command: Clone,
    {
        let stream = StreamId::new(A::TYPE, id);
        self.retried::<A>(services, &stream, command, context, ATTEMPTS).await
    }

    /// Like [`Log::execute`], but first tries on the assumption that the stream is empty, without reading it. When it
    /// isn't, or the rules refuse or have nothing to add, the stream is read and asked after all.
    pub async fn execute_new<A>(
        &self,
        services: &A::Services,
        id: &str,
        command: A::Command,
        context: &Context,
    ) -> Result<Committed, ExecuteError<A::Error>>
    where
        A: Aggregate,
        A::Event: Fact,
        A::Command: Clone,
    {
        let stream = StreamId::new(A::TYPE, id);
        let guess = Loaded::<A>::default();
        if let Ok(events) = decide(guess.aggregate, services, command.clone(), context).await {
            let events = events?;
            if !events.is_empty() {
                match self.committed(&stream, 0, events).await {
                    Err(AppendError::Conflict { .. }) => {}
                    done => return done.map_err(answer),
                }
            }
        }
        self.retried::<A>(services, &stream, command, context, ATTEMPTS - 1).await
    }

    /// Reads `stream` and folds it.
    pub(crate) async fn load<A>(&self, stream: &StreamId) -> Result<Loaded<A>, Fault>
    where
        A: Aggregate,
        A::Event: Fact,
    {
        folded(self.read_stream(stream).await?)
    }

    async fn retried<A>(
        &self,
        services: &A::Services,
        stream: &StreamId,
        command: A::Command,
        context: &Context,
        attempts: u32,
    ) -> Result<Committed, ExecuteError<A::Error>>
    where
        A: Aggregate,
        A::Event: Fact,
        A::Command: Clone,
    {
        for _ in 0..attempts {
            let Loaded { aggregate, version, position, recorded_at } = self.load::<A>(stream).await?;
            let decided = decide(aggregate, services, command.clone(), context).await;
            let events = decided.map_err(ExecuteError::Refused)??;
            if events.is_empty() {
                let recorded_at = recorded_at.unwrap_or(context.at);
                return Ok(Committed { position, version, recorded_at, fresh: false });
            }
            match self.committed(stream, version, events).await {
                Err(AppendError::Conflict { .. }) => continue,
                done => return done.map_err(answer),
            }
        }
        Err(ExecuteError::Conflict { attempts: ATTEMPTS })
    }

    async fn committed(
        &self,
        stream: &StreamId,
        expected_version: u64,
        events: Vec<NewEvent>,
    ) -> Result<Committed, AppendError> {
        let recorded_at = events.last().map_or(Timestamp::MIN, |event| event.recorded_at);
        let done = self.append(Append { stream: stream.clone(), expected_version, events }).await?;
        Ok(Committed { position: done.last, version: done.version, recorded_at, fresh: true })
    }
}

/// The aggregate whose events these are, from the first on.
fn folded<A>(rows: impl IntoIterator<Item = Recorded>) -> Result<Loaded<A>, Fault>
where
    A: Aggregate,
    A::Event: Fact,
{
    let mut loaded = Loaded::<A>::default();
    for row in rows {
        if row.version != loaded.version + 1 {
            let what = format!("version {} of its stream follows version {}", row.version, loaded.version);
            return Err(Fault::Corrupt { position: row.position, what });
        }
        loaded.aggregate.apply(row.decode()?);
        (loaded.version, loaded.position) = (row.version, row.position);
        loaded.recorded_at = Some(row.recorded_at);
    }
    Ok(loaded)
}

/// The stored form of what `aggregate` makes of `command`, or its refusal.
async fn decide<A>(
    mut aggregate: A,
    services: &A::Services,
    command: A::Command,
    context: &Context,
) -> Result<Result<Vec<NewEvent>, Fault>, A::Error>
where
    A: Aggregate,
    A::Event: Fact,
{
    let sink = EventSink::default();
    aggregate.handle(command, services, &sink).await?;
    let events = sink.collect().await;
    Ok(events.iter().map(|event| NewEvent::of(event, context)).collect())
}

fn answer<R>(error: AppendError) -> ExecuteError<R> {
    match error {
        AppendError::Overloaded => ExecuteError::Overloaded,
        AppendError::Fault(fault) => ExecuteError::Fault(fault),
        AppendError::Size { events, bytes } => ExecuteError::TooLarge { events, bytes },
        // Only the retry sees these; there, they are no answer yet.
        AppendError::Conflict { .. } => ExecuteError::Conflict { attempts: ATTEMPTS },
    }
}
