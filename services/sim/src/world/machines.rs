//! What becomes of processes and leases: they crash, sleep, wake up and are superseded.

use jiff::SignedDuration;
use seinhuis_projections::Waiting;

use super::{DOOR, Step, World};
use crate::lease::LIFE;
use crate::process::{Paused, Role, Term};

impl World {
    /// Looks whether the lease is free, and whose it is then.
    pub(super) fn lapse(&mut self, role: Role) {
        let Some(until) = self.leases.get(&role).map(|lease| lease.until) else { return };
        if self.holds(role) {
            return;
        }
        if let Some(until) = until.filter(|until| *until > self.now) {
            return self.push(until, Step::Lapse(role));
        }
        let well: Vec<usize> = (0..DOOR).filter(|number| self.processes[*number].is_well()).collect();
        if well.is_empty() || self.log.is_away {
            // Who comes up looks again.
            return;
        }
        let number = self.draw.one(&well);
        let Some(lease) = self.leases.get_mut(&role) else { return };
        let process = &mut self.processes[number];
        let epoch = lease.take(process.holder(), self.now);
        self.tally.takeovers += u64::from(epoch > 1);
        self.trace.say(self.now, format_args!("process {number} takes {}, epoch {epoch}", role.name()));
        process.end_term(role);
        process.terms.insert(role, Term { epoch, is_over: false, looks_at: None });
        self.log.raise((role.name(), epoch));
        if let Some(shared) = self.shared.get_mut(&role) {
            shared.raise(epoch);
        }
        self.look_at(number, role, self.now);
    }

    /// Whether somebody holds the lease.
    fn holds(&self, role: Role) -> bool {
        let Some(lease) = self.leases.get(&role) else { return false };
        let Some((number, life)) = lease.holder else { return false };
        let process = &self.processes[number];
        let in_time = process.paused.as_ref().is_none_or(|paused| self.now < paused.lapses_at);
        let term = process.terms.get(&role);
        process.is_up
            && process.life == life
            && in_time
            && term.is_some_and(|term| term.epoch == lease.epoch && !term.is_over)
    }

    /// Whether anybody fires timers now, and since when.
    pub(super) fn watch(&mut self) {
        let Some((number, _)) = self.leases[&Role::Escalation].holder else { return };
        let fires = self.holds(Role::Escalation) && self.processes[number].is_well() && !self.log.is_away;
        match self.log.steady_since {
            None if fires => self.log.steady_since = Some(self.now),
            Some(from) if !fires => {
                self.steady.push((from, self.now));
                self.log.steady_since = None;
            }
            _ => {}
        }
    }

    /// The process that fires timers, where none is named.
    fn who(&self, number: Option<usize>) -> usize {
        number.or(self.leases[&Role::Escalation].holder.map(|(number, _)| number)).unwrap_or(0)
    }

    pub(super) fn crash(&mut self, number: Option<usize>) {
        let number = self.who(number);
        if !self.processes[number].is_up {
            return;
        }
        self.tally.crashes += 1;
        self.trace.say(self.now, format_args!("process {number} crashes"));
        self.run_out(number);
        self.processes[number].crash();
        // Soon, or after an outage of hours or days.
        let most = self.draw.one(&[2_000, 60_000, 3_600_000, 200_000_000]);
        self.push_in(200, most, Step::Start(number));
    }

    /// Its leases are renewed no more: they live on for what is left of their life.
    fn run_out(&mut self, number: usize) -> jiff::Timestamp {
        let lapses_at = self.now + LIFE - self.draw.millis(0, 1_000);
        for role in Role::ALL {
            let Some(lease) = self.leases.get_mut(&role) else { continue };
            if lease.holder == Some(self.processes[number].holder()) {
                lease.until = Some(lapses_at);
                let looked_at = lapses_at + self.draw.millis(0, 500);
                self.push(looked_at, Step::Lapse(role));
            }
        }
        lapses_at
    }

    pub(super) fn start(&mut self, number: usize) {
        if self.processes[number].is_up {
            return;
        }
        self.trace.say(self.now, format_args!("process {number} starts"));
        self.processes[number].start(self.now);
        self.come_up();
    }

    fn come_up(&mut self) {
        for role in Role::ALL {
            self.push_in(0, 500, Step::Lapse(role));
        }
    }

    pub(super) fn pause(&mut self, number: Option<usize>) {
        let number = self.who(number);
        if !self.processes[number].is_well() {
            return;
        }
        self.tally.pauses += 1;
        self.trace.say(self.now, format_args!("process {number} is paused"));
        let lapses_at = self.run_out(number);
        self.processes[number].paused = Some(Paused { lapses_at, missed: vec![] });
        let most = self.draw.one(&[1_000, 5_000, 120_000, 40_000_000]);
        self.push_in(50, most, Step::Wake(number));
    }

    pub(super) fn wake(&mut self, number: usize) {
        let now = self.now;
        let process = &mut self.processes[number];
        let Some(Paused { lapses_at, missed }) = process.paused.take() else { return };
        // Its monotonic clock went on.
        let is_over = now >= lapses_at;
        process.terms.values_mut().for_each(|term| term.is_over |= is_over);
        self.trace.say(now, format_args!("process {number} wakes up"));
        for step in missed {
            self.push_in(0, 20, step);
        }
        if is_over {
            for role in Role::ALL {
                let soon = now + self.draw.millis(0, 30);
                self.look_at(number, role, soon);
            }
            self.come_up();
        } else {
            // It renews them just in time.
            let holder = self.processes[number].holder();
            for lease in self.leases.values_mut().filter(|lease| lease.holder == Some(holder)) {
                lease.until = None;
            }
        }
    }

    /// A clock is set: some seconds forward, or a few back.
    pub(super) fn set_clock(&mut self, number: usize) {
        self.tally.clock_steps += 1;
        let by = if self.draw.chance(50) { self.draw.millis(1, 30_000) } else { -self.draw.millis(1, 5_000) };
        let process = &mut self.processes[number];
        let (least, most) = (SignedDuration::from_secs(-10), SignedDuration::from_secs(60));
        process.ahead = (process.ahead + by).clamp(least, most);
        self.trace.say(self.now, format_args!("clock {number} is {:?} ahead", process.ahead));
        // Who sleeps looks again after a second at most.
        for role in Role::ALL {
            let soon = self.now + self.draw.millis(0, 1_000);
            self.look_at(number, role, soon);
        }
    }

    pub(super) fn lose_model(&mut self, role: Role) {
        self.tally.outages += 1;
        self.trace.say(self.now, format_args!("the model of {} is lost", role.name()));
        let empty = match role {
            Role::Escalation => Waiting::timers(),
            Role::Notify => Waiting::notices(),
        };
        if let Some(shared) = self.shared.get_mut(&role) {
            shared.lose(empty);
        }
        self.hint();
    }
}
