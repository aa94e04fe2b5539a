//! Coming down the ladder (afschalen): an event of its own, and the beginning of a new cycle.

use super::{Act, CaseEvent, CaseRefusal, CaseState};
use crate::ladder::Rung;

pub(super) fn decide(state: &CaseState, to: Rung, act: Act) -> Result<Vec<CaseEvent>, CaseRefusal> {
    if to >= state.rung {
        return Err(CaseRefusal::WrongDirection { now: state.rung, to, direction: "below" });
    }
    Ok(vec![CaseEvent::RungLowered { area: state.area.clone(), rung: to, cycle: state.cycle + 1, act }])
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, act, at, noted, planned, step, timer, ulft};
    use crate::ladder::Cause;

    const RAISED: &str = "2026-03-10T14:00:00Z";
    const LOWERED: &str = "2026-03-12T09:00:00Z";

    fn at_the_regisseur(kind: &str) -> Given {
        let act = noted(act("wijkagent", RAISED));
        Given::opened(kind).and(CaseCommand::RaiseRung { to: Rung::Regisseur, act })
    }

    fn lower(to: Rung) -> CaseCommand {
        CaseCommand::LowerRung { to, act: act("regisseur-ulft", LOWERED) }
    }

    #[test]
    fn lowering_starts_a_new_cycle_with_a_plan_of_its_own() {
        let lowered = CaseEvent::RungLowered {
            area: ulft(),
            rung: Rung::Workfloor,
            cycle: 1,
            act: act("regisseur-ulft", LOWERED),
        };
        let plan = step(Rung::Team, "2026-03-19T23:00:00Z", "5wd", LOWERED, Cause::NotPickedUp);
        at_the_regisseur("housing.fin.hua")
            .when(lower(Rung::Workfloor))
            .then_expect_events(vec![lowered, planned(plan)]);
    }

    #[test]
    fn inv7_a_second_climb_to_the_same_rung_is_a_new_fact() {
        let given = at_the_regisseur("housing.fin.hua").and(lower(Rung::Team));
        let step = given.plan();
        let climb = given.climb(timer(step.clone(), "2026-03-26T23:00:00Z"));
        assert_eq!((climb.rung, climb.cycle, climb.planned_at), (Rung::Regisseur, 1, Some(step.due_at)));
    }

    #[test]
    fn lowering_to_the_same_rung_or_up_is_refused() {
        for to in [Rung::Regisseur, Rung::College] {
            at_the_regisseur("housing.fin.hua").when(lower(to)).then_expect_error(
                CaseRefusal::WrongDirection { now: Rung::Regisseur, to, direction: "below" },
            );
        }
    }

    #[test]
    fn lowered_without_a_lead_the_case_gets_the_whole_term_to_find_one() {
        let given = at_the_regisseur("police.e33").and(lower(Rung::Team));
        assert_eq!(given.state().no_lead_since, Some(at(LOWERED)));
        let plan = step(Rung::Regisseur, "2026-03-16T23:00:00Z", "2wd", LOWERED, Cause::NoLead);
        assert_eq!(given.plan(), plan);
    }
}
