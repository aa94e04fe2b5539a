//! Picking a case up. From then on the progress term runs instead of the pick-up term.

use super::{Act, CaseEvent, CaseState};

pub(super) fn decide(state: &CaseState, act: Act) -> Vec<CaseEvent> {
    if state.picked_up.is_some() {
        return vec![];
    }
    vec![CaseEvent::CaseAcknowledged { area: state.area.clone(), rung: state.rung, act }]
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, act, planned, step, ulft};
    use crate::ladder::{Cause, Rung};

    const TUESDAY: &str = "2026-03-10T14:00:00Z";

    fn pick_up(when: &str) -> CaseCommand {
        CaseCommand::Acknowledge { act: act("consulent-wonion", when) }
    }

    #[test]
    fn from_picking_up_on_the_progress_term_runs() {
        let picked_up = CaseEvent::CaseAcknowledged {
            area: ulft(),
            rung: Rung::Workfloor,
            act: act("consulent-wonion", TUESDAY),
        };
        let plan = step(Rung::Team, "2026-03-24T23:00:00Z", "10wd", TUESDAY, Cause::NoProgress);
        Given::opened("housing.fin.hua")
            .when(pick_up(TUESDAY))
            .then_expect_events(vec![picked_up, planned(plan)]);
    }

    #[test]
    fn picking_up_twice_picks_up_once() {
        Given::opened("housing.fin.hua")
            .and(pick_up(TUESDAY))
            .when(pick_up("2026-03-11T14:00:00Z"))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_case_is_picked_up_anew_on_each_rung() {
        let given =
            Given::opened("housing.fin.hua").and(pick_up(TUESDAY)).and_climbed("2026-03-24T23:00:00Z");
        assert_eq!(given.state().picked_up, None);
        assert_eq!(given.names(pick_up("2026-03-25T09:00:00Z")), ["case.acknowledged", "case.step_planned"]);
    }

    #[test]
    fn picking_up_does_not_stop_the_wait_for_a_lead() {
        let given = Given::opened("police.e33");
        let before = given.plan();
        assert_eq!(given.names(pick_up(TUESDAY)), ["case.acknowledged"]);
        assert_eq!(before.cause, Cause::NoLead);
    }
}
