//! The log as a store of the cqrs-es framework, so that the framework's own types work over it.
//!
//! The framework hands over a map of text instead of a [`Context`]; its keys are the three constants below.

use std::collections::HashMap;

use cqrs_es::{Aggregate, AggregateContext, AggregateError, EventEnvelope, EventStore};
use jiff::Timestamp;
use seinhuis_domain::fact::Fact;

use crate::event::{Append, Context, NewEvent};
use crate::execute::Loaded;
use crate::fault::{AppendError, Fault};
use crate::log::Log;
use crate::position::Position;
use crate::stream::StreamId;

/// Metadata: who does it.
pub const ACTOR: &str = "actor";
/// Metadata: the hub's time, RFC 3339.
pub const RECORDED_AT: &str = "recorded_at";
/// Metadata: the W3C `traceparent`; may be left out.
pub const TRACE: &str = "trace";

/// An aggregate with where its stream stood when it was loaded.
#[derive(Debug)]
pub struct LogContext<A> {
    stream: StreamId,
    loaded: Loaded<A>,
}

impl<A> LogContext<A> {
    /// The number of events it was folded from.
    pub fn version(&self) -> u64 {
        self.loaded.version
    }

    /// Where the last of them stands in the log.
    pub fn position(&self) -> Position {
        self.loaded.position
    }
}

impl<A: Aggregate> AggregateContext<A> for LogContext<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.loaded.aggregate
    }
}

impl<A> EventStore<A> for Log
where
    A: Aggregate,
    A::Event: Fact,
{
    type AC = LogContext<A>;

    async fn load_events(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let stream = StreamId::new(A::TYPE, aggregate_id);
        let rows = self.read_stream(&stream).await.map_err(out_of_reach)?;
        rows.into_iter()
            .map(|row| {
                let payload =
                    row.decode().map_err(|fault| AggregateError::DeserializationError(fault.into()))?;
                let mut metadata = HashMap::from([
                    (ACTOR.to_owned(), row.actor),
                    (RECORDED_AT.to_owned(), row.recorded_at.to_string()),
                ]);
                metadata.extend(row.trace.map(|trace| (TRACE.to_owned(), trace)));
                let sequence = row.version as usize;
                Ok(EventEnvelope { aggregate_id: aggregate_id.to_owned(), sequence, payload, metadata })
            })
            .collect()
    }

    async fn load_aggregate(&self, aggregate_id: &str) -> Result<LogContext<A>, AggregateError<A::Error>> {
        let stream = StreamId::new(A::TYPE, aggregate_id);
        let loaded = self.load(&stream).await.map_err(out_of_reach)?;
        Ok(LogContext { stream, loaded })
    }

    async fn commit(
        &self,
        events: Vec<A::Event>,
        context: LogContext<A>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let LogContext { stream, loaded } = context;
        let told = told(&metadata).map_err(|missing| AggregateError::UnexpectedError(missing.into()))?;
        let rows: Result<_, Fault> = events.iter().map(|event| NewEvent::of(event, &told)).collect();
        let rows = rows.map_err(|fault| AggregateError::UnexpectedError(fault.into()))?;
        let batch = Append { stream: stream.clone(), expected_version: loaded.version, events: rows };
        self.append(batch).await.map_err(refused)?;
        let envelope = |(i, payload)| EventEnvelope {
            aggregate_id: stream.id().to_owned(),
            sequence: loaded.version as usize + 1 + i,
            payload,
            metadata: metadata.clone(),
        };
        Ok(events.into_iter().enumerate().map(envelope).collect())
    }
}

/// The context in `metadata`. The store asks no clock (INV-13), so the time has to be there.
fn told(metadata: &HashMap<String, String>) -> Result<Context, String> {
    let at = metadata.get(RECORDED_AT).ok_or("the metadata lack recorded_at")?;
    let at: Timestamp = at.parse().map_err(|_| "the metadata's recorded_at is no RFC 3339 instant")?;
    let actor = metadata.get(ACTOR).cloned().ok_or("the metadata lack actor")?;
    Ok(Context { actor, at, trace: metadata.get(TRACE).cloned() })
}

fn out_of_reach<E: std::error::Error>(fault: Fault) -> AggregateError<E> {
    match fault {
        Fault::UnknownEvent { .. } | Fault::Unreadable { .. } | Fault::Corrupt { .. } => {
            AggregateError::DeserializationError(fault.into())
        }
        fault => AggregateError::DatabaseConnectionError(fault.into()),
    }
}

fn refused<E: std::error::Error>(error: AppendError) -> AggregateError<E> {
    match error {
        AppendError::Conflict { .. } => AggregateError::AggregateConflict,
        AppendError::Fault(fault) => AggregateError::DatabaseConnectionError(fault.into()),
        other => AggregateError::UnexpectedError(other.into()),
    }
}
