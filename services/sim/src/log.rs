//! A model of the log: append with the version one expects and the fence one shows, read from a position. Commands are decided
//! by the aggregates themselves, and what is stored is what the log would store.

use std::collections::HashMap;
use std::sync::Arc;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use futures::FutureExt;
use jiff::Timestamp;
use seinhuis_domain::case::{Case, CaseEvent};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::fact::Fact;
use seinhuis_domain::notice::{Notice, NoticeEvent};
use seinhuis_domain::profile::{AdoptedProfile, ProfileEvent};
use seinhuis_eventstore::{Context, NewEvent, Position, Recorded, StreamId};

/// An event of the log, and what the world knows of it.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) recorded: Recorded,
    pub(crate) event: Event,
    /// When it was stored, by no clock of any machine.
    pub(crate) at: Timestamp,
    /// Whether it is the first of its command.
    pub(crate) is_first: bool,
    /// The lease it was written under.
    pub(crate) fence: Option<Fence>,
    /// Since when somebody has been firing timers without a break; none: nobody is.
    pub(crate) steady_since: Option<Timestamp>,
}

/// What a command comes to, to be stored if its stream still has the version it was decided on.
#[derive(Debug)]
pub(crate) struct Decided {
    stream: StreamId,
    expected: u64,
    pub(crate) events: Vec<NewEvent>,
}

/// The lease something is written under, and its epoch.
pub(crate) type Fence = (&'static str, u64);

/// Why nothing was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Somebody was first.
    Conflict,
    /// The lease has passed on.
    Fenced,
    /// The log is away.
    Away,
}

#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) events: Vec<Stored>,
    streams: HashMap<StreamId, Vec<usize>>,
    /// The epoch in force of each lease.
    fences: HashMap<&'static str, u64>,
    directory: Arc<Directory>,
    pub(crate) is_away: bool,
    pub(crate) steady_since: Option<Timestamp>,
}

/// An aggregate whose events are in the log.
pub(crate) trait Kept: Aggregate {
    fn own(event: &Event) -> Option<&Self::Event>;
}

impl Kept for Case {
    fn own(event: &Event) -> Option<&CaseEvent> {
        if let Event::Case(event) = event { Some(event) } else { None }
    }
}

impl Kept for Notice {
    fn own(event: &Event) -> Option<&NoticeEvent> {
        if let Event::Notice(event) = event { Some(event) } else { None }
    }
}

impl Kept for AdoptedProfile {
    fn own(event: &Event) -> Option<&ProfileEvent> {
        if let Event::Profile(event) = event { Some(event) } else { None }
    }
}

impl Log {
    pub(crate) fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory)
    }

    /// The aggregate as its stream tells it, and the version of that.
    pub(crate) fn load<A: Kept>(&self, id: &str) -> (A, u64) {
        let own = self.streams.get(&StreamId::new(A::TYPE, id)).map_or(&[][..], Vec::as_slice);
        let mut aggregate = A::default();
        own.iter()
            .filter_map(|at| A::own(&self.events[*at].event))
            .for_each(|event| aggregate.apply(event.clone()));
        (aggregate, own.len() as u64)
    }

    /// What `command` comes to, as things are now.
    pub(crate) fn decide<A>(
        &self,
        services: &A::Services,
        id: &str,
        command: A::Command,
        context: &Context,
    ) -> Result<Decided, A::Error>
    where
        A: Kept,
        A::Event: Fact,
    {
        let (mut aggregate, expected) = self.load::<A>(id);
        let sink = EventSink::default();
        let handled = aggregate.handle(command, services, &sink).now_or_never();
        handled.expect("a rule waits for nothing")?;
        let events = sink.collect().now_or_never().expect("a rule waits for nothing");
        let stored = |event| NewEvent::of(event, context).expect("every event has a stored form");
        Ok(Decided {
            stream: StreamId::new(A::TYPE, id),
            expected,
            events: events.iter().map(stored).collect(),
        })
    }

    /// Stores what was decided. Answers the positions it got.
    pub(crate) fn append(
        &mut self,
        decided: &Decided,
        fence: Option<Fence>,
        at: Timestamp,
    ) -> Result<std::ops::Range<usize>, Refused> {
        let Decided { stream, expected, events } = decided;
        if self.is_away {
            return Err(Refused::Away);
        }
        if fence.is_some_and(|(name, epoch)| self.fences.get(name).is_some_and(|now| *now > epoch)) {
            return Err(Refused::Fenced);
        }
        let version = self.streams.get(stream).map_or(0, Vec::len) as u64;
        if version != *expected {
            return Err(Refused::Conflict);
        }
        let first = self.events.len();
        for (nth, new) in (1..).zip(events) {
            let position = Position(self.events.len() as u64 + 1);
            let recorded = recorded(stream.clone(), version + nth, position, new.clone());
            let event = recorded.event().expect("what was stored can be read");
            if matches!(event, Event::Profile(_)) {
                let taken = Arc::make_mut(&mut self.directory).apply(stream.id(), &event);
                taken.expect("the areas fit into one map");
            }
            self.streams.entry(stream.clone()).or_default().push(self.events.len());
            self.events.push(Stored {
                recorded,
                event,
                at,
                is_first: nth == 1,
                fence,
                steady_since: self.steady_since,
            });
        }
        Ok(first..self.events.len())
    }

    /// From here on nothing is stored under an earlier epoch of the lease.
    pub(crate) fn raise(&mut self, (name, epoch): Fence) {
        self.fences.insert(name, epoch);
    }

    /// What follows on `position`.
    pub(crate) fn after(&self, position: Position) -> Vec<Recorded> {
        let from = usize::try_from(position.0).unwrap_or(usize::MAX).min(self.events.len());
        self.events[from..].iter().map(|stored| stored.recorded.clone()).collect()
    }
}

fn recorded(stream: StreamId, version: u64, position: Position, new: NewEvent) -> Recorded {
    let NewEvent { name, schema, recorded_at, area, actor, trace, payload, sealed } = new;
    // Nobody here asks for the proof.
    let leaf = [0; 32];
    Recorded {
        position,
        stream,
        version,
        name,
        schema,
        recorded_at,
        area,
        actor,
        trace,
        payload,
        sealed,
        leaf,
    }
}

#[cfg(test)]
mod specs {
    use seinhuis_domain::example;
    use seinhuis_domain::profile::AdoptProfile;

    use super::*;

    fn adopt(log: &Log, title: &str) -> Decided {
        let mut profile = example::profile();
        profile.title = title.into();
        let context = Context { actor: "role:test".into(), at: Timestamp::UNIX_EPOCH, trace: None };
        log.decide::<AdoptedProfile>(&(), "voorbeeld", AdoptProfile(Box::new(profile)), &context).unwrap()
    }

    #[test]
    fn of_two_that_were_decided_on_one_version_the_second_is_refused() {
        let mut log = Log::default();
        let (one, other) = (adopt(&log, "een"), adopt(&log, "ander"));
        assert_eq!(log.append(&one, None, Timestamp::UNIX_EPOCH), Ok(0..1));
        assert_eq!(log.append(&other, None, Timestamp::UNIX_EPOCH), Err(Refused::Conflict));
        assert_eq!(log.append(&adopt(&log, "ander"), None, Timestamp::UNIX_EPOCH), Ok(1..2));
        assert_eq!(log.directory().in_force().map(|(version, _)| version), Some(2));
    }

    #[test]
    fn what_shows_an_epoch_that_is_over_is_refused_and_other_leases_are_not() {
        let mut log = Log::default();
        log.raise(("escalation", 2));
        let decided = adopt(&log, "een");
        assert_eq!(
            log.append(&decided, Some(("escalation", 1)), Timestamp::UNIX_EPOCH),
            Err(Refused::Fenced)
        );
        assert_eq!(log.append(&decided, Some(("notify", 1)), Timestamp::UNIX_EPOCH), Ok(0..1));
    }

    #[test]
    fn a_log_that_is_away_stores_nothing() {
        let mut log = Log { is_away: true, ..Log::default() };
        let decided = adopt(&log, "een");
        assert_eq!(log.append(&decided, None, Timestamp::UNIX_EPOCH), Err(Refused::Away));
        assert_eq!(log.events.len(), 0);
    }
}
