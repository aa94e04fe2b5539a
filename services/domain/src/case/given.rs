//! Given, when, then for the specs of a case: a past told in commands, one command more, and what comes of it.

use cqrs_es::test::{AggregateResultValidator, TestFramework};
use cqrs_es::{Aggregate, DomainEvent};
use jiff::Timestamp;

use super::{Act, Case, CaseCommand, CaseEvent, CaseState, RungReached, SignalToFollow};
use crate::area::AreaCode;
use crate::directory::Directory;
use crate::event::Event;
use crate::example;
use crate::ids::{CaseId, PartnerId, PersonId, SignalId};
use crate::kind::Kind;
use crate::ladder::{Cause, PlannedStep, Rung};
use crate::matching::Match;
use crate::profile::{Profile, ProfileEvent};
use crate::sealed::Sealed;
use crate::sector::Urgency;
use crate::tell::{Addressee, Duty};

/// When the cases of the specs are opened: a Monday without holidays near, 10.30 in Amsterdam.
pub(crate) const MONDAY: &str = "2026-03-09T09:30:00Z";

/// What happened before, and under which profiles.
#[derive(Clone)]
pub(crate) struct Given {
    who: Directory,
    past: Vec<CaseEvent>,
}

impl Given {
    /// Nothing happened yet; the example profile is in force.
    pub(crate) fn nothing() -> Self {
        Self { who: directory([example::profile()]), past: vec![] }
    }

    /// A case of this kind was opened on [`MONDAY`].
    pub(crate) fn opened(kind: &str) -> Self {
        Self::nothing().and(open(signal("1", kind)))
    }

    /// The same past, seen with these profiles adopted in this order.
    pub(crate) fn under(self, profiles: impl IntoIterator<Item = Profile>) -> Self {
        Self { who: directory(profiles), ..self }
    }

    /// Then this command was given and did something.
    pub(crate) fn and(mut self, command: CaseCommand) -> Self {
        let events = self.decided(command);
        assert!(!events.is_empty(), "a past is made of commands that do something");
        self.past.extend(events);
        self
    }

    /// Then the climb that was planned happened at that instant.
    pub(crate) fn and_climbed(self, at: &str) -> Self {
        let step = self.plan();
        self.and(timer(step, at))
    }

    /// Who is who here.
    pub(crate) fn who(&self) -> &Directory {
        &self.who
    }

    /// What happened.
    pub(crate) fn past(&self) -> &[CaseEvent] {
        &self.past
    }

    /// What comes of the command.
    pub(crate) fn when(&self, command: CaseCommand) -> AggregateResultValidator<Case> {
        TestFramework::with(self.who.clone()).given(self.past.clone()).when(command)
    }

    /// The events that come of a command that is not refused.
    pub(crate) fn decided(&self, command: CaseCommand) -> Vec<CaseEvent> {
        self.when(command).inspect_result().unwrap()
    }

    /// The stored names of the events that come of it.
    pub(crate) fn names(&self, command: CaseCommand) -> Vec<String> {
        self.decided(command).iter().map(DomainEvent::event_type).collect()
    }

    /// The one climb among the events that come of it.
    pub(crate) fn climb(&self, command: CaseCommand) -> RungReached {
        let mut climbs = self.decided(command).into_iter().filter_map(|event| match event {
            CaseEvent::RungReached(reached) => Some(*reached),
            _ => None,
        });
        let climb = climbs.next().unwrap();
        assert_eq!(climbs.next(), None, "one command climbs once");
        climb
    }

    /// Where the case stands after its past.
    pub(crate) fn state(&self) -> CaseState {
        let mut case = Case::default();
        self.past.iter().for_each(|event| case.apply(event.clone()));
        case.state().unwrap().clone()
    }

    /// The climb that is planned after its past.
    pub(crate) fn plan(&self) -> PlannedStep {
        self.state().planned.unwrap()
    }
}

fn directory(profiles: impl IntoIterator<Item = Profile>) -> Directory {
    let mut who = Directory::default();
    for (profile, version) in profiles.into_iter().zip(1..) {
        let adopted = ProfileEvent::ProfileAdopted { version, profile: Box::new(profile) };
        who.apply("profile", &Event::Profile(adopted)).unwrap();
    }
    who
}

/// A plain signal about nobody in Ulft.
pub(crate) fn signal(reference: &str, kind: &str) -> SignalToFollow {
    SignalToFollow {
        id: SignalId::of(&partner("wonion"), reference),
        kind: Kind::from_code(kind).unwrap(),
        urgency: Urgency::Normal,
        area: ulft(),
        subjects: vec![],
    }
}

/// The same, urgent.
pub(crate) fn urgent(signal: SignalToFollow) -> SignalToFollow {
    SignalToFollow { urgency: Urgency::Urgent, ..signal }
}

/// Opens the case of the specs for a signal on [`MONDAY`].
pub(crate) fn open(signal: SignalToFollow) -> CaseCommand {
    CaseCommand::OpenCase { id: CaseId::opened_by(signal.id), signal, at: at(MONDAY) }
}

/// Attaches a signal because it is of the same household.
pub(crate) fn attach(signal: SignalToFollow, when: &str) -> CaseCommand {
    CaseCommand::AttachSignal { signal, because: same_household(), at: at(when) }
}

/// A household two signals share.
pub(crate) fn same_household() -> Match {
    Match::SameHousehold { household: "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001".parse().unwrap() }
}

/// A timer fires.
pub(crate) fn timer(step: PlannedStep, when: &str) -> CaseCommand {
    CaseCommand::RaiseByTimer { step, at: at(when) }
}

/// The first reminder of a step comes due.
pub(crate) fn remind(step: PlannedStep, when: &str) -> CaseCommand {
    let planned_at = step.remind_at.unwrap_or(step.from);
    CaseCommand::Remind { step, planned_at, at: at(when) }
}

/// An act of a person, without a note.
pub(crate) fn act(by: &str, when: &str) -> Act {
    Act { by: format!("person:{by}"), at: at(when), note: None }
}

/// The same with a note.
pub(crate) fn noted(act: Act) -> Act {
    Act { note: Some(Sealed { keys: vec![], bytes: vec![1, 2, 3] }), ..act }
}

/// A climb as it would be planned.
pub(crate) fn step(to: Rung, due_at: &str, term: &str, from: &str, cause: Cause) -> PlannedStep {
    let term = term.parse().unwrap();
    PlannedStep { to, due_at: at(due_at), term, from: at(from), cause, remind_at: None }
}

/// Somebody who is told because he is on duty.
pub(crate) fn on_duty(person: &str) -> Addressee {
    Addressee { person: PersonId::new(person).unwrap(), duty: Duty::OnDuty, hold: None }
}

/// The plan as an event.
pub(crate) fn planned(step: PlannedStep) -> CaseEvent {
    CaseEvent::StepPlanned { area: ulft(), step }
}

/// Where the specs play.
pub(crate) fn ulft() -> AreaCode {
    AreaCode::new("WK150900").unwrap()
}

/// A partner by its short name.
pub(crate) fn partner(id: &str) -> PartnerId {
    PartnerId::new(id).unwrap()
}

/// An instant.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
