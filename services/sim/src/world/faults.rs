//! What goes wrong, and when: drawn over the weeks of the seed, and more often around the moments at which a case is to climb.

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::ids::CaseId;

use super::{DOOR, Step, World};
use crate::process::Role;

impl World {
    /// Draws how often each fault happens, and when.
    pub(super) fn expect_faults(&mut self, start: Timestamp) {
        for number in 0..DOOR {
            self.scatter(start, 4, |_| Step::Crash(Some(number)));
            self.scatter(start, 4, |_| Step::Pause(Some(number)));
        }
        self.scatter(start, 6, |world| Step::SetClock(usize::try_from(world.draw.number(0, 2)).unwrap_or(0)));
        self.scatter(start, 3, |_| Step::LogAway(true));
        self.scatter(start, 4, |world| {
            if world.draw.chance(50) { Step::MailAway(true) } else { Step::WebhooksAway(true) }
        });
        self.scatter(start, 2, |_| Step::WebhookGone);
        self.scatter(start, 3, |world| Step::LoseModel(world.draw.one(&Role::ALL)));
        self.scatter(start, 4, |_| Step::Replay);
    }

    /// Up to `most` times, each at a moment of its own.
    pub(super) fn scatter(&mut self, start: Timestamp, most: i64, step: impl Fn(&mut Self) -> Step) {
        for _ in 0..self.draw.number(0, most) {
            let (at, step) = (self.draw.instant(start, self.end), step(self));
            if let Step::MailAway(_) | Step::WebhooksAway(_) = step {
                self.tally.outages += 1;
                let back = at + self.draw.millis(1_000, 400_000_000);
                self.push(
                    back,
                    if step == Step::MailAway(true) {
                        Step::MailAway(false)
                    } else {
                        Step::WebhooksAway(false)
                    },
                );
            }
            self.push(at, step);
        }
    }

    /// Around the moment at which a case is to climb somebody acts, a process fails, or a clock is set, more often than not by
    /// chance: that is where the ladder could go wrong.
    pub(super) fn expect_around(&mut self, case: CaseId, due_at: Timestamp) {
        if due_at >= self.end || due_at <= self.now {
            return;
        }
        if self.draw.chance(15) {
            let at = due_at + self.draw.millis(-40, 80);
            self.push(at, Step::Act(Some(case)));
        }
        if self.draw.chance(5) {
            let at = due_at + self.draw.millis(-20, 60);
            let step = if self.draw.chance(50) { Step::Crash(None) } else { Step::Pause(None) };
            self.push(at, step);
        }
        if self.draw.chance(4) {
            let (at, number) =
                (due_at - self.draw.millis(0, 3_000), self.draw.number(0, 2).unsigned_abs() as usize);
            self.push(at, Step::SetClock(number));
        }
    }

    pub(super) fn log_goes_away(&mut self) {
        if self.log.is_away {
            return;
        }
        self.tally.outages += 1;
        self.trace.say(self.now, format_args!("the log goes away"));
        self.log.is_away = true;
        let most = self.draw.one(&[500, 20_000, 7_200_000]);
        self.push_in(100, most, Step::LogAway(false));
        // No lease can be renewed either.
        for process in &mut self.processes {
            process.terms.values_mut().for_each(|term| term.is_over |= most > 500);
        }
    }

    pub(super) fn log_comes_back(&mut self) {
        if std::mem::take(&mut self.log.is_away) {
            self.trace.say(self.now, format_args!("the log comes back"));
            for role in Role::ALL {
                let wait = self.draw.millis(0, 500);
                self.push(self.now + wait, Step::Lapse(role));
            }
            self.hint();
        }
    }

    pub(super) fn webhook_goes(&mut self) {
        let people: Vec<_> = self.channels.contacts.keys().cloned().collect();
        if !people.is_empty() {
            self.channels.gone.insert(self.draw.one(&people));
        }
    }

    /// From here on nothing goes wrong and nobody acts: everything comes up.
    pub(super) fn calm(&mut self) {
        self.is_calm = true;
        self.trace.say(self.now, format_args!("nothing goes wrong any more"));
        (self.channels.is_mail_away, self.channels.are_webhooks_away, self.channels.flaky) =
            (false, false, 0);
        self.log_comes_back();
        for number in 0..DOOR {
            self.start(number);
            self.wake(number);
            self.processes[number].ahead = self.processes[number].ahead.max(SignedDuration::ZERO);
        }
    }
}
