//! Case: one or more signals that need following up. One lead partner, one lane, one rung at a time.
//!
//! Each decision is a file below this one. After every decision the case plans its next climb from where it then
//! stands, so that the log holds each deadline with the term it was counted by.

use cqrs_es::{Aggregate, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use crate::directory::Directory;

mod acknowledge;
mod assign_lead;
mod attach;
mod catch_up;
mod command;
mod decide;
mod event;
mod give_feedback;
#[cfg(test)]
pub(crate) mod given;
mod hand_over;
mod lower_rung;
mod migrate;
mod open;
mod pause;
mod raise_rung;
mod refuse;
mod remind;
mod reopen;
mod resolve;
mod snooze;
mod state;

pub use command::{CaseCommand, CaseRefusal, SignalToFollow};
pub use event::{Act, CaseEvent, CaseOpened, Reminded, RungReached};
pub use state::CaseState;

/// The case as aggregate: nothing until it is opened.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Case(Option<Box<CaseState>>);

impl Case {
    /// The state, if the case was opened.
    pub fn state(&self) -> Option<&CaseState> {
        self.0.as_deref()
    }

    /// The state of a case that is open.
    fn open_state(&self) -> Result<&CaseState, CaseRefusal> {
        match self.state() {
            None => Err(CaseRefusal::NoSuchCase),
            Some(state) if state.resolved => Err(CaseRefusal::CaseIsClosed),
            Some(state) => Ok(state),
        }
    }

    fn decide(&self, command: CaseCommand, who: &Directory) -> Result<Vec<CaseEvent>, CaseRefusal> {
        match command {
            CaseCommand::OpenCase { id, signal, at } => open::decide(self.state(), id, &signal, at, who),
            CaseCommand::AttachSignal { signal, because, at } => {
                attach::decide(self.state(), &signal, because, at, who)
            }
            CaseCommand::AssignLead { lead, act } => assign_lead::decide(self.open_state()?, lead, act, who),
            CaseCommand::Acknowledge { act } => Ok(acknowledge::decide(self.open_state()?, act)),
            CaseCommand::HandOver { to, act } => hand_over::decide(self.open_state()?, to, act, who),
            CaseCommand::Refuse { partner, act } => refuse::decide(self.open_state()?, partner, act, who),
            CaseCommand::RaiseByTimer { step, at } => match self.open_state() {
                // A timer that comes too late for its case has nothing to say.
                Err(CaseRefusal::CaseIsClosed) => Ok(vec![]),
                Err(refusal) => Err(refusal),
                Ok(state) => raise_rung::by_timer(state, &step, at, who),
            },
            CaseCommand::CatchUp { step, at } => match self.open_state() {
                Err(CaseRefusal::CaseIsClosed) => Ok(vec![]),
                Err(refusal) => Err(refusal),
                Ok(state) => catch_up::decide(state, &step, at, who),
            },
            CaseCommand::Remind { step, planned_at, at } => match self.open_state() {
                Err(CaseRefusal::CaseIsClosed) => Ok(vec![]),
                Err(refusal) => Err(refusal),
                Ok(state) => remind::decide(state, &step, planned_at, at, who),
            },
            CaseCommand::RaiseRung { to, act } => raise_rung::by_hand(self.open_state()?, to, act, who),
            CaseCommand::LowerRung { to, act } => lower_rung::decide(self.open_state()?, to, act),
            CaseCommand::Pause { until, act } => pause::decide(self.open_state()?, until, act, who),
            CaseCommand::Resume { act } => Ok(pause::resume(self.open_state()?, act)),
            CaseCommand::Snooze { until, act } => snooze::decide(self.open_state()?, until, act),
            CaseCommand::MigratePolicy { act } => migrate::decide(self.open_state()?, act, who),
            CaseCommand::Decide { lead, act } => decide::decide(self.open_state()?, lead, act, who),
            CaseCommand::GiveFeedback { outcome, act } => give_feedback::decide(self.state(), outcome, act),
            CaseCommand::Resolve { act } => resolve::decide(self.state(), act, who),
            CaseCommand::Reopen { act } => reopen::decide(self.state(), act),
        }
    }

    /// What comes of a command: what [`Aggregate::handle`] writes, in which the case then has taken it in. After a refusal it
    /// may have taken in the first of it.
    pub(crate) fn answer(
        &mut self,
        command: CaseCommand,
        who: &Directory,
    ) -> Result<Vec<CaseEvent>, CaseRefusal> {
        let mut events = self.decide(command, who)?;
        events.iter().for_each(|event| self.apply(event.clone()));
        if !events.is_empty()
            && let Some(plan) = self.replan(who)?
        {
            self.apply(plan.clone());
            events.push(plan);
        }
        Ok(events)
    }

    /// The next climb from where the case now stands, if it is another than the one already planned.
    fn replan(&self, who: &Directory) -> Result<Option<CaseEvent>, CaseRefusal> {
        let Some(state) = self.state().filter(|state| !state.resolved) else { return Ok(None) };
        let next = state.next_step(who)?;
        Ok(next
            .filter(|step| state.planned.as_ref() != Some(step))
            .map(|step| CaseEvent::StepPlanned { area: state.area.clone(), step }))
    }
}

impl Aggregate for Case {
    const TYPE: &'static str = "case";
    type Command = CaseCommand;
    type Event = CaseEvent;
    type Error = CaseRefusal;
    type Services = Directory;

    async fn handle(
        &mut self,
        command: CaseCommand,
        who: &Directory,
        sink: &EventSink<Self>,
    ) -> Result<(), CaseRefusal> {
        let events = self.decide(command, who)?;
        let anything = !events.is_empty();
        for event in events {
            sink.write(event, self).await;
        }
        if anything && let Some(plan) = self.replan(who)? {
            sink.write(plan, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: CaseEvent) {
        match (event, &mut self.0) {
            (CaseEvent::CaseOpened(opened), none) => *none = Some(Box::new(CaseState::opened(*opened))),
            (event, Some(state)) => state.apply(event),
            // A stream begins with its opening; the version check on append makes sure of that.
            (_, None) => {}
        }
    }
}

#[cfg(test)]
mod specs {
    use super::given::{Given, MONDAY, act, attach, noted, partner, remind, signal, step, timer};
    use super::*;
    use crate::example;
    use crate::feedback::Outcome;
    use crate::ladder::{Cause, Rung};
    use crate::profile::Profile;

    const LATER: &str = "2026-03-17T09:00:00Z";

    /// Every command except opening.
    fn commands() -> Vec<CaseCommand> {
        let act = || act("coordinator-ulft", LATER);
        vec![
            attach(signal("2", "housing.soc.gel"), LATER),
            CaseCommand::AssignLead { lead: partner("sensire"), act: act() },
            CaseCommand::Acknowledge { act: act() },
            CaseCommand::HandOver { to: partner("sensire"), act: act() },
            CaseCommand::Refuse { partner: partner("wonion"), act: act() },
            timer(step(Rung::Team, "2026-03-16T23:00:00Z", "5wd", MONDAY, Cause::NotPickedUp), LATER),
            remind(step(Rung::Team, "2026-03-16T23:00:00Z", "5wd", MONDAY, Cause::NotPickedUp), LATER),
            CaseCommand::RaiseRung { to: Rung::Team, act: act() },
            CaseCommand::LowerRung { to: Rung::Workfloor, act: act() },
            CaseCommand::Pause { until: "2026-03-20T09:00:00Z".parse().unwrap(), act: noted(act()) },
            CaseCommand::Resume { act: act() },
            CaseCommand::Snooze { until: "2026-03-20T09:00:00Z".parse().unwrap(), act: act() },
            CaseCommand::MigratePolicy { act: act() },
            CaseCommand::Decide { lead: partner("sensire"), act: act() },
            CaseCommand::GiveFeedback { outcome: Outcome::NoGround, act: act() },
            CaseCommand::Resolve { act: act() },
            CaseCommand::Reopen { act: act() },
        ]
    }

    fn hastier() -> Profile {
        let mut profile = example::profile();
        profile.policy.ladder.workfloor = profile.policy.ladder.regisseur.clone();
        profile.policy.ladder.workfloor.pick_up = "1wd".parse().unwrap();
        profile.policy.ladder.team.pick_up = "1d".parse().unwrap();
        profile.policy.ladder.handovers_max = 1;
        profile
    }

    #[test]
    fn nobody_acts_on_a_case_that_never_opened() {
        for command in commands() {
            Given::nothing().when(command).then_expect_error(CaseRefusal::NoSuchCase);
        }
    }

    #[test]
    fn a_closed_case_only_takes_what_changes_nothing_feedback_and_its_reopening() {
        let closed =
            Given::opened("housing.fin.hua").and(CaseCommand::Resolve { act: act("wijkagent", LATER) });
        for command in commands() {
            let shown = format!("{command:?}");
            match (&command, closed.when(command.clone()).inspect_result()) {
                (
                    CaseCommand::RaiseByTimer { .. }
                    | CaseCommand::CatchUp { .. }
                    | CaseCommand::Remind { .. }
                    | CaseCommand::Resolve { .. },
                    result,
                ) => assert_eq!(result, Ok(vec![]), "{shown}"),
                (CaseCommand::GiveFeedback { .. } | CaseCommand::Reopen { .. }, result) => {
                    assert!(result.is_ok(), "{shown}")
                }
                (_, result) => assert_eq!(result, Err(CaseRefusal::CaseIsClosed), "{shown}"),
            }
        }
    }

    #[test]
    fn a_policy_change_never_touches_cases_opened_before() {
        let given = Given::opened("housing.fin.hua");
        let before = given.clone().and_climbed(LATER);
        let after = given.under([example::profile(), hastier()]).and_climbed(LATER);
        assert_eq!(after.state(), before.state());
        let hand_over = CaseCommand::HandOver { to: partner("sensire"), act: act("wijkagent", LATER) };
        assert_eq!(after.names(hand_over), ["case.handed_over", "case.step_planned"]);
    }

    #[test]
    fn a_case_whose_policy_is_not_known_here_is_left_alone() {
        let given = Given::opened("housing.fin.hua").under([]);
        let pick_up = CaseCommand::Acknowledge { act: act("wijkagent", LATER) };
        given.when(pick_up).then_expect_error(CaseRefusal::UnknownPolicy(1));
    }

    #[test]
    fn a_term_beyond_the_calendar_is_refused() {
        let given = Given::opened("housing.fin.hua");
        let far = CaseCommand::Acknowledge { act: act("wijkagent", "2200-12-31T09:00:00Z") };
        let refusal = given.when(far).inspect_result().unwrap_err();
        assert!(matches!(refusal, CaseRefusal::BeyondCalendar(_)), "{refusal}");
    }
}
