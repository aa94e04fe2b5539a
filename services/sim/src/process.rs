//! A process of the hub: it fires timers and sends notices while it holds the lease of each. What it holds in memory is lost
//! when it crashes; while it is paused nothing happens to it, and afterwards all that would have.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::case::CaseCommand;
use seinhuis_domain::ids::{CaseId, NoticeId};
use seinhuis_notify::{PutOff, Tries, Undeliverable};
use seinhuis_projections::NoticeRow;
use seinhuis_runtime::Clock;

use crate::lease::Holder;
use crate::log::Decided;
use crate::world::Step;

/// What is done under a lease of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Escalation,
    Notify,
}

impl Role {
    pub(crate) const ALL: [Self; 2] = [Self::Escalation, Self::Notify];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Escalation => "escalation",
            Self::Notify => "notify",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) number: usize,
    /// Goes up with every start.
    pub(crate) life: u64,
    pub(crate) is_up: bool,
    pub(crate) paused: Option<Paused>,
    /// Its clock, and how far that is ahead of the truth.
    clock: Clock,
    pub(crate) ahead: SignedDuration,
    pub(crate) terms: BTreeMap<Role, Term>,
    pub(crate) firing: Firing,
    pub(crate) telling: Telling,
}

/// Asleep, without knowing.
#[derive(Debug)]
pub(crate) struct Paused {
    /// When the leases it holds run out.
    pub(crate) lapses_at: Timestamp,
    /// What would have happened to it meanwhile.
    pub(crate) missed: Vec<Step>,
}

/// A turn with a lease.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Term {
    pub(crate) epoch: u64,
    /// The process slept longer than the lease lives, and knows it by its monotonic clock.
    pub(crate) is_over: bool,
    /// When it looks next.
    pub(crate) looks_at: Option<Timestamp>,
}

/// The timers under way.
#[derive(Debug, Default)]
pub(crate) struct Firing {
    /// Whether it has caught up with what was due when it began, or went on after a fault.
    pub(crate) caught_up: bool,
    pub(crate) batch: VecDeque<(CaseId, CaseCommand)>,
    /// The first of the batch, decided and on its way to the log.
    pub(crate) under_way: Option<Decided>,
}

/// The notices under way.
#[derive(Debug, Default)]
pub(crate) struct Telling {
    pub(crate) put_off: PutOff,
    /// Those that were tried, until the outcome is recorded.
    pub(crate) tried: BTreeMap<NoticeId, Tried>,
}

/// A try, what comes of it, and whether the process knows already.
#[derive(Debug)]
pub(crate) struct Tried {
    pub(crate) notice: NoticeRow,
    pub(crate) tries: Tries,
    pub(crate) result: Result<(), Undeliverable>,
    pub(crate) has_ended: bool,
}

impl Process {
    pub(crate) fn new(number: usize, now: Timestamp) -> Self {
        Self {
            number,
            life: 1,
            is_up: true,
            paused: None,
            clock: Clock::manual(now),
            ahead: SignedDuration::ZERO,
            terms: BTreeMap::new(),
            firing: Firing::default(),
            telling: Telling::default(),
        }
    }

    pub(crate) fn holder(&self) -> Holder {
        (self.number, self.life)
    }

    pub(crate) fn is_well(&self) -> bool {
        self.is_up && self.paused.is_none()
    }

    /// The time by its clock, which never goes back within one life.
    pub(crate) fn reads(&self, now: Timestamp) -> Timestamp {
        self.clock.set(now + self.ahead);
        self.clock.now()
    }

    /// All it had in memory is gone.
    pub(crate) fn crash(&mut self) {
        self.is_up = false;
        self.paused = None;
        self.terms.clear();
        (self.firing, self.telling) = (Firing::default(), Telling::default());
    }

    pub(crate) fn start(&mut self, now: Timestamp) {
        self.life += 1;
        self.is_up = true;
        self.clock = Clock::manual(now + self.ahead);
    }

    /// Its turn is over: what it was about to write under it is forgotten. What it sent it remembers.
    pub(crate) fn end_term(&mut self, role: Role) {
        self.terms.remove(&role);
        match role {
            Role::Escalation => self.firing = Firing::default(),
            Role::Notify => self.telling.put_off = PutOff::default(),
        }
    }
}
