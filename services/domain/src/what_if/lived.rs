//! One case: what was planned for it, and how it would stand.

use jiff::Timestamp;

use super::Would;
use super::input::{Plan, input};
use crate::case::{Case, CaseCommand, CaseEvent};
use crate::directory::Directory;
use crate::ids::CaseId;

/// A case.
#[derive(Debug, Default)]
pub(super) struct Lived {
    /// What really was planned.
    planned: Option<Plan>,
    /// The case as it would be.
    would: Case,
    /// When the last thing happened to it.
    pub(super) last: Timestamp,
}

impl Lived {
    /// What would have come of an event, taken in at `at`.
    pub(super) fn take(
        &mut self,
        id: CaseId,
        event: &CaseEvent,
        at: Timestamp,
        who: &Directory,
    ) -> Vec<Would> {
        let command = input(id, event, self.planned.as_ref());
        self.last = at;
        self.planned = match (event, event.plan()) {
            (CaseEvent::CaseReminded(reminded), _) => self.reminded_next(reminded.next_at),
            (CaseEvent::CaseSnoozed { next_at, .. }, _) => self.reminded_next(*next_at),
            (_, Some(step)) => step.map(|step| Plan { step: step.clone(), remind_at: step.remind_at }),
            (_, None) => self.planned.take(),
        };
        command.map_or_else(Vec::new, |command| self.decided(id, command, who))
    }

    /// What would have come of a reminder or climb that is due and really was not planned so. On time, or as soon as it came to
    /// be due.
    pub(super) fn fires(&mut self, id: CaseId, who: &Directory) -> Vec<Would> {
        let Some(Plan { step, remind_at }) = self.plan() else { return vec![] };
        let remind = remind_at.map(|planned_at| (planned_at, planned_at.max(self.last)));
        let command = match remind.filter(|(_, at)| *at < step.due_at) {
            Some((planned_at, at)) => CaseCommand::Remind { step, planned_at, at },
            None => CaseCommand::RaiseByTimer { at: step.due_at.max(self.last), step },
        };
        self.decided(id, command, who)
    }

    /// When something would fall due, if that is not what really was planned.
    pub(super) fn waits_alone(&self) -> Option<Timestamp> {
        let plan = self.plan().filter(|plan| self.planned.as_ref() != Some(plan))?;
        Some(plan.remind_at.map_or(plan.step.due_at, |at| at.min(plan.step.due_at)))
    }

    fn reminded_next(&mut self, remind_at: Option<Timestamp>) -> Option<Plan> {
        self.planned.take().map(|plan| Plan { remind_at, ..plan })
    }

    fn plan(&self) -> Option<Plan> {
        let state = self.would.state()?;
        Some(Plan { step: state.planned.clone()?, remind_at: state.remind_at })
    }

    fn decided(&mut self, id: CaseId, command: CaseCommand, who: &Directory) -> Vec<Would> {
        match self.would.answer(command, who) {
            Ok(events) => events.into_iter().map(|event| Would::Happen(id, event)).collect(),
            Err(refusal) => vec![Would::BeRefused(id, refusal)],
        }
    }
}
