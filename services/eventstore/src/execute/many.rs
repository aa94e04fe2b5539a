//! Commands for many aggregates at once: each aggregate's are decided one after the other in memory, and what comes of
//! all of them goes to the disk in a few pieces.

use std::borrow::Cow;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use futures::future::join_all;
use futures::stream::{self, StreamExt};
use seinhuis_domain::fact::Fact;

use super::known::{Known, Seen};
use super::{ATTEMPTS, Loaded, answer};
use crate::event::{Append, Appended, Context, NewEvent};
use crate::fault::{AppendError, ExecuteError};
use crate::log::Log;
use crate::stream::StreamId;

/// Chains decided at the same moment: those that are read alone wait for the database.
const LOADS: usize = 8;
/// Events and bytes that go to the disk in one piece. A single chain may be larger.
const LOT: usize = 1_024;
const LOT_BYTES: usize = 2 << 20;

/// The commands for one aggregate, in their order.
#[derive(Debug, Clone)]
pub struct Chain<C> {
    /// The aggregate.
    pub id: String,
    /// Its stream is likely to be empty, and first taken to be so without being read.
    pub opens: bool,
    /// What it is to handle. Those before one that is refused are stored all together or not at all.
    pub commands: Vec<Asked<C>>,
}

/// A command with the trace that it is part of.
#[derive(Debug, Clone)]
pub struct Asked<C> {
    /// The command.
    pub command: C,
    /// The W3C `traceparent` that what comes of it is stored with; none: that of the context.
    pub trace: Option<String>,
}

impl<C> From<C> for Asked<C> {
    fn from(command: C) -> Self {
        Self { command, trace: None }
    }
}

/// What became of a chain.
#[derive(Debug)]
pub struct Outcome<R> {
    /// Commands that were done, from the first on. What came of them is on disk.
    pub done: usize,
    /// Why the next one wasn't; `None` when all were.
    pub stopped: Option<ExecuteError<R>>,
}

/// What a chain is decided on.
enum Begun<A> {
    /// What was known, or taken to be so.
    Guessed(Seen<A>),
    /// What the stream holds.
    Read(Seen<A>),
    /// It could not be read together with the others.
    Unread,
}

/// What an aggregate makes of its chain.
struct Decided<A: Aggregate> {
    append: Append,
    outcome: Outcome<A::Error>,
    /// As it stands once that is stored.
    aggregate: A,
}

impl Log {
    /// Has each aggregate handle its commands, as [`Log::execute`] does with one. Answers for every chain, in their order.
    /// No two chains are of one aggregate. Of aggregates that are `known` the stream isn't read, unless somebody else wrote
    /// to it or the rules refuse or have nothing to add.
    pub async fn execute_all<A>(
        &self,
        services: &A::Services,
        chains: &[Chain<A::Command>],
        context: &Context,
        known: &mut Known<A>,
    ) -> Vec<Outcome<A::Error>>
    where
        A: Aggregate,
        A::Event: Fact,
        A::Command: Clone,
    {
        let mut outcomes: Vec<Option<Outcome<A::Error>>> = chains.iter().map(|_| None).collect();
        for attempt in 0..ATTEMPTS {
            let left: Vec<usize> = (0..chains.len()).filter(|at| outcomes[*at].is_none()).collect();
            let begun = self.begun(chains, &left, attempt == 0, known).await;
            let deciding: Vec<_> = left
                .iter()
                .zip(begun)
                .map(|(at, begun)| self.decided::<A>(services, &chains[*at], begun, context))
                .collect();
            let decided: Vec<_> = stream::iter(deciding).buffered(LOADS).collect().await;
            let (mut places, mut batches) = (Vec::new(), Vec::new());
            for (at, decided) in left.into_iter().zip(decided) {
                match decided {
                    Ok(Some(Decided { append, outcome, .. })) if append.events.is_empty() => {
                        outcomes[at] = Some(outcome);
                    }
                    Ok(Some(Decided { append, outcome, aggregate })) => {
                        places.push((at, outcome, aggregate));
                        batches.push(append);
                    }
                    // Decided anew on what the stream holds.
                    Ok(None) => {}
                    Err(fault) => outcomes[at] = Some(Outcome { done: 0, stopped: Some(fault) }),
                }
            }
            for ((at, outcome, aggregate), stored) in places.into_iter().zip(self.in_lots(batches).await) {
                outcomes[at] = match stored {
                    Ok(Appended { version, .. }) => {
                        known.keep(&chains[at].id, Seen { aggregate, version });
                        Some(outcome)
                    }
                    Err(AppendError::Conflict { .. }) => None,
                    Err(error) => Some(Outcome { done: 0, stopped: Some(answer(error)) }),
                };
            }
            if outcomes.iter().all(Option::is_some) {
                break;
            }
        }
        let gave_way = || Outcome { done: 0, stopped: Some(ExecuteError::Conflict { attempts: ATTEMPTS }) };
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(gave_way)).collect()
    }

    /// On what the chains at `places` are decided. `guess`: those that are known or likely to be empty aren't read.
    async fn begun<A>(
        &self,
        chains: &[Chain<A::Command>],
        places: &[usize],
        guess: bool,
        known: &mut Known<A>,
    ) -> Vec<Begun<A>>
    where
        A: Aggregate,
        A::Event: Fact,
    {
        let mut guessed = |chain: &Chain<A::Command>| {
            let empty = || chain.opens.then(|| Seen { aggregate: A::default(), version: 0 });
            known.take(&chain.id).or_else(empty).filter(|_| guess)
        };
        let guesses: Vec<_> = places.iter().map(|at| guessed(&chains[*at])).collect();
        let stream = |at: &usize| StreamId::new(A::TYPE, &chains[*at].id);
        let unread = places.iter().zip(&guesses).filter(|(_, guess)| guess.is_none());
        let unread: Vec<_> = unread.map(|(at, _)| stream(at)).collect();
        let mut read = self.load_together::<A>(&unread).await;
        let begun = |(at, guess): (&usize, Option<Seen<A>>)| match guess {
            Some(seen) => Begun::Guessed(seen),
            None => read.remove(&stream(at)).map_or(Begun::Unread, |loaded| {
                Begun::Read(Seen { aggregate: loaded.aggregate, version: loaded.version })
            }),
        };
        places.iter().zip(guesses).map(begun).collect()
    }

    /// What comes of `chain`, on the guess or on what the stream holds. `None` when the rules refuse on a guess or have
    /// nothing to add: then it may be wrong.
    async fn decided<A>(
        &self,
        services: &A::Services,
        chain: &Chain<A::Command>,
        begun: Begun<A>,
        context: &Context,
    ) -> Result<Option<Decided<A>>, ExecuteError<A::Error>>
    where
        A: Aggregate,
        A::Event: Fact,
        A::Command: Clone,
    {
        let stream = StreamId::new(A::TYPE, &chain.id);
        let guessed = matches!(begun, Begun::Guessed(_));
        let (mut aggregate, version) = match begun {
            Begun::Guessed(Seen { aggregate, version }) | Begun::Read(Seen { aggregate, version }) => {
                (aggregate, version)
            }
            Begun::Unread => {
                let Loaded { aggregate, version, .. } = self.load::<A>(&stream).await?;
                (aggregate, version)
            }
        };
        let mut append = Append { stream, expected_version: version, events: Vec::new() };
        let mut outcome = Outcome { done: 0, stopped: None };
        for Asked { command, trace } in &chain.commands {
            let context = match trace {
                Some(_) => Cow::Owned(Context { trace: trace.clone(), ..context.clone() }),
                None => Cow::Borrowed(context),
            };
            let sink = EventSink::default();
            if let Err(refusal) = aggregate.handle(command.clone(), services, &sink).await {
                outcome.stopped = Some(ExecuteError::Refused(refusal));
                break;
            }
            for event in sink.collect().await {
                append.events.push(NewEvent::of(&event, &context)?);
            }
            outcome.done += 1;
        }
        let unsure = guessed && (append.events.is_empty() || outcome.stopped.is_some());
        Ok((!unsure).then_some(Decided { append, outcome, aggregate }))
    }

    /// Stores `batches` in pieces of a size the disk likes. Answers for each, in their order.
    async fn in_lots(&self, batches: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        let (mut lots, mut events, mut bytes) = (Vec::<Vec<Append>>::new(), 0, 0);
        for batch in batches {
            events += batch.events.len();
            bytes += batch.events.iter().map(NewEvent::size).sum::<usize>();
            match lots.last_mut() {
                Some(lot) if events <= LOT && bytes <= LOT_BYTES => lot.push(batch),
                _ => {
                    events = batch.events.len();
                    bytes = batch.events.iter().map(NewEvent::size).sum();
                    lots.push(vec![batch]);
                }
            }
        }
        join_all(lots.into_iter().map(|lot| self.append_all(lot))).await.into_iter().flatten().collect()
    }
}
