//! One fact on its way to those who watch. Each message that somebody wants of it is made once, and none that nobody wants.

use std::cell::OnceCell;

use bytes::Bytes;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::sector::Sector;
use seinhuis_domain::signal::SignalEvent;
use seinhuis_eventstore::{Fault, Position, Recorded};

use super::wanted::What;
use crate::{facts, inbox, timers};

/// How sharply it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sharpness {
    /// That it is there.
    Outline,
    /// What it says.
    Sharp,
}

/// A fact, with what was made of it.
#[derive(Debug)]
pub(crate) struct Told<'a> {
    pub(crate) row: &'a Recorded,
    pub(crate) directory: &'a Directory,
    event: OnceCell<Result<Event, Fault>>,
    made: [OnceCell<Result<Option<Bytes>, Fault>>; What::ALL.len() * 2],
}

impl<'a> Told<'a> {
    /// The fact in `row`, told by the names in `directory`.
    pub(crate) fn of(row: &'a Recorded, directory: &'a Directory) -> Self {
        Self { row, directory, event: OnceCell::new(), made: Default::default() }
    }

    pub(crate) fn position(&self) -> Position {
        self.row.position
    }

    /// What it says.
    pub(crate) fn event(&self) -> Result<&Event, Fault> {
        self.event.get_or_init(|| self.row.event()).as_ref().map_err(Fault::clone)
    }

    /// The message for those who watch `what`, encoded; nothing where the fact is none of it.
    pub(crate) fn message(&self, what: What, sharpness: Sharpness) -> Result<Option<Bytes>, Fault> {
        let make = || match what {
            What::Facts => facts::told(self, sharpness).map(Some),
            What::Notices => inbox::step::told(self, sharpness),
            What::Fired => timers::fired::told(self),
        };
        self.made[what as usize * 2 + sharpness as usize].get_or_init(make).clone()
    }

    /// The sectors it names.
    pub(crate) fn sectors(&self) -> Result<Vec<Sector>, Fault> {
        // Most facts name none, and their names tell: nothing is decoded for it.
        if !matches!(
            self.row.name.as_str(),
            "signal.reported" | "case.opened" | "case.signal_attached" | "case.made_integral"
        ) {
            return Ok(vec![]);
        }
        Ok(match self.event()? {
            Event::Signal(SignalEvent::SignalReported(facts)) => vec![facts.kind.sector()],
            Event::Case(CaseEvent::CaseOpened(opened)) => vec![opened.kind.sector()],
            Event::Case(CaseEvent::SignalAttached { kind, .. }) => vec![kind.sector()],
            Event::Case(CaseEvent::CaseMadeIntegral { sectors, .. }) => sectors.clone(),
            _ => vec![],
        })
    }
}
