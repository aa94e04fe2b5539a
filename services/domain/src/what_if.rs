//! What would have been: what happened to cases, decided again, under the policies that held or as if a draft had been
//! adopted on a day. A pure fold over the log.
//!
//! What comes from outside is taken as it came: signals, and what people did. What the ladder makes of it is decided anew. A
//! climb or a reminder that would have been planned as it was happens when it did, however late that was; any other one
//! happens on time.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::area::AreaMapFault;
use crate::case::{CaseEvent, CaseRefusal};
use crate::directory::Directory;
use crate::event::Event;
use crate::ids::CaseId;
use crate::profile::{Profile, ProfileEvent};

mod compare;
mod input;
mod lived;

pub use compare::{Change, Comparison, Difference, Of, Pair, Side, Telling};
use lived::Lived;

/// A policy that isn't in force, and from when it is to be seen as if it were.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The profile with this policy.
    pub profile: Box<Profile>,
    /// Cases opened from here on are judged by it, and its people are told. What was adopted after this counts for nothing.
    pub from: Timestamp,
}

/// What an event of the log would have led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Would {
    /// This would have happened to the case.
    Happen(CaseId, CaseEvent),
    /// What was done would have been refused: the case stood elsewhere then, or wasn't there.
    BeRefused(CaseId, CaseRefusal),
}

/// Cases as they would stand by now.
#[derive(Debug, Default)]
pub struct WhatIf {
    who: Directory,
    draft: Option<Draft>,
    is_adopted: bool,
    cases: HashMap<CaseId, Lived>,
    /// Climbs and reminders that really were not planned so, and when they are due.
    due: BTreeSet<(Timestamp, CaseId)>,
}

impl WhatIf {
    /// Under the policies that held. It makes of the log what is in the log, which is the proof that it can be believed.
    pub fn as_it_was() -> Self {
        Self::default()
    }

    /// Under a draft.
    pub fn under(draft: Draft) -> Self {
        Self { draft: Some(draft), ..Self::default() }
    }

    /// Takes in the next event of the log, of the stream of that name and taken in at `at`. Told is what would have happened
    /// since the one before, in order.
    ///
    /// Errors: areas that don't fit into one map, as a hub would not take them in either.
    pub fn take(&mut self, stream: &str, event: &Event, at: Timestamp) -> Result<Vec<Would>, AreaMapFault> {
        self.adopt_draft(at)?;
        match event {
            Event::Case(event) => Ok(stream.parse().map_or_else(|_| vec![], |id| self.lived(id, event, at))),
            Event::Profile(_) if self.is_adopted => Ok(vec![]),
            event => self.who.apply(stream, event).map(|()| vec![]),
        }
    }

    /// What would have happened by `at` without any further event. Cases of which events were taken in at that very instant are
    /// left as they are: more may come of the same command.
    pub fn until(&mut self, at: Timestamp) -> Vec<Would> {
        let mut would = Vec::new();
        while let Some((due_at, id)) = self.next_due(at) {
            self.due.remove(&(due_at, id));
            if let Some(lived) = self.cases.get_mut(&id) {
                let fired = lived.fires(id, &self.who);
                // What can't happen is not tried again until something else does.
                let goes_on = fired.iter().any(|would| matches!(would, Would::Happen(..)));
                self.due.extend(lived.waits_alone().filter(|_| goes_on).map(|due_at| (due_at, id)));
                would.extend(fired);
            }
        }
        would
    }

    fn next_due(&self, at: Timestamp) -> Option<(Timestamp, CaseId)> {
        let is_at_rest = |id: &CaseId| self.cases.get(id).is_some_and(|lived| lived.last < at);
        self.due.iter().take_while(|(due_at, _)| *due_at <= at).find(|(_, id)| is_at_rest(id)).copied()
    }

    fn adopt_draft(&mut self, at: Timestamp) -> Result<(), AreaMapFault> {
        let Some(draft) = self.draft.as_ref().filter(|draft| !self.is_adopted && draft.from <= at) else {
            return Ok(());
        };
        self.is_adopted = true;
        let (in_force, same) = self
            .who
            .in_force()
            .map_or((0, false), |(version, adopted)| (version, adopted.profile == *draft.profile));
        if same {
            return Ok(());
        }
        let profile = draft.profile.clone();
        let adopted = ProfileEvent::ProfileAdopted { version: in_force + 1, profile };
        self.who.apply("draft", &Event::Profile(adopted))
    }

    fn lived(&mut self, id: CaseId, event: &CaseEvent, at: Timestamp) -> Vec<Would> {
        let mut would = self.until(at);
        let lived = self.cases.entry(id).or_default();
        let alone = lived.waits_alone();
        would.extend(lived.take(id, event, at, &self.who));
        let now_alone = lived.waits_alone();
        if alone != now_alone {
            alone.map(|due_at| self.due.remove(&(due_at, id)));
            self.due.extend(now_alone.map(|due_at| (due_at, id)));
        }
        would
    }
}

#[cfg(test)]
mod specs;
