//! One fact per (case, policy version, rung, cycle), none early, none missed, and the next term counts from the planned time
//! (INV-7). The rules of the case say what was planned: they are given the log event by event.

use std::collections::BTreeMap;

use cqrs_es::Aggregate;
use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::case::{Case, CaseEvent, RungReached};
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::CaseId;
use seinhuis_domain::ladder::{Cause, Rung};

use super::{Entry, Finding, History, Moment};

/// How the hub's time runs beside the run's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// The hub's time when the run began.
    pub(crate) start: Timestamp,
    /// How many times as fast.
    pub(crate) speed: f64,
    /// How far the clock of one role may run ahead, in hub time.
    pub(crate) ahead: SignedDuration,
}

impl Pace {
    /// What the hub's clocks say at a moment of the run.
    pub(crate) fn at(&self, moment: Moment) -> Timestamp {
        let passed = SignedDuration::try_from(moment.mul_f64(self.speed)).unwrap_or(SignedDuration::MAX);
        self.start.saturating_add(passed).unwrap_or(Timestamp::MAX)
    }
}

pub(super) fn is_climb(event: &Event) -> bool {
    matches!(event, Event::Case(CaseEvent::RungReached(_)))
}

pub(super) fn check(history: &History) -> Vec<Finding> {
    let mut look = Look { history, found: Vec::new(), cases: BTreeMap::new(), climbs: BTreeMap::new() };
    for entry in &history.log {
        if let (Event::Case(event), Some(case)) = (&entry.event, entry.case()) {
            look.take(case, event, entry);
        }
    }
    look.missed();
    look.found
}

struct Look<'a> {
    history: &'a History,
    found: Vec<Finding>,
    /// Each case as its rules see it, and where its last fact stands.
    cases: BTreeMap<CaseId, (Case, u64)>,
    /// Where each climb stands.
    climbs: BTreeMap<(CaseId, u32, Rung, u32), u64>,
}

impl Look<'_> {
    fn take(&mut self, case: CaseId, event: &CaseEvent, entry: &Entry) {
        if let CaseEvent::RungReached(reached) = event {
            self.climbed(case, reached, entry.position);
        }
        let (state, last) = self.cases.entry(case).or_default();
        state.apply(event.clone());
        *last = entry.position;
    }

    fn climbed(&mut self, case: CaseId, reached: &RungReached, position: u64) {
        let RungReached { rung, cycle, policy_version, planned_at, at, next, .. } = reached;
        if let Some(first) = self.climbs.insert((case, *policy_version, *rung, *cycle), position) {
            self.found.push(Finding::RungTwice { case, rung: *rung, cycle: *cycle, first, again: position });
        }
        let Some(due) = *planned_at else { return };
        if *at < due || self.ahead_of_time(due, position) {
            self.found.push(Finding::Early { case, due, position });
        }
        let planned = self.cases.get(&case).and_then(|(case, _)| case.state()?.planned.as_ref());
        if planned.is_none_or(|step| (step.to, step.due_at, step.cause) != (*rung, due, reached.cause)) {
            self.found.push(Finding::NotPlanned { case, position });
        }
        let from = next.as_ref().filter(|step| step.cause == Cause::NotPickedUp).map(|step| step.from);
        if from.is_some_and(|from| from != due) {
            self.found.push(Finding::CountedFromFiring { case, due, position });
        }
    }

    /// Whether the log held a climb before the hub's clocks could say that it was due, whatever its role's clock said.
    fn ahead_of_time(&self, due: Timestamp, position: u64) -> bool {
        let Some((pace, seen)) = self.history.pace.zip(self.history.seen(position)) else { return false };
        pace.at(seen).saturating_add(pace.ahead).is_ok_and(|latest| latest < due)
    }

    /// Timers that were due by the horizon, and whose case is still waiting for them.
    fn missed(&mut self) {
        let Some(horizon) = self.history.horizon else { return };
        for (case, (state, position)) in &self.cases {
            let open = state.state().filter(|state| !state.resolved);
            if let Some(step) =
                open.and_then(|state| state.planned.as_ref()).filter(|step| step.due_at <= horizon)
            {
                let (rung, due, position) = (step.to, step.due_at, *position);
                self.found.push(Finding::NeverFired { case: *case, rung, due, position });
            }
        }
    }
}
