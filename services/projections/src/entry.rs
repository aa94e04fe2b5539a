//! An event of the log as read models take it in: decoded once, shared by all models of a follower.

use std::ops::Deref;
use std::sync::Arc;

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, SignalId};
use seinhuis_domain::notice::NoticeEvent;
use seinhuis_domain::signal::{SignalEvent, SignalFacts};
use seinhuis_domain::subject::SubjectEvent;
use seinhuis_eventstore::{Fault, Position, Recorded};

/// One event: its row, and what it says. Clones are the same event.
#[derive(Debug, Clone)]
pub(crate) struct Entry(Arc<Told>);

/// What an entry holds.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) recorded: Recorded,
    pub(crate) about: About,
}

impl Deref for Entry {
    type Target = Told;

    fn deref(&self) -> &Told {
        &self.0
    }
}

/// An event that can't be understood, and why.
pub(crate) type Unreadable = Box<(Recorded, Fault)>;

/// What an event says, with the id of the stream it was said in.
#[derive(Debug)]
pub(crate) enum About {
    Signal(SignalId, Box<SignalFacts>),
    Case(CaseId, CaseEvent),
    Notice(NoticeEvent),
    Subject(SubjectEvent),
    /// Configuration and accounts: the directory's concern, not that of any table here.
    Elsewhere,
}

impl Entry {
    /// Reads the event in `recorded`.
    pub(crate) fn of(recorded: Recorded) -> Result<Self, Unreadable> {
        match about(&recorded) {
            Ok(about) => Ok(Self(Arc::new(Told { recorded, about }))),
            Err(fault) => Err(Box::new((recorded, fault))),
        }
    }

    /// The events up to the first that `models` can't understand, and why they can't.
    pub(crate) fn page(events: Vec<Recorded>, models: &str) -> (Vec<Self>, Option<crate::fault::Fault>) {
        let mut page = Vec::with_capacity(events.len());
        for recorded in events {
            match Self::of(recorded) {
                Ok(entry) => page.push(entry),
                Err(unreadable) => {
                    let (Recorded { position, name, schema, .. }, source) = *unreadable;
                    let models = models.to_owned();
                    return (
                        page,
                        Some(crate::fault::Fault::Poisoned { models, position, name, schema, source }),
                    );
                }
            }
        }
        (page, None)
    }

    pub(crate) fn position(&self) -> Position {
        self.recorded.position
    }

    /// The case event in it, if it is one.
    pub(crate) fn case(&self) -> Option<(CaseId, &CaseEvent)> {
        if let About::Case(id, event) = &self.about { Some((*id, event)) } else { None }
    }
}

fn about(recorded: &Recorded) -> Result<About, Fault> {
    let stream = &recorded.stream;
    let no_id = |_| Fault::Corrupt { position: recorded.position, what: format!("{stream} holds no id") };
    Ok(match recorded.event()? {
        Event::Signal(SignalEvent::SignalReported(facts)) => {
            About::Signal(stream.id().parse().map_err(no_id)?, facts)
        }
        Event::Case(event) => About::Case(stream.id().parse().map_err(no_id)?, event),
        Event::Notice(event) => About::Notice(event),
        Event::Subject(event) => About::Subject(event),
        Event::Profile(_) | Event::Areas(_) | Event::Partner(_) | Event::Person(_) => About::Elsewhere,
    })
}
