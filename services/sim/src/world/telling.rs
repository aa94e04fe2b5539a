//! Telling people, as the notify role does: look what has no outcome, try it while the lease is held, record what became of it.

use jiff::SignedDuration;
use seinhuis_domain::ids::NoticeId;
use seinhuis_domain::notice::{Channel, Notice, NoticeCommand};
use seinhuis_notify::{After, Tries, Way};
use seinhuis_projections::NoticeRow;

use super::{Sent, Step, World};
use crate::log::Refused;
use crate::process::{Role, Tried};

const ACTOR: &str = "role:notify";
/// Tries under way at a time.
const IN_FLIGHT: usize = 8;

impl World {
    pub(super) fn look_for_notices(&mut self, number: usize, epoch: u64) {
        let process = &self.processes[number];
        let now = process.reads(self.now);
        let telling = &process.telling;
        let waiting = &self.shared[&Role::Notify].waiting;
        let read = "what waits can be read";
        let mut due = waiting.unsettled(now).expect(read);
        due.retain(|notice| !telling.put_off.waits(notice.id, now));
        due.retain(|notice| !telling.tried.contains_key(&notice.id));
        let held = waiting.next_notice(now).expect(read);
        let ended = telling.tried.values().any(|tried| tried.has_ended);
        // Outcomes are recorded before another try begins, so that little is sent again after a crash.
        if !self.record(number) {
            return;
        }
        if ended {
            // What is tried by the next way is tried at once.
            self.look_at(number, Role::Notify, self.now + SignedDuration::from_millis(1));
        }
        for notice in due {
            let tried = self.processes[number].telling.tried.values();
            if tried.filter(|tried| !tried.has_ended).count() >= IN_FLIGHT {
                // The next answer has it look again.
                return;
            }
            self.send(number, epoch, notice);
        }
        let again = self.processes[number].telling.put_off.next(now);
        let next = again.into_iter().chain(held).min();
        self.look_when(number, Role::Notify, next);
    }

    fn send(&mut self, number: usize, epoch: u64, notice: NoticeRow) {
        let process = &self.processes[number];
        let (clock, by) = (process.reads(self.now), process.holder());
        let before = process.telling.put_off.tries(notice.id);
        let tries = before.unwrap_or_else(|| Tries::of(self.channels.contacts.get(&notice.person)));
        let tries = tries.one_more(clock);
        let attempt = self.channels.attempt(&notice.person, tries.way, &mut self.draw);
        let (id, reached, is_known) = (notice.id, attempt.reached, attempt.result.is_ok());
        let (at, tells, person) = (self.now, notice.position, notice.person.clone());
        self.trace.say(at, format_args!("{by:?} tells {person} {id}: {reached} {is_known}"));
        self.sent.push(Sent { id, tells, person, at, clock, by, epoch, reached, is_known });
        self.tally.tries += 1;
        self.push(at + attempt.takes, Step::Answer(by, id));
        // In the middle of a try is where a crash costs most.
        if self.draw.chance(2) {
            let step =
                if self.draw.chance(50) { Step::Crash(Some(number)) } else { Step::Pause(Some(number)) };
            self.push(at + attempt.takes / 2, step);
        }
        let tried = Tried { notice, tries, result: attempt.result, has_ended: false };
        self.processes[number].telling.tried.insert(id, tried);
    }

    pub(super) fn answer(&mut self, number: usize, notice: NoticeId) {
        if let Some(tried) = self.processes[number].telling.tried.get_mut(&notice) {
            tried.has_ended = true;
            self.look_at(number, Role::Notify, self.now);
        }
    }

    /// Records what became of what was tried. Tells whether the role may go on.
    fn record(&mut self, number: usize) -> bool {
        let tried = &self.processes[number].telling.tried;
        let ended: Vec<NoticeId> =
            tried.iter().filter(|(_, tried)| tried.has_ended).map(|(id, _)| *id).collect();
        for id in ended {
            let Some(command) = self.settles(number, id) else { continue };
            let context = self.context(ACTOR, number);
            let decided = self.log.decide::<Notice>(&(), &id.to_string(), command, &context);
            let decided = decided.expect("an outcome is never refused");
            match self.store(&decided, self.fence(number, Role::Notify)) {
                Ok(()) => {
                    self.tally.notices += u64::from(!decided.events.is_empty());
                    let telling = &mut self.processes[number].telling;
                    telling.put_off.forget(id);
                    telling.tried.remove(&id);
                }
                Err(Refused::Fenced) => {
                    self.end_term(number, Role::Notify);
                    return false;
                }
                Err(Refused::Conflict | Refused::Away) => {
                    self.look_at(number, Role::Notify, self.now + SignedDuration::from_secs(1));
                    return false;
                }
            }
        }
        true
    }

    /// What is to be recorded of a try; nothing when it is tried again.
    fn settles(&mut self, number: usize, id: NoticeId) -> Option<NoticeCommand> {
        let now = self.processes[number].reads(self.now);
        let telling = &mut self.processes[number].telling;
        let Tried { notice, tries, result, .. } = telling.tried.get(&id)?;
        let (attempts, channel) = (tries.all, channel(tries.way));
        let Err(failure) = result else {
            return Some(NoticeCommand::RecordDelivery { facts: notice.facts(), channel, attempts });
        };
        match tries.after(failure, notice, now, &self.retries) {
            After::Again { tries, at } => {
                telling.put_off.until(id, tries, at);
                telling.tried.remove(&id);
                None
            }
            After::Failed { reason } => {
                Some(NoticeCommand::RecordFailure { facts: notice.facts(), channel, attempts, reason })
            }
        }
    }
}

fn channel(way: Way) -> Channel {
    match way {
        Way::Mail => Channel::Mail,
        Way::Webhook => Channel::Webhook,
    }
}
