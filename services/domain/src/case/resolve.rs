//! Closing a case. Closing a closed one adds nothing.

use super::{Act, CaseEvent, CaseRefusal, CaseState};

pub(super) fn decide(state: Option<&CaseState>, act: Act) -> Result<Vec<CaseEvent>, CaseRefusal> {
    match state {
        None => Err(CaseRefusal::NoSuchCase),
        Some(state) if state.resolved => Ok(vec![]),
        Some(state) => Ok(vec![CaseEvent::CaseResolved { area: state.area.clone(), act }]),
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, act, ulft};

    const TUESDAY: &str = "2026-03-10T14:00:00Z";

    fn resolve() -> CaseCommand {
        CaseCommand::Resolve { act: act("consulent-wonion", TUESDAY) }
    }

    #[test]
    fn resolving_closes_the_case_and_clears_its_plan() {
        let resolved = CaseEvent::CaseResolved { area: ulft(), act: act("consulent-wonion", TUESDAY) };
        let given = Given::opened("housing.fin.hua");
        given.when(resolve()).then_expect_events(vec![resolved]);
        let closed = given.and(resolve()).state();
        assert_eq!((closed.resolved, closed.planned), (true, None));
    }

    #[test]
    fn resolving_twice_resolves_once() {
        Given::opened("housing.fin.hua").and(resolve()).when(resolve()).then_expect_events(vec![]);
    }
}
