//! What if a draft had been in force? The log is gone through once, and every case decided again.
//!
//! Without a draft it is the proof that the answer can be believed: what is decided again must be what is stored, byte for
//! byte.

mod identity;

use jiff::Timestamp;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::what_if::{Comparison, Draft, Side, WhatIf, Would};
use seinhuis_eventstore::{Ahead, Fault, Log, Position, Recorded};

pub use identity::Identity;

/// Events per page.
const PAGE: usize = 4_096;

/// What is asked.
#[derive(Debug)]
pub struct Question {
    /// The policy to be tried; without one, those that held.
    pub draft: Option<Draft>,
    /// Climbs and reminders from here on are compared.
    pub from: Timestamp,
    /// Those before this are, and nothing from it on is looked at. Otherwise up to the last event of the log.
    pub until: Option<Timestamp>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Answer {
    /// The climbs and reminders of both, compared.
    pub comparison: Comparison,
    /// Acts of people that would have been refused, since the case stood elsewhere then.
    pub refused: u64,
    /// Whether what was decided again is what is stored. Only without a draft.
    pub identity: Option<Identity>,
    /// Events of the log that were gone through.
    pub events: u64,
    /// Where the log was when it began.
    pub position: Position,
    /// Up to when it was decided again: the end of the question, or the last event.
    pub until: Timestamp,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WhatIfFault {
    /// The log can't be read.
    #[error("the log can't be read")]
    Log(#[source] Fault),
    /// Areas that don't fit into one map.
    #[error("the areas at position {position} don't fit into one map")]
    Areas {
        /// Where they were taken in.
        position: Position,
        /// Why.
        #[source]
        source: seinhuis_domain::area::AreaMapFault,
    },
}

/// Goes through `log`. `seen` is told how far it is after each page.
pub async fn what_if(
    log: &Log,
    question: Question,
    mut seen: impl FnMut(Position, Position),
) -> Result<Answer, WhatIfFault> {
    let head = log.look().await.map_err(WhatIfFault::Log)?;
    let mut replay = Replay::of(question, head);
    let mut pages = Ahead::decoded(log.clone(), Position::START, head, PAGE);
    while let Some(page) = pages.page().await.map_err(WhatIfFault::Log)? {
        for (recorded, event) in page {
            if replay.until.is_some_and(|until| recorded.recorded_at >= until) {
                return Ok(replay.answer());
            }
            replay.take(&recorded, &event)?;
        }
        seen(Position(replay.answer.events), head);
    }
    Ok(replay.answer())
}

struct Replay {
    again: WhatIf,
    from: Timestamp,
    until: Option<Timestamp>,
    answer: Answer,
}

impl Replay {
    fn of(Question { draft, from, until }: Question, position: Position) -> Self {
        let identity = draft.is_none().then(Identity::default);
        let again = draft.map_or_else(WhatIf::as_it_was, WhatIf::under);
        Self { again, from, until, answer: Answer { identity, position, ..Answer::default() } }
    }

    fn take(&mut self, recorded: &Recorded, event: &Event) -> Result<(), WhatIfFault> {
        self.answer.events += 1;
        self.answer.until = recorded.recorded_at.max(self.answer.until);
        let (position, stream) = (recorded.position, recorded.stream.id());
        let would = self.again.take(stream, event, recorded.recorded_at);
        self.weigh(position, would.map_err(|source| WhatIfFault::Areas { position, source })?);
        if let (Event::Case(event), Ok(case)) = (event, stream.parse()) {
            self.compare(Side::Happened, case, event);
            if let Some(identity) = &mut self.answer.identity {
                identity.find(case, recorded);
            }
        }
        Ok(())
    }

    fn weigh(&mut self, position: Position, would: Vec<Would>) {
        for would in &would {
            match would {
                Would::Happen(case, event) => self.compare(Side::Would, *case, event),
                Would::BeRefused(..) => self.answer.refused += 1,
            }
        }
        if let Some(identity) = &mut self.answer.identity {
            identity.owe(position, would);
        }
    }

    fn compare(&mut self, side: Side, case: CaseId, event: &CaseEvent) {
        let at = match event {
            CaseEvent::RungReached(climb) => climb.at,
            CaseEvent::CaseReminded(reminded) => reminded.at,
            _ => return,
        };
        if self.from <= at && self.until.is_none_or(|until| at < until) {
            self.answer.comparison.take(side, case, event);
        }
    }

    /// With what would have happened until the end of the question, or until now.
    fn answer(mut self) -> Answer {
        self.answer.until = self.until.unwrap_or(self.answer.until);
        let would = self.again.until(self.answer.until);
        self.weigh(self.answer.position, would);
        self.answer
    }
}
