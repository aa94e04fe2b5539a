//! The ladder once more, slow and plain: every term is counted by walking minute by minute over printed holidays, and
//! every minute is asked what falls due in it. Shares nothing with the ladder it checks but the names of rungs and causes.

use seinhuis_domain::calendar::{Term, Unit};
use seinhuis_domain::ladder::{Cause, Rung};

use crate::walker::Walker;

/// The terms of a made-up policy.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// Of workfloor, team and regisseur: to pick up, to pick up an urgent case, to make progress.
    pub(crate) rungs: [[Term; 3]; 3],
    pub(crate) no_lead: Term,
    pub(crate) lead_silent: Term,
    pub(crate) lead_silent_climb: Option<Term>,
    /// Share in percent, how long after again, and how often at most.
    pub(crate) reminders: Option<(u8, Option<Term>, u32)>,
}

/// What somebody does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    PickUp,
    HandOver(u8),
    Assign(u8),
    LeadRefuses,
    Urgent,
    PauseFor(usize),
    Resume,
    SnoozeFor(usize),
}

/// What comes of it by itself, by minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    Climbed(usize, Rung, Cause),
    Reminded(usize, Rung, u32),
}

/// The climb to come: minute, rung, cause, term, from when that was counted, and the first reminder. Another one is another
/// plan, and is reminded of anew.
type Plan = (usize, Rung, Cause, Term, usize, Option<usize>);

pub(crate) struct Model<'a> {
    walker: &'a Walker,
    terms: &'a Terms,
    rung: Rung,
    urgent: bool,
    since: usize,
    picked_up: Option<usize>,
    pub(crate) lead: Option<u8>,
    no_lead_since: usize,
    heard: usize,
    pub(crate) paused_until: usize,
    nth: u32,
    plan: Option<Plan>,
    /// Minutes of the reminders still to come.
    reminders: Vec<usize>,
    pub(crate) facts: Vec<Fact>,
}

impl<'a> Model<'a> {
    pub(crate) fn opened(walker: &'a Walker, terms: &'a Terms, minute: usize, lead: Option<u8>) -> Self {
        let mut model = Self {
            walker,
            terms,
            rung: Rung::Workfloor,
            urgent: false,
            since: minute,
            picked_up: None,
            lead,
            no_lead_since: minute,
            heard: minute,
            paused_until: 0,
            nth: 0,
            plan: None,
            reminders: vec![],
            facts: vec![],
        };
        model.replan();
        model
    }

    /// A minute passes: what is due in it happens.
    pub(crate) fn tick(&mut self, minute: usize) {
        while let Some((due, to, cause, ..)) = self.plan.filter(|(due, ..)| *due <= minute) {
            self.facts.push(Fact::Climbed(due, to, cause));
            (self.rung, self.since, self.picked_up) = (to, due, None);
            (self.paused_until, self.nth) = (0, 0);
            self.plan = None;
            self.replan();
        }
        // Of several that are due in a minute the last one goes out.
        let is_due = |reminder: &usize| *reminder <= minute;
        if let Some(last) = self.reminders.iter().copied().rfind(is_due) {
            self.reminders.retain(|reminder| !is_due(reminder));
            self.nth += 1;
            self.facts.push(Fact::Reminded(last, self.rung, self.nth));
        }
    }

    /// Somebody does something. Answers whether there was anything to do.
    pub(crate) fn act(&mut self, act: Act, now: usize) -> bool {
        let acted = match act {
            Act::PickUp => self.picked_up.is_none() && self.set(|model| model.picked_up = Some(now)),
            Act::HandOver(to) => {
                self.lead != Some(to)
                    && self.set(|model| (model.lead, model.picked_up, model.since) = (Some(to), None, now))
            }
            Act::Assign(to) => self.lead != Some(to) && self.set(|model| model.lead = Some(to)),
            Act::LeadRefuses => {
                self.lead.is_some()
                    && self.set(|model| {
                        (model.lead, model.no_lead_since) = (None, now);
                        if model.rung == Rung::Workfloor {
                            (model.picked_up, model.since) = (None, now);
                        }
                    })
            }
            Act::PauseFor(minutes) => {
                let until = now + minutes;
                self.paused_until != until && self.set(|model| model.paused_until = until)
            }
            Act::Resume => self.paused_until > now && self.set(|model| model.paused_until = now),
            Act::SnoozeFor(minutes) => self.snooze(now + minutes),
            Act::Urgent => {
                // A signal is nothing that anybody did about the case.
                self.urgent = true;
                self.replan();
                return true;
            }
        };
        if acted {
            self.heard = now;
            self.replan();
        }
        acted
    }

    fn set(&mut self, change: impl FnOnce(&mut Self)) -> bool {
        change(self);
        true
    }

    fn snooze(&mut self, until: usize) -> bool {
        let Some((due, ..)) = self.plan else { return false };
        if self.reminders.first().is_none_or(|next| until <= *next) {
            return false;
        }
        self.reminders.retain(|reminder| *reminder > until);
        if until < due {
            self.reminders.insert(0, until);
        } else {
            self.reminders.clear();
        }
        true
    }

    /// Of all terms that run the one that is over first, and of several the rung's own.
    fn replan(&mut self) {
        let rung = match self.rung {
            Rung::Workfloor => 0,
            Rung::Team => 1,
            Rung::Regisseur => 2,
            Rung::College => {
                self.reminders.clear();
                return;
            }
        };
        let [pick_up, urgent, progress] = self.terms.rungs[rung];
        let above = [Rung::Team, Rung::Regisseur, Rung::College][rung];
        let own = match self.picked_up {
            Some(at) => (at, progress, above, Cause::NoProgress),
            None => (self.since, if self.urgent { urgent } else { pick_up }, above, Cause::NotPickedUp),
        };
        let mut running = vec![own];
        if rung < 2 {
            match (self.lead, self.terms.lead_silent_climb) {
                (None, _) => {
                    running.push((self.no_lead_since, self.terms.no_lead, Rung::Regisseur, Cause::NoLead));
                }
                (Some(_), Some(term)) => {
                    running.push((self.heard, term, Rung::Regisseur, Cause::LeadSilent));
                }
                (Some(_), None) => {}
            }
        }
        let mut best: Option<Plan> = None;
        for (since, term, to, cause) in running {
            let from = since.max(self.paused_until);
            let due = self.walk(term, from);
            if best.is_none_or(|(other, ..)| due < other) {
                best = Some((due, to, cause, term, from, None));
            }
        }
        let Some(mut plan) = best else { return };
        let series = self.series(&plan);
        plan.5 = series.first().copied();
        if self.plan != Some(plan) {
            (self.plan, self.reminders) = (Some(plan), series);
        }
    }

    fn series(&self, (due, _, cause, term, from, _): &Plan) -> Vec<usize> {
        if self.rung == Rung::Workfloor && self.lead.is_none() {
            return vec![];
        }
        let (mut next, again, at_most) = match (cause, self.terms.reminders) {
            (Cause::LeadSilent, policy) => {
                let (again, at_most) = policy.map_or((None, 1), |(_, again, at_most)| (again, at_most));
                (self.walk(self.terms.lead_silent, *from), again, at_most)
            }
            (_, Some((percent, again, at_most))) => (self.share(*term, *from, percent), again, at_most),
            (_, None) => return vec![],
        };
        let mut series = Vec::new();
        while next < *due && series.len() < at_most as usize {
            series.push(next);
            let Some(again) = again else { break };
            next = self.walk(again, next);
        }
        series
    }

    /// The day a term starts on: what ends a day belongs to it.
    fn start_day(&self, from: usize) -> usize {
        let at = self.walker.minutes[from];
        if at.clock == 0 { at.day - 1 } else { at.day }
    }

    /// The first minute at which a term is over.
    fn walk(&self, term: Term, from: usize) -> usize {
        let count = term.count() as usize;
        match term.unit() {
            Unit::Hours => from + 60 * count,
            Unit::WorkingHours => self.walker.working_minutes(from, 60 * count as i64, 540, 1020),
            Unit::Days => self.midnights(from, count, |_| true),
            Unit::WorkingDays => self.midnights(from, count, |day| !self.walker.days[day].free),
            Unit::StatutoryDays | Unit::StatutoryWeeks => self.walker.end_of(self.statutory(term, from)),
        }
    }

    /// Walks until so many days that count have ended.
    fn midnights(&self, from: usize, count: usize, counts: impl Fn(usize) -> bool) -> usize {
        let (start, mut minute, mut left) = (self.start_day(from), from, count);
        loop {
            minute += 1;
            let at = self.walker.minutes[minute];
            if at.clock == 0 && at.day - 1 > start && counts(at.day - 1) {
                left -= 1;
                if left == 0 {
                    return minute;
                }
            }
        }
    }

    fn statutory(&self, term: Term, from: usize) -> usize {
        let (count, start) = (term.count() as usize, self.start_day(from));
        match term.unit() {
            Unit::StatutoryWeeks => self.walker.statutory(start, 7 * count, count > 12),
            _ => self.walker.statutory(start, count, count > 90),
        }
    }

    /// The first minute at which so much of a term has passed.
    fn share(&self, term: Term, from: usize, percent: u8) -> usize {
        let (count, percent) = (term.count() as usize, usize::from(percent));
        let days = |length: usize| (length * percent / 100).max(1);
        match term.unit() {
            Unit::Hours => from + 60 * count * percent / 100,
            Unit::WorkingHours => {
                self.walker.working_minutes(from, (60 * count * percent / 100) as i64, 540, 1020)
            }
            Unit::Days => self.midnights(from, days(count), |_| true),
            Unit::WorkingDays => self.midnights(from, days(count), |day| !self.walker.days[day].free),
            Unit::StatutoryDays | Unit::StatutoryWeeks => {
                let length = self.statutory(term, from) - self.start_day(from);
                self.midnights(from, days(length), |_| true)
            }
        }
    }
}
