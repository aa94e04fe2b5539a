//! The loop: wait for the next due instant or for news, send what is due, look again.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::case::CaseCommand;
use seinhuis_domain::ids::CaseId;
use seinhuis_eventstore::{Context, ExecuteError, Log};
use seinhuis_projections::{DirectoryView, Fault, Follower, LOOK_AGAIN, Rest, Role, Views};
use seinhuis_runtime::Clock;
use seinhuis_runtime::trace::Traced;
use tokio_util::sync::CancellationToken;

use crate::fired::{self, Fired, OnFired};
use crate::planner::plan;
use crate::send::send;
use crate::silence::Silence;
use crate::skew::Skew;

/// Timers looked at a time.
const PAGE: usize = 1024;
/// A breath when the log is busy.
const BUSY: Duration = Duration::from_millis(50);
/// When the role has not looked for so long, on the machine's clock, the machine slept or its clock was set.
const SLEPT: Duration = Duration::from_secs(60);
/// How long something that was refused is set aside.
const ASIDE: SignedDuration = SignedDuration::from_mins(1);

/// When to look again.
enum Next {
    /// There may be more.
    AtOnce,
    /// When something is due, if anything is; and when there is news.
    At(Option<Timestamp>),
}

/// The escalation role.
pub struct Escalation {
    log: Log,
    follower: Follower,
    views: Views,
    directory: DirectoryView,
    clock: Clock,
    skew: Skew,
    /// What the hub catches up with. It was silent before the role began, before it goes on after a fault, and while it slept.
    silence: Option<Silence>,
    /// When it looked last.
    looked_at: Option<Timestamp>,
    /// What was refused, by case and planned instant, and when it is tried again. Said in the log of the process.
    stuck: HashMap<(CaseId, Timestamp), Timestamp>,
    on_fired: OnFired,
}

impl fmt::Debug for Escalation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { follower, silence, stuck, .. } = self;
        let mut shown = f.debug_struct("Escalation");
        shown.field("follower", follower).field("silence", silence).field("stuck", stuck);
        shown.finish_non_exhaustive()
    }
}

impl Role for Escalation {
    const ACTOR: &'static str = "role:escalation";

    async fn go_on(&mut self, drain: &CancellationToken) -> Result<(), Fault> {
        let mut head = self.log.watch();
        self.silence = Some(Silence::default());
        while !drain.is_cancelled() {
            let rest = Rest::begin();
            let seen = self.follower.catch_up().await?;
            // One instant for both questions: a timer due between two would be seen by neither.
            let now = self.clock.now();
            let passed = now.duration_since(self.looked_at.replace(now).unwrap_or(now));
            if self.clock.takes(passed) > SLEPT {
                self.silence.get_or_insert_default();
            }
            let next = self.round(now).await?;
            self.follower.beat();
            let Next::At(next) = next else { continue };
            let due = async {
                match next {
                    Some(instant) => self.clock.sleep_until(instant).await,
                    None => std::future::pending().await,
                }
            };
            let news = rest.then(head.past(seen));
            tokio::select! {
                () = due => {}
                _ = news => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = drain.cancelled() => {}
            }
        }
        Ok(())
    }
}

impl Escalation {
    /// `follower` follows the timer model in `views`. `clock` is the hub's, and runs by `machine`.
    pub fn new(
        log: Log,
        follower: Follower,
        views: Views,
        directory: DirectoryView,
        clock: Clock,
        machine: Clock,
    ) -> Self {
        let skew = Skew::of(machine);
        Self {
            log,
            follower,
            views,
            directory,
            clock,
            skew,
            silence: None,
            looked_at: None,
            stuck: HashMap::new(),
            on_fired: Arc::new(|_| {}),
        }
    }

    /// Like before, but somebody is told of what fires.
    #[must_use]
    pub fn telling(self, on_fired: OnFired) -> Self {
        Self { on_fired, ..self }
    }

    /// Looks once, and sends what is due if the time can be believed.
    async fn round(&mut self, now: Timestamp) -> Result<Next, Fault> {
        let next = match self.views.first_due().await? {
            Some(first) if first <= now => {
                if !self.skew.is_small(&self.log).await.map_err(Fault::Log)? {
                    // Until the clocks agree the hub is silent.
                    self.silence.get_or_insert_default();
                    return Ok(Next::At(None));
                }
                if self.fire(now).await? > 0 {
                    return Ok(Next::AtOnce);
                }
                self.views.next_due(now).await?
            }
            next => next,
        };
        if let Some(silence) = self.silence.take() {
            silence.tell();
        }
        Ok(Next::At(next))
    }

    /// Sends what is due. Answers how many commands it sent; those set aside are not counted.
    async fn fire(&mut self, now: Timestamp) -> Result<usize, Fault> {
        self.stuck.retain(|_, again| *again > now);
        let (page, stuck) = (PAGE + self.stuck.len(), &self.stuck);
        let mut climbs = self.views.due(now, page).await?;
        // A page of climbs is work enough: what is left over for reminders is what they get.
        let mut reminders = self.views.due_reminders(now, page.saturating_sub(climbs.len())).await?;
        climbs.retain(|due| !stuck.contains_key(&(due.case, due.step.due_at)));
        reminders.retain(|due| !stuck.contains_key(&(due.case, due.planned_at)));
        if let Some(silence) = &mut self.silence {
            silence.found(&climbs, now);
        }
        // Of each case there is one timer at most, and it climbs or reminds.
        let climbing = climbs.iter().filter_map(|due| Some((due.case, due.trace?)));
        let reminding = reminders.iter().filter_map(|due| Some((due.case, due.trace?)));
        let traces: HashMap<CaseId, Traced> = climbing.chain(reminding).collect();
        let commands = plan(climbs, reminders, now, self.silence.is_some());
        let sent = commands.len();
        let context = Context { actor: Self::ACTOR.into(), at: self.clock.now(), trace: None };
        let outcomes = send(&self.log, &self.directory.current(), &commands, &traces, &context).await;
        let mut busy = false;
        for ((case, command), stopped) in commands.into_iter().zip(outcomes) {
            match stopped {
                None => (self.on_fired)(Fired::of(&command, self.clock.now())),
                Some(ExecuteError::Conflict { .. } | ExecuteError::Overloaded) => busy = true,
                Some(ExecuteError::Refused(refusal)) => {
                    tracing::error!(%case, refusal = &refusal as &dyn std::error::Error, "what was due was refused");
                    self.set_aside(case, &command, now);
                }
                Some(ExecuteError::TooLarge { events, bytes }) => {
                    tracing::error!(%case, events, bytes, "what was due is too large for the log");
                    self.set_aside(case, &command, now);
                }
                Some(ExecuteError::Fault(fault)) => return Err(Fault::Log(fault)),
            }
        }
        if busy {
            tokio::time::sleep(BUSY).await;
        }
        Ok(sent)
    }

    fn set_aside(&mut self, case: CaseId, command: &CaseCommand, now: Timestamp) {
        self.stuck
            .insert((case, fired::planned_at(command)), now.saturating_add(ASIDE).unwrap_or(Timestamp::MAX));
    }
}
