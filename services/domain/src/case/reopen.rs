//! Opening a closed case again: it starts on the workfloor, in a new cycle.

use super::{Act, CaseEvent, CaseRefusal, CaseState};

pub(super) fn decide(state: Option<&CaseState>, act: Act) -> Result<Vec<CaseEvent>, CaseRefusal> {
    match state {
        None => Err(CaseRefusal::NoSuchCase),
        Some(state) if !state.resolved => Err(CaseRefusal::CaseIsOpen),
        Some(state) => {
            Ok(vec![CaseEvent::CaseReopened { area: state.area.clone(), cycle: state.cycle + 1, act }])
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, act, at, partner, planned, step, ulft};
    use crate::ladder::{Cause, Rung};

    const CLOSED: &str = "2026-03-17T09:00:00Z";
    const REOPENED: &str = "2026-04-01T08:00:00Z";

    fn reopen() -> CaseCommand {
        CaseCommand::Reopen { act: act("regisseur-ulft", REOPENED) }
    }

    fn resolve() -> CaseCommand {
        CaseCommand::Resolve { act: act("coordinator-ulft", CLOSED) }
    }

    #[test]
    fn a_reopened_case_starts_on_the_workfloor_in_a_new_cycle() {
        let reopened =
            CaseEvent::CaseReopened { area: ulft(), cycle: 1, act: act("regisseur-ulft", REOPENED) };
        // Good Friday and Easter Monday do not count as working days.
        let plan = step(Rung::Team, "2026-04-10T22:00:00Z", "5wd", REOPENED, Cause::NotPickedUp);
        let closed = Given::opened("housing.fin.hua").and_climbed("2026-03-16T23:00:00Z").and(resolve());
        assert_eq!(closed.state().rung, Rung::Team);
        closed.when(reopen()).then_expect_events(vec![reopened, planned(plan)]);
        let open = closed.and(reopen()).state();
        assert_eq!((open.rung, open.cycle, open.resolved), (Rung::Workfloor, 1, false));
    }

    #[test]
    fn reopened_without_a_lead_the_wait_for_one_starts_anew() {
        let given = Given::opened("police.e33").and(resolve()).and(reopen());
        assert_eq!(given.state().no_lead_since, Some(at(REOPENED)));
        assert_eq!(given.plan().cause, Cause::NoLead);
    }

    #[test]
    fn a_refusal_before_the_closing_does_not_count_after_it() {
        let refuse = |by: &str, when: &str| CaseCommand::Refuse { partner: partner(by), act: act(by, when) };
        let given = Given::opened("housing.fin.hua")
            .and(refuse("wonion", "2026-03-10T09:00:00Z"))
            .and(resolve())
            .and(reopen());
        assert_eq!(given.names(refuse("wonion", "2026-04-01T09:00:00Z")), ["case.lead_refused"]);
    }

    #[test]
    fn an_open_case_cannot_be_reopened() {
        Given::opened("housing.fin.hua").when(reopen()).then_expect_error(CaseRefusal::CaseIsOpen);
    }
}
