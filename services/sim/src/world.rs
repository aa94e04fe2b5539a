//! The world of a run: two processes of the hub, the people, the machines below, and a queue of what happens when. One step at a
//! time, on a clock that stands still meanwhile.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::calendar::local_date;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, NoticeId, PersonId};
use seinhuis_eventstore::{Context, Position};
use seinhuis_notify::{OverDays, Retries, Retry};
use seinhuis_projections::Waiting;

use crate::contacts::Channels;
use crate::draw::Draw;
use crate::lease::{Holder, Lease};
use crate::log::{Decided, Fence, Log, Refused};
use crate::municipality;
use crate::process::{Process, Role};
use crate::shared::Shared;
use crate::tally::Tally;
use crate::trace::Trace;

mod faults;
mod firing;
mod machines;
mod people;
mod telling;

/// The door of people and partners: a process that only has a clock.
const DOOR: usize = 2;
/// After the weeks of a seed nothing goes wrong any more and nobody acts, for as long as this: what is under way comes to its end.
pub(crate) const CALM: SignedDuration = SignedDuration::from_hours(24 * 40);
/// No run takes as many steps as this, unless it goes round in circles.
const STEPS: usize = 20_000;

/// Something that happens. What happens to one life of a process names both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Report,
    Act(Option<CaseId>),
    Adopt,
    Replay,
    Look(Holder, Role, Timestamp),
    Fire(Holder),
    Commit(Holder),
    Answer(Holder, NoticeId),
    /// Whether a lease is free is looked at.
    Lapse(Role),
    Crash(Option<usize>),
    Start(usize),
    Pause(Option<usize>),
    Wake(usize),
    SetClock(usize),
    LogAway(bool),
    MailAway(bool),
    WebhooksAway(bool),
    WebhookGone,
    LoseModel(Role),
    Calm,
}

/// A try to tell somebody.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: NoticeId,
    /// The fact it tells of, and to whom.
    pub(crate) tells: Position,
    pub(crate) person: PersonId,
    pub(crate) at: Timestamp,
    /// The time by the clock of the process.
    pub(crate) clock: Timestamp,
    pub(crate) by: Holder,
    pub(crate) epoch: u64,
    /// Whether he was told.
    pub(crate) reached: bool,
    /// Whether the process hears that he was.
    pub(crate) is_known: bool,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) draw: Draw,
    pub(crate) trace: Trace,
    pub(crate) tally: Tally,
    pub(crate) log: Log,
    pub(crate) leases: BTreeMap<Role, Lease>,
    pub(crate) sent: Vec<Sent>,
    /// The stretches in which somebody fired timers without a break.
    pub(crate) steady: Vec<(Timestamp, Timestamp)>,
    /// What went wrong in a way that the run could not go on from.
    pub(crate) broken: Vec<String>,
    pub(crate) now: Timestamp,
    pub(crate) end: Timestamp,
    queue: BinaryHeap<Reverse<(Timestamp, u64, Step)>>,
    pushed: u64,
    shared: BTreeMap<Role, Shared>,
    processes: Vec<Process>,
    channels: Channels,
    retries: Retries,
    is_calm: bool,
    reported: u64,
}

impl World {
    /// The world of a seed, before its first step.
    pub(crate) fn of(seed: u64, trace: Trace) -> Self {
        let mut draw = Draw::of(seed);
        let start = municipality::start(&mut draw);
        let profile = municipality::profile(&mut draw, local_date(start));
        let end = start + SignedDuration::from_hours(24 * draw.number(14, 56));
        let channels = Channels::of(&profile, &mut draw);
        let retries = Retries {
            mail: Retry { attempts_max: draw.one(&[2, 8]), ..Retry::default() },
            webhook: OverDays { attempts_max: draw.one(&[2, 10]) },
        };
        let shared = BTreeMap::from([
            (Role::Escalation, Shared::of(Waiting::timers())),
            (Role::Notify, Shared::of(Waiting::notices())),
        ]);
        let mut world = Self {
            draw,
            trace,
            tally: Tally { seeds: 1, days: days(end.duration_since(start) + CALM), ..Tally::default() },
            log: Log::default(),
            leases: Role::ALL.map(|role| (role, Lease::default())).into(),
            sent: vec![],
            steady: vec![],
            broken: vec![],
            now: start,
            end,
            queue: BinaryHeap::new(),
            pushed: 0,
            shared,
            processes: (0..=DOOR).map(|number| Process::new(number, start)).collect(),
            channels,
            retries,
            is_calm: false,
            reported: 0,
        };
        world.adopt(profile);
        world.expect_people(start);
        world.expect_faults(start);
        Role::ALL.into_iter().for_each(|role| world.push(start, Step::Lapse(role)));
        world.push(end, Step::Calm);
        world
    }

    /// Takes all steps.
    pub(crate) fn run(&mut self) {
        let last = self.end + CALM;
        let mut steps = 0;
        while self.broken.is_empty()
            && let Some(Reverse((at, _, step))) = self.queue.pop()
            && at <= last
        {
            self.now = at;
            steps += 1;
            if steps > STEPS {
                self.broken.push(format!("{steps} steps, and no end: at {at} it was {step:?}"));
            }
            self.take(step);
            self.watch();
        }
        self.now = last;
        self.steady.extend(self.log.steady_since.map(|from| (from, last)));
    }

    fn take(&mut self, step: Step) {
        if let Some((number, life)) = step.of() {
            let process = &mut self.processes[number];
            if process.life != life || !process.is_up {
                return;
            }
            if let Some(paused) = &mut process.paused {
                paused.missed.push(step);
                return;
            }
        }
        match step {
            Step::Look((number, _), role, due) => self.look(number, role, due),
            Step::Fire((number, _)) => self.fire(number),
            Step::Commit((number, _)) => self.commit(number),
            Step::Answer((number, _), notice) => self.answer(number, notice),
            Step::Lapse(role) => self.lapse(role),
            Step::Start(number) => self.start(number),
            Step::Wake(number) => self.wake(number),
            Step::Calm => self.calm(),
            Step::LogAway(false) => self.log_comes_back(),
            Step::MailAway(is_away) => self.channels.is_mail_away = is_away,
            Step::WebhooksAway(is_away) => self.channels.are_webhooks_away = is_away,
            _ if self.is_calm => {}
            Step::Report => self.report(),
            Step::Act(case) => self.act(case),
            Step::Adopt => self.adopt_another(),
            Step::Replay => self.replay(),
            Step::Crash(number) => self.crash(number),
            Step::Pause(number) => self.pause(number),
            Step::SetClock(number) => self.set_clock(number),
            Step::LogAway(true) => self.log_goes_away(),
            Step::WebhookGone => self.webhook_goes(),
            Step::LoseModel(role) => self.lose_model(role),
        }
    }

    fn push(&mut self, at: Timestamp, step: Step) {
        self.pushed += 1;
        self.queue.push(Reverse((at.max(self.now), self.pushed, step)));
    }

    /// After `least` to `most` milliseconds.
    fn push_in(&mut self, least: i64, most: i64, step: Step) {
        let at = self.now + self.draw.millis(least, most);
        self.push(at, step);
    }

    fn look(&mut self, number: usize, role: Role, due: Timestamp) {
        let Some(term) = self.processes[number].terms.get_mut(&role) else { return };
        if term.looks_at != Some(due) {
            return;
        }
        term.looks_at = None;
        let (epoch, is_over) = (term.epoch, term.is_over);
        if is_over {
            self.end_term(number, role);
        } else if self.log.is_away {
            self.look_at(number, role, self.now + SignedDuration::from_secs(1));
        } else if self.catch_up(role, epoch).is_err() {
            self.end_term(number, role);
        } else {
            match role {
                Role::Escalation => self.look_for_timers(number),
                Role::Notify => self.look_for_notices(number, epoch),
            }
        }
    }

    fn catch_up(&mut self, role: Role, epoch: u64) -> Result<(), Refused> {
        let Some(shared) = self.shared.get_mut(&role) else { return Ok(()) };
        shared.catch_up(&self.log, epoch, &mut self.draw)
    }

    /// The role looks then, or sooner if it was to.
    fn look_at(&mut self, number: usize, role: Role, at: Timestamp) {
        let at = at.max(self.now);
        let process = &mut self.processes[number];
        let holder = process.holder();
        let Some(term) = process.terms.get_mut(&role) else { return };
        if term.looks_at.is_none_or(|sooner| at < sooner) {
            term.looks_at = Some(at);
            self.push(at, Step::Look(holder, role, at));
        }
    }

    /// When its clock reads `at`.
    fn look_when(&mut self, number: usize, role: Role, at: Option<Timestamp>) {
        let ahead = self.processes[number].ahead;
        if let Some(at) = at.and_then(|at| at.checked_sub(ahead).ok()) {
            self.look_at(number, role, at);
        }
    }

    fn end_term(&mut self, number: usize, role: Role) {
        self.trace.say(self.now, format_args!("{} ends at process {number}", role.name()));
        self.processes[number].end_term(role);
        self.push_in(0, 500, Step::Lapse(role));
    }

    fn fence(&self, number: usize, role: Role) -> Option<Fence> {
        self.processes[number].terms.get(&role).map(|term| (role.name(), term.epoch))
    }

    fn context(&self, actor: &str, number: usize) -> Context {
        Context { actor: actor.into(), at: self.processes[number].reads(self.now), trace: None }
    }

    /// Stores what was decided, and lets everybody hear of it.
    fn store(&mut self, decided: &Decided, fence: Option<Fence>) -> Result<(), Refused> {
        let stored = self.log.append(decided, fence, self.now);
        match stored {
            Err(Refused::Fenced) => self.tally.fenced += 1,
            Err(Refused::Conflict) => self.tally.conflicts += 1,
            _ => {}
        }
        let stored =
            stored.inspect_err(|why| self.trace.say(self.now, format_args!("not stored: {why:?}")))?;
        for at in stored.clone() {
            let event = &self.log.events[at];
            let (row, text) = (&event.recorded, String::from_utf8_lossy(&event.recorded.payload));
            self.trace.say(self.now, format_args!("{} {} {} {text}", row.position, row.stream, row.name));
            self.hear(at);
        }
        if !stored.is_empty() {
            self.hint();
        }
        Ok(())
    }

    /// Who follows the log hears that there is more; now and then the hint is lost, and he finds out by himself.
    fn hint(&mut self) {
        for number in 0..DOOR {
            for role in Role::ALL {
                let wait =
                    if self.draw.chance(10) { self.draw.millis(900, 1_000) } else { self.draw.millis(2, 40) };
                self.look_at(number, role, self.now + wait);
            }
        }
    }

    /// What there is to count, and what a plan invites to happen.
    fn hear(&mut self, at: usize) {
        self.tally.events += 1;
        let Event::Case(event) = &self.log.events[at].event else { return };
        let case = self.log.events[at].recorded.stream.id().parse().ok();
        match event {
            CaseEvent::CaseOpened(_) => self.tally.cases += 1,
            CaseEvent::RungReached(_) => self.tally.climbs += 1,
            CaseEvent::CaseReminded(_) => self.tally.reminders += 1,
            _ => {}
        }
        let due_at = event.plan().flatten().map(|step| step.due_at);
        let heard = if matches!(event, CaseEvent::RungReached(_)) { case } else { None };
        if let (Some(case), Some(due_at)) = (case, due_at) {
            self.expect_around(case, due_at);
        }
        if heard.is_some() && self.draw.chance(50) {
            self.push_in(60_000, 300_000_000, Step::Act(heard));
        }
    }
}

impl Step {
    /// The life of a process that it happens to.
    fn of(&self) -> Option<Holder> {
        match self {
            Self::Look(holder, ..) | Self::Fire(holder) | Self::Commit(holder) | Self::Answer(holder, _) => {
                Some(*holder)
            }
            _ => None,
        }
    }
}

fn days(span: SignedDuration) -> u64 {
    u64::try_from(span.as_hours() / 24).unwrap_or(0)
}
