//! Reminders: each at its moment and before its climb, numbered without a gap, none twice, and none missed as long as somebody
//! fires timers.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::case::{CaseEvent, Reminded};
use seinhuis_domain::event::Event;
use seinhuis_domain::ladder::PlannedStep;

use super::History;
use crate::log::Stored;

const SOON: SignedDuration = SignedDuration::from_secs(30);

/// The plan of a case, and the reminder to come.
#[derive(Default)]
struct Plan {
    step: Option<PlannedStep>,
    next: Option<Timestamp>,
    nth: u32,
    /// When it was made.
    known: Timestamp,
}

pub(super) fn broken(history: &History<'_>) -> Vec<String> {
    let mut plans: HashMap<&str, Plan> = HashMap::new();
    let mut found = Vec::new();
    for stored in history.log {
        let Event::Case(event) = &stored.event else { continue };
        let id = stored.recorded.stream.id();
        let plan = plans.entry(id).or_default();
        let wrong = match event {
            CaseEvent::CaseReminded(reminded) => plan.wrong(reminded, stored),
            _ => None,
        };
        let wrong = wrong.or_else(|| {
            let is_replaced = event.plan().is_some() || matches!(event, CaseEvent::CaseSnoozed { .. });
            is_replaced.then(|| plan.missed(stored.at, history.steady)).flatten()
        });
        found.extend(wrong.map(|wrong| format!("case {id} at {}: {wrong}", stored.recorded.position)));
        plan.take(event, stored.at);
    }
    for (id, plan) in plans {
        found.extend(plan.missed(history.last, history.steady).map(|wrong| format!("case {id}: {wrong}")));
    }
    found.sort();
    found
}

impl Plan {
    fn wrong(&self, reminded: &Reminded, stored: &Stored) -> Option<String> {
        let Reminded { nth, step, planned_at, at, .. } = reminded;
        let is_in_force = self.step.as_ref() == Some(step);
        let in_time =
            self.next.is_some_and(|next| next <= *planned_at) && planned_at <= at && *at < step.due_at;
        let steady = stored.steady_since.is_some_and(|from| Some(from + SOON) < self.next);
        let is_late = steady && Some(self.known) < self.next && self.next != Some(*planned_at);
        (!is_in_force || !in_time || is_late || *nth != self.nth + 1)
            .then(|| format!("reminder {nth} of {planned_at} at {at}, when {:?} was to come", self.next))
    }

    /// Whether the reminder to come should have come before `until`.
    fn missed(&self, until: Timestamp, steady: &[(Timestamp, Timestamp)]) -> Option<String> {
        let next = self.next?;
        let from = next.max(self.known);
        let fired = steady.iter().any(|(begun, ended)| *begun <= from && from + SOON < *ended);
        let climbs = self.step.as_ref().is_some_and(|step| step.due_at <= from + SOON);
        (fired && from + SOON < until && !climbs).then(|| format!("nobody was reminded at {next}"))
    }

    fn take(&mut self, event: &CaseEvent, at: Timestamp) {
        if let Some(step) = event.plan() {
            (self.step, self.next, self.known) = (step.cloned(), step.and_then(|step| step.remind_at), at);
        }
        match event {
            CaseEvent::CaseReminded(reminded) => {
                (self.nth, self.next, self.known) = (reminded.nth, reminded.next_at, at)
            }
            CaseEvent::CaseSnoozed { next_at, .. } => (self.next, self.known) = (*next_at, at),
            CaseEvent::RungReached(_) | CaseEvent::RungLowered { .. } | CaseEvent::CaseReopened { .. } => {
                self.nth = 0
            }
            _ => {}
        }
    }
}
