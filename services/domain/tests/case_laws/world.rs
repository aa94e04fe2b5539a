//! A case in a world where anything may be asked of it at any time: what is asked, and what is checked each time.

use std::collections::BTreeSet;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::case::{Case, CaseCommand, CaseEvent, CaseRefusal, CaseState, Reminded, RungReached};
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::ladder::{PlannedStep, Rung, Standing, next_step};
use seinhuis_domain::policy::Reminders;
use seinhuis_domain::profile::{Profile, ProfileEvent};

/// A case with its whole past.
pub(crate) struct World {
    /// Profile 1, and 2 once it is adopted.
    pub(crate) who: Directory,
    /// The hub's clock.
    pub(crate) now: Timestamp,
    /// As a running process holds it.
    pub(crate) case: Case,
    /// As the log holds it.
    pub(crate) log: Vec<CaseEvent>,
    /// Every plan there ever was, oldest first.
    pub(crate) plans: Vec<PlannedStep>,
    /// What all who read the log find in it, and when.
    pub(crate) told: Vec<(Timestamp, Event)>,
    /// The commands of which something came, and when.
    pub(crate) given: Vec<(Timestamp, CaseCommand)>,
}

impl World {
    /// The case is not opened yet.
    pub(crate) fn new() -> Self {
        let mut world = Self {
            who: Directory::default(),
            now: "2026-03-09T09:30:00Z".parse().unwrap(),
            case: Case::default(),
            log: vec![],
            plans: vec![],
            told: vec![],
            given: vec![],
        };
        let mut profile = example::profile();
        let again_every = Some("1wd".parse().unwrap());
        profile.policy.ladder.reminders = Some(Reminders { at_percent: 80, again_every, at_most: 3 });
        profile.policy.ladder.lead_silent_climb = Some("8wd".parse().unwrap());
        world.adopt(1, profile);
        world
    }

    /// The municipality becomes much hastier. Cases that are open may not notice.
    pub(crate) fn adopt_another_policy(&mut self) {
        self.adopt(2, hasty());
    }

    fn adopt(&mut self, version: u32, profile: Profile) {
        let adopted = Event::Profile(ProfileEvent::ProfileAdopted { version, profile: Box::new(profile) });
        self.who.apply("profile", &adopted).unwrap();
        self.told.push((self.now, adopted));
    }

    pub(crate) fn wait(&mut self, hours: u32) {
        self.now += SignedDuration::from_hours(hours.into());
    }

    pub(crate) fn state(&self) -> &CaseState {
        self.case.state().unwrap()
    }

    /// The climbs so far.
    pub(crate) fn climbs(&self) -> impl Iterator<Item = &RungReached> {
        self.log.iter().filter_map(|event| match event {
            CaseEvent::RungReached(reached) => Some(&**reached),
            _ => None,
        })
    }

    /// Gives a command and checks every law on what came of it.
    pub(crate) fn give(&mut self, command: CaseCommand) -> Result<Vec<CaseEvent>, CaseRefusal> {
        let before = self.case.state().cloned();
        let sink = EventSink::default();
        let result = settled(self.case.handle(command.clone(), &self.who, &sink));
        let events = settled(sink.collect());
        if let Err(refusal) = result {
            assert_eq!(self.case.state(), before.as_ref(), "a refusal changes nothing");
            return Err(refusal);
        }
        self.log.extend(events.iter().cloned());
        self.told.extend(events.iter().cloned().map(|event| (self.now, Event::Case(event))));
        self.given.extend((!events.is_empty()).then_some((self.now, command)));
        self.check_climbs(before.as_ref(), &events);
        self.check_reminders(before.as_ref(), &events);
        self.check_rung(before.as_ref(), &events);
        self.check_state();
        self.plans.extend(events.iter().filter_map(plan_in));
        Ok(events)
    }

    /// Every climb is one fact, under the case's own policy, by a plan in force, and says what is planned after it.
    fn check_climbs(&self, before: Option<&CaseState>, events: &[CaseEvent]) {
        let mut seen = BTreeSet::new();
        for climb in self.climbs() {
            let fact = (climb.policy_version, climb.rung, climb.cycle);
            assert!(seen.insert(fact), "one fact per policy version, rung and cycle: {fact:?} came twice");
        }
        for event in events {
            let CaseEvent::RungReached(climb) = event else { continue };
            assert_eq!(climb.next, self.state().planned, "a climb tells what is planned after it");
            assert!(before.is_some_and(|state| state.policy_version == climb.policy_version));
            if let Some(planned_at) = climb.planned_at {
                let plan = before.and_then(|state| state.planned.as_ref()).unwrap();
                assert_eq!((planned_at, climb.rung, climb.cause), (plan.due_at, plan.to, plan.cause));
                assert!(self.plans.contains(plan), "the plan was told before");
                assert!(planned_at <= climb.at, "nothing fires early");
                let paused = before.and_then(|state| state.paused_until);
                assert!(paused.is_none_or(|end| end < planned_at), "a paused case climbed by a term");
            }
        }
    }

    /// Every reminder is one fact, of the plan in force, never early and never after the climb, and moves nothing.
    fn check_reminders(&self, before: Option<&CaseState>, events: &[CaseEvent]) {
        let mut seen = BTreeSet::new();
        for reminded in self.log.iter().filter_map(reminder_in) {
            let fact = (reminded.policy_version, reminded.rung, reminded.cycle, reminded.nth);
            assert!(
                seen.insert(fact),
                "one fact per policy version, rung, cycle and number: {fact:?} came twice"
            );
        }
        for reminded in events.iter().filter_map(reminder_in) {
            let before = before.unwrap();
            assert_eq!(before.planned.as_ref(), Some(&reminded.step), "a reminder is of the plan in force");
            assert!(before.remind_at <= Some(reminded.planned_at) && reminded.planned_at <= reminded.at);
            assert!(reminded.at < reminded.step.due_at, "once the climb is due it is not reminded of");
            assert!(reminded.next_at.is_none_or(|next| reminded.at < next && next < reminded.step.due_at));
            let moved =
                CaseState { remind_at: before.remind_at, reminded: before.reminded, ..self.state().clone() };
            assert_eq!(moved, *before, "a reminder moves nothing");
        }
    }

    /// The rung moves by facts that say so, and within one cycle only up.
    fn check_rung(&self, before: Option<&CaseState>, events: &[CaseEvent]) {
        let Some(before) = before else { return };
        let after = self.state();
        let migrates = |event: &CaseEvent| matches!(event, CaseEvent::PolicyMigrated { .. });
        assert!(
            after.policy_version == before.policy_version || events.iter().any(migrates),
            "a case keeps the policy it was opened under, unless an act says otherwise"
        );
        let moves = |event: &CaseEvent| {
            matches!(
                event,
                CaseEvent::RungReached(_) | CaseEvent::RungLowered { .. } | CaseEvent::CaseReopened { .. }
            )
        };
        assert!(events.iter().any(moves) || after.rung == before.rung, "the rung moved without a fact");
        assert!(after.cycle > before.cycle || after.rung >= before.rung, "coming down begins a cycle");
    }

    /// The log tells the same story, exactly one or nobody leads, and the plan is a function of where the case stands.
    fn check_state(&self) {
        let state = self.state();
        let mut replayed = Case::default();
        self.log.iter().for_each(|event| replayed.apply(event.clone()));
        assert_eq!(replayed.state(), Some(state), "the log tells what the process knows");
        assert_eq!(
            state.lead.is_none(),
            state.no_lead_since.is_some(),
            "one leads, or the wait for one runs"
        );
        assert_eq!(state.planned.is_none(), state.resolved || state.rung == Rung::College);
        if !state.resolved {
            let adopted = self.who.adopted(state.policy_version).unwrap();
            let standing = Standing {
                rung: state.rung,
                urgency: state.urgency,
                since: state.since,
                picked_up: state.picked_up,
                no_lead_since: state.no_lead_since,
                heard_at: state.lead.is_some().then_some(state.heard_at),
                paused_until: state.paused_until,
            };
            let due = next_step(&standing, &adopted.profile.policy.ladder, &adopted.calendar);
            assert_eq!(due.as_ref(), Ok(&state.planned));
        }
    }
}

fn reminder_in(event: &CaseEvent) -> Option<&Reminded> {
    if let CaseEvent::CaseReminded(reminded) = event { Some(&**reminded) } else { None }
}

fn plan_in(event: &CaseEvent) -> Option<PlannedStep> {
    match event {
        CaseEvent::StepPlanned { step, .. } => Some(step.clone()),
        CaseEvent::RungReached(reached) => reached.next.clone(),
        _ => None,
    }
}

/// A much hastier municipality.
pub(crate) fn hasty() -> Profile {
    let mut hasty = example::profile();
    for terms in [&mut hasty.policy.ladder.workfloor, &mut hasty.policy.ladder.team] {
        terms.pick_up = "1h".parse().unwrap();
        terms.progress = "2h".parse().unwrap();
    }
    hasty.policy.ladder.handovers_max = 1;
    hasty.policy.ladder.refusals_max = 1;
    hasty
}

/// Rules do no IO: whatever they are asked, they answer at once.
pub(crate) fn settled<T>(answer: impl Future<Output = T>) -> T {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("a rule waited for something"),
    }
}
