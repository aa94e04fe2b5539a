//! The audit: a fold over the log, and what is wrong at a moment.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::area::AreaMapFault;
use seinhuis_domain::case::{CaseEvent, RungReached};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, PersonId};
use seinhuis_domain::ladder::Rung;
use seinhuis_eventstore::{Position, Recorded};

use crate::case::Followed;
use crate::finding::{Finding, Wrong};
use crate::told::may_be_told;

/// All cases, as the auditor knows them.
#[derive(Debug, Default)]
pub struct Audit {
    directory: Directory,
    /// As it was before the last profile was adopted, and when that was.
    former: Option<(Timestamp, Directory)>,
    cases: HashMap<CaseId, Followed>,
    /// Cases that have to climb, by when.
    due: BTreeSet<(Timestamp, CaseId)>,
    /// When those are due.
    due_of: HashMap<CaseId, Timestamp>,
    /// Cases to which something happened, whose plan is yet to be looked at.
    touched: BTreeSet<CaseId>,
    /// What happened and should not have, and when: nothing makes it undone.
    happened: BTreeMap<Finding, Timestamp>,
    /// Plans that are wrong, until they are made right.
    misplanned: BTreeMap<CaseId, Finding>,
    /// Up to where the log was read, and when the event there was taken in.
    position: Position,
    at: Timestamp,
}

/// So long after a profile was adopted somebody may still decide by the one before.
const OVERLAP: SignedDuration = SignedDuration::from_mins(1);

impl Audit {
    /// Up to where it has read the log.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Takes in the next event.
    ///
    /// Errors: areas that don't fit into one map, as a hub would not take them in either.
    pub fn take(&mut self, recorded: &Recorded, event: &Event) -> Result<(), AreaMapFault> {
        (self.position, self.at) = (recorded.position, recorded.recorded_at);
        let stream = recorded.stream.id();
        match event {
            Event::Case(event) => {
                if let Ok(id) = stream.parse() {
                    self.case(id, recorded, event);
                }
                Ok(())
            }
            event => {
                if matches!(event, Event::Profile(_)) {
                    self.former = Some((recorded.recorded_at, self.directory.clone()));
                }
                self.directory.apply(stream, event)
            }
        }
    }

    /// How many cases wait for a climb.
    pub fn open(&self) -> usize {
        self.due.len()
    }

    /// When the last event was taken in.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// What is wrong at `now`, on the hub's clock: what happened since `since`, and what is planned wrongly or withheld. A case to which something
    /// happened at this very instant is looked at later, since more may come of the same command.
    pub fn findings(&mut self, since: Timestamp, now: Timestamp) -> Vec<Finding> {
        for id in std::mem::take(&mut self.touched) {
            match self.cases.get(&id).map(|case| case.last.1 < now) {
                Some(true) => self.look_at_plan(id),
                Some(false) => drop(self.touched.insert(id)),
                None => {}
            }
        }
        let overdue = self.due.iter().take_while(|(due_at, _)| *due_at < now);
        let withheld = overdue.filter_map(|(due_at, case)| {
            let position = self.cases.get(case)?.last.0;
            Some(Finding { case: *case, position, wrong: Wrong::Withheld { due_at: *due_at } })
        });
        let happened = self.happened.iter().filter(|(_, at)| **at >= since).map(|(finding, _)| finding);
        happened.chain(self.misplanned.values()).cloned().chain(withheld).collect()
    }

    fn case(&mut self, id: CaseId, recorded: &Recorded, event: &CaseEvent) {
        if let CaseEvent::CaseOpened(opened) = event {
            self.cases.insert(id, Followed::opened(opened));
        }
        if let CaseEvent::RungReached(climb) = event {
            let found = self.climbed(id, climb);
            let (position, at) = (recorded.position, recorded.recorded_at);
            let found = found.into_iter().map(|wrong| (Finding { case: id, position, wrong }, at));
            self.happened.extend(found);
        }
        let Some(case) = self.cases.get_mut(&id) else { return };
        case.take(event);
        case.last = (recorded.position, recorded.recorded_at);
        self.touched.insert(id);
        self.await_climb(id);
        if let CaseEvent::RungReached(climb) = event
            && climb.passed
            && self.due_of.get(&id).is_none_or(|next| *next > climb.at)
        {
            // It went past a rung on which it should have stayed, and nobody was told.
            let wrong = Wrong::Untold { rung: climb.rung };
            self.happened
                .insert(Finding { case: id, position: recorded.position, wrong }, recorded.recorded_at);
        }
    }

    /// What is wrong with a climb, before the case takes it in.
    fn climbed(&self, id: CaseId, climb: &RungReached) -> Vec<Wrong> {
        let RungReached { rung, planned_at, at, tell, passed, .. } = climb;
        let Some(case) = self.cases.get(&id) else { return vec![] };
        let mut found = Vec::new();
        if case.has_climbed(climb) {
            found.push(Wrong::Doubled { rung: *rung });
        }
        if tell.is_empty() && !passed && !self.has_nobody(case, *rung) {
            found.push(Wrong::Untold { rung: *rung });
        }
        let strangers = tell.iter().filter(|person| !self.may_be_told(case, *rung, person));
        found.extend(strangers.map(|person| Wrong::Misdirected { told: person.clone(), rung: *rung }));
        if planned_at.is_some() {
            match self.due_of.get(&id) {
                Some(due_at) if at < due_at => found.push(Wrong::Early { due_at: *due_at, at: *at }),
                Some(due_at) if *planned_at != Some(*due_at) => {
                    found.push(Wrong::Misplanned { planned: *planned_at, due_at: *due_at });
                }
                Some(_) => {}
                None => found.push(Wrong::Early { due_at: Timestamp::MAX, at: *at }),
            }
        }
        found
    }

    fn may_be_told(&self, case: &Followed, rung: Rung, person: &PersonId) -> bool {
        let former = self.former.as_ref().filter(|(at, _)| self.at.duration_since(*at) < OVERLAP);
        let before = former.map(|(_, directory)| directory);
        [Some(&self.directory), before].into_iter().flatten().any(|who| may_be_told(who, case, rung, person))
    }

    /// Whether the profile names nobody who may be told.
    fn has_nobody(&self, case: &Followed, rung: Rung) -> bool {
        let people = self.directory.in_force().map(|(_, adopted)| &adopted.profile.people[..]);
        !people.unwrap_or_default().iter().any(|entry| may_be_told(&self.directory, case, rung, &entry.id))
    }

    /// Notes when the case has to climb now.
    fn await_climb(&mut self, id: CaseId) {
        if let Some(before) = self.due_of.remove(&id) {
            self.due.remove(&(before, id));
        }
        let due_at = self.cases.get(&id).and_then(|case| {
            let adopted = self.directory.adopted(case.policy)?;
            case.due_at(&adopted.profile.policy, &adopted.calendar)
        });
        if let Some(due_at) = due_at {
            self.due_of.insert(id, due_at);
            self.due.insert((due_at, id));
        }
    }

    fn look_at_plan(&mut self, id: CaseId) {
        let (due_at, case) = (self.due_of.get(&id), self.cases.get(&id));
        let wrong = match (due_at, case) {
            (Some(due_at), Some(case)) if case.planned != Some(*due_at) => {
                let wrong = Wrong::Misplanned { planned: case.planned, due_at: *due_at };
                Some(Finding { case: id, position: case.last.0, wrong })
            }
            _ => None,
        };
        match wrong {
            Some(finding) => drop(self.misplanned.insert(id, finding)),
            None => drop(self.misplanned.remove(&id)),
        }
    }
}

#[cfg(test)]
mod specs;
