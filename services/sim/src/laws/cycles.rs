//! Every climb is one of the cycle, the policy and the direction that the case is in, and a case that is done is left alone. One
//! fact per case, policy version, rung and cycle.

use std::collections::{BTreeSet, HashMap};

use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ladder::Rung;

use super::History;

struct Kept {
    rung: Rung,
    cycle: u32,
    policy: u32,
    is_done: bool,
    climbed: BTreeSet<(u32, u32, Rung)>,
}

pub(super) fn broken(history: &History<'_>) -> Vec<String> {
    let mut cases: HashMap<&str, Kept> = HashMap::new();
    let mut found = Vec::new();
    for stored in history.log {
        let Event::Case(event) = &stored.event else { continue };
        let id = stored.recorded.stream.id();
        if let CaseEvent::CaseOpened(opened) = event {
            let policy = opened.policy_version;
            let kept =
                Kept { rung: Rung::Workfloor, cycle: 0, policy, is_done: false, climbed: BTreeSet::new() };
            cases.insert(id, kept);
        } else if let Some(case) = cases.get_mut(id) {
            let wrong = case.takes(event);
            found.extend(wrong.map(|wrong| format!("case {id} at {}: {wrong}", stored.recorded.position)));
        }
    }
    found
}

impl Kept {
    fn takes(&mut self, event: &CaseEvent) -> Option<String> {
        match event {
            CaseEvent::RungReached(climb) => {
                let said = (climb.policy_version, climb.cycle, climb.rung);
                let is_new = self.climbed.insert(said);
                let fits = (climb.policy_version, climb.cycle) == (self.policy, self.cycle);
                let rises = climb.rung > self.rung;
                self.rung = climb.rung;
                (!is_new || !fits || !rises || self.is_done).then(|| format!("it can't climb so: {said:?}"))
            }
            CaseEvent::CaseReminded(reminded) => {
                let said = (reminded.policy_version, reminded.cycle, reminded.rung);
                let fits = said == (self.policy, self.cycle, self.rung);
                (!fits || self.is_done).then(|| format!("nobody can be reminded so: {said:?}"))
            }
            CaseEvent::RungLowered { rung, cycle, .. } => self.begins(*cycle, *rung),
            CaseEvent::CaseReopened { cycle, .. } => {
                self.is_done = false;
                self.begins(*cycle, Rung::Workfloor)
            }
            CaseEvent::CaseResolved { .. } => {
                self.is_done = true;
                None
            }
            CaseEvent::PolicyMigrated { to, .. } => {
                self.policy = *to;
                None
            }
            _ => None,
        }
    }

    fn begins(&mut self, cycle: u32, rung: Rung) -> Option<String> {
        let before = self.cycle;
        (self.cycle, self.rung) = (cycle, rung);
        (cycle != before + 1).then(|| format!("cycle {cycle} follows {before}"))
    }
}
