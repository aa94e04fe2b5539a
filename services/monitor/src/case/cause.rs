//! Which earlier facts a fact of a case follows from. Pure: it is shown every fact of the case in order of position
//! and remembers what later ones may follow from.

use std::collections::BTreeMap;

use seinhuis_domain::case::{CaseEvent, RungReached};
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{NoticeId, SignalId, SubjectId};
use seinhuis_domain::ladder::{Cause, PlannedStep};
use seinhuis_domain::matching::Match;
use seinhuis_domain::signal::{SignalEvent, SignalFacts};
use seinhuis_domain::subject::SubjectEvent;
use seinhuis_eventstore::Position;

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Causes {
    /// Reported, whether the case has taken them in or not.
    reported: BTreeMap<SignalId, (Position, SignalFacts)>,
    /// Taken in, in that order.
    taken_in: Vec<SignalId>,
    /// The plan in force, and the fact that holds it.
    plan: Option<(Position, PlannedStep)>,
    /// The last fact that was no plan: what a plan is made after.
    moved: Option<Position>,
    integral: Option<Position>,
    /// Of the present climb.
    refusals: Vec<Position>,
    /// Of the present climb.
    handovers: Vec<Position>,
    /// By notice, the climb it tells of.
    tells_of: BTreeMap<NoticeId, Position>,
    /// The climb that brought the case to where it stands.
    standing: Option<Position>,
    paused: Option<Position>,
    resolved: Option<Position>,
    /// Where each one's erasure was ordered.
    erasures: BTreeMap<SubjectId, Position>,
}

impl Causes {
    /// Nothing seen yet. `tells_of` names the climb that each notice tells of.
    pub(super) fn new(tells_of: BTreeMap<NoticeId, Position>) -> Self {
        Self { tells_of, ..Self::default() }
    }

    /// What the fact at `position` follows from, in order of position. Remembers the fact.
    pub(super) fn of(&mut self, position: Position, event: &Event) -> Vec<Position> {
        let mut because = match event {
            Event::Signal(SignalEvent::SignalReported(facts)) => {
                let id = SignalId::of(&facts.partner, &facts.reference);
                self.reported.insert(id, (position, (**facts).clone()));
                vec![]
            }
            Event::Case(event) => {
                let because = self.of_case(event);
                self.remember(position, event);
                because
            }
            Event::Notice(event) => self.tells_of.get(&event.facts().notice).copied().into_iter().collect(),
            Event::Subject(event) => self.of_subject(position, event).into_iter().collect(),
            Event::Profile(_) | Event::Areas(_) | Event::Partner(_) | Event::Person(_) => vec![],
        };
        because.sort_unstable();
        because.dedup();
        because
    }

    /// An erasure follows from its order.
    fn of_subject(&mut self, position: Position, event: &SubjectEvent) -> Option<Position> {
        match event {
            SubjectEvent::ErasureOrdered { subject, .. } => {
                self.erasures.insert(*subject, position);
                None
            }
            SubjectEvent::SubjectErased { subject, .. } => self.erasures.get(subject).copied(),
            SubjectEvent::SubjectHeld { .. } | SubjectEvent::HoldLifted { .. } => None,
        }
    }

    fn of_case(&self, event: &CaseEvent) -> Vec<Position> {
        match event {
            CaseEvent::CaseOpened(opened) => self.position_of(opened.signal).into_iter().collect(),
            CaseEvent::SignalAttached { signal, because, .. } => {
                self.position_of(*signal).into_iter().chain(self.met(*because, *signal)).collect()
            }
            CaseEvent::CaseMadeIntegral { .. } | CaseEvent::StepPlanned { .. } => {
                self.moved.into_iter().collect()
            }
            CaseEvent::RungReached(reached) => self.of_climb(reached),
            CaseEvent::CaseSnoozed { step, .. } => self.plan_of(step).into_iter().collect(),
            CaseEvent::CaseResumed { .. } => self.paused.into_iter().collect(),
            CaseEvent::CaseReminded(reminded) => self.plan_of(&reminded.step).into_iter().collect(),
            CaseEvent::CaseReopened { .. } | CaseEvent::FeedbackGiven { .. } => {
                self.resolved.into_iter().collect()
            }
            CaseEvent::CaseAcknowledged { .. }
            | CaseEvent::CaseDecided { .. }
            | CaseEvent::RungLowered { .. } => self.standing.into_iter().collect(),
            CaseEvent::LeadAssigned { .. }
            | CaseEvent::CaseHandedOver { .. }
            | CaseEvent::LeadRefused { .. }
            | CaseEvent::PolicyMigrated { .. }
            | CaseEvent::CasePaused { .. }
            | CaseEvent::CaseResolved { .. } => vec![],
        }
    }

    /// A timer carries out a plan; an alarm answers what rang it; a person needs no cause but his own.
    fn of_climb(&self, reached: &RungReached) -> Vec<Position> {
        match reached.cause {
            Cause::BetweenTwoStools => self.refusals.clone(),
            Cause::PingPong => self.handovers.clone(),
            Cause::MoreGoingOn => self.integral.into_iter().collect(),
            Cause::ByHand => vec![],
            Cause::NotPickedUp | Cause::NoProgress | Cause::NoLead | Cause::LeadSilent => {
                let planned = |(_, step): &&(Position, PlannedStep)| {
                    step.to == reached.rung
                        && Some(step.due_at) == reached.planned_at
                        && step.cause == reached.cause
                };
                self.plan.as_ref().filter(planned).map(|(position, _)| *position).into_iter().collect()
            }
        }
    }

    /// The fact that holds this very plan, if it is in force.
    fn plan_of(&self, step: &PlannedStep) -> Option<Position> {
        self.plan.as_ref().filter(|(_, plan)| plan == step).map(|(position, _)| *position)
    }

    fn position_of(&self, signal: SignalId) -> Option<Position> {
        self.reported.get(&signal).map(|(position, _)| *position)
    }

    /// The signal of the case that `newcomer` met: the last one it took in that shares what they matched by.
    fn met(&self, by: Match, newcomer: SignalId) -> Option<Position> {
        let kind = self.reported.get(&newcomer).map(|(_, facts)| facts.kind);
        let shares = |facts: &SignalFacts| match by {
            Match::SameSubject { subject } => facts.subjects.contains(&subject),
            Match::SameHousehold { household } => facts.household == Some(household),
            Match::SamePlaceAndKind { place } => facts.place == Some(place) && Some(facts.kind) == kind,
        };
        let earlier = self.taken_in.iter().rev().filter_map(|signal| self.reported.get(signal));
        earlier.filter(|(_, facts)| shares(facts)).map(|(position, _)| *position).next()
    }

    fn remember(&mut self, position: Position, event: &CaseEvent) {
        match event {
            CaseEvent::CaseOpened(opened) => self.taken_in.push(opened.signal),
            CaseEvent::SignalAttached { signal, .. } => self.taken_in.push(*signal),
            CaseEvent::CaseMadeIntegral { .. } => self.integral = Some(position),
            CaseEvent::CaseHandedOver { .. } => self.handovers.push(position),
            CaseEvent::LeadRefused { .. } => self.refusals.push(position),
            CaseEvent::StepPlanned { step, .. } => {
                self.plan = Some((position, step.clone()));
                return;
            }
            CaseEvent::RungReached(reached) => {
                self.plan = reached.next.clone().map(|step| (position, step));
                self.standing = Some(position);
            }
            CaseEvent::RungLowered { .. } | CaseEvent::CaseReopened { .. } => self.begin_climb(),
            CaseEvent::CaseResolved { .. } => (self.resolved, self.plan) = (Some(position), None),
            CaseEvent::LeadAssigned { .. }
            | CaseEvent::CaseAcknowledged { .. }
            | CaseEvent::CaseResumed { .. }
            | CaseEvent::PolicyMigrated { .. }
            | CaseEvent::FeedbackGiven { .. }
            | CaseEvent::CaseDecided { .. } => {}
            // Nothing follows from a reminder but its notices, and nothing from putting it off.
            CaseEvent::CaseReminded(_) | CaseEvent::CaseSnoozed { .. } => return,
            CaseEvent::CasePaused { .. } => self.paused = Some(position),
        }
        self.moved = Some(position);
    }

    fn begin_climb(&mut self) {
        (self.plan, self.standing) = (None, None);
        self.refusals.clear();
        self.handovers.clear();
    }
}

#[cfg(test)]
mod specs;
