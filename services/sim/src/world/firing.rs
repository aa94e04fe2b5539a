//! Firing timers, as the escalation role does: look what is due, have the case decide, store it, look again.

use seinhuis_domain::case::Case;
use seinhuis_domain::ids::CaseId;
use seinhuis_escalation::plan;

use super::{Step, World};
use crate::log::Refused;
use crate::process::{Firing, Role};

const ACTOR: &str = "role:escalation";

impl World {
    pub(super) fn look_for_timers(&mut self, number: usize) {
        let process = &self.processes[number];
        if !process.firing.batch.is_empty() {
            return;
        }
        let (now, holder) = (process.reads(self.now), process.holder());
        let waiting = &self.shared[&Role::Escalation].waiting;
        let read = "what waits can be read";
        let (due, reminders) = (waiting.due(now).expect(read), waiting.due_reminders(now).expect(read));
        let batch = plan(due, reminders, now, !process.firing.caught_up);
        if batch.is_empty() {
            self.processes[number].firing.caught_up = true;
            let waiting = &self.shared[&Role::Escalation].waiting;
            let next = waiting.next_due(now).expect(read);
            self.look_when(number, Role::Escalation, next);
        } else {
            self.processes[number].firing.batch = batch.into();
            self.push_in(0, 3, Step::Fire(holder));
        }
    }

    /// The first of what is due is decided.
    pub(super) fn fire(&mut self, number: usize) {
        let Some((case, command)) = self.processes[number].firing.batch.front().cloned() else { return };
        let (who, context) = (self.log.directory(), self.context(ACTOR, number));
        match self.log.decide::<Case>(&who, &case.to_string(), command, &context) {
            // Nothing that is due is ever refused: the real role would set it aside for a minute, and for ever.
            Err(refusal) => self.broken.push(format!("case {case}: what was due was refused: {refusal}")),
            Ok(decided) if decided.events.is_empty() => self.fired(number),
            Ok(decided) => {
                self.processes[number].firing.under_way = Some(decided);
                let slow = self.draw.chance(3);
                let most = if slow { 3_000 } else { 4 };
                self.push_in(1, most, Step::Commit(self.processes[number].holder()));
                self.come_between(number, case);
            }
        }
    }

    /// Between deciding and storing is where somebody else is first, or the process falls asleep.
    fn come_between(&mut self, number: usize, case: CaseId) {
        match self.draw.number(0, 99) {
            0..4 => self.push(self.now, Step::Act(Some(case))),
            4..8 => self.push(self.now, Step::Pause(Some(number))),
            8..9 => self.push(self.now, Step::Crash(Some(number))),
            _ => {}
        }
    }

    pub(super) fn commit(&mut self, number: usize) {
        let Some(decided) = self.processes[number].firing.under_way.take() else { return };
        let fence = self.fence(number, Role::Escalation);
        match self.store(&decided, fence) {
            Ok(()) => self.fired(number),
            Err(Refused::Conflict) => self.push_in(0, 1, Step::Fire(self.processes[number].holder())),
            Err(Refused::Fenced) => self.end_term(number, Role::Escalation),
            Err(Refused::Away) => {
                self.processes[number].firing = Firing::default();
                self.look_at(number, Role::Escalation, self.now + jiff::SignedDuration::from_secs(1));
            }
        }
    }

    /// The first of the batch is done.
    fn fired(&mut self, number: usize) {
        let process = &mut self.processes[number];
        process.firing.batch.pop_front();
        if process.firing.batch.is_empty() {
            self.look_at(number, Role::Escalation, self.now);
        } else {
            self.push_in(0, 3, Step::Fire(self.processes[number].holder()));
        }
    }
}
