//! Closing a case: from then on the term runs within which who reported is to hear of it. Closing a closed one adds nothing.

use super::{Act, CaseEvent, CaseRefusal, CaseState, give_feedback};
use crate::directory::Directory;

pub(super) fn decide(
    state: Option<&CaseState>,
    act: Act,
    who: &Directory,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    match state {
        None => Err(CaseRefusal::NoSuchCase),
        Some(state) if state.resolved => Ok(vec![]),
        Some(state) => {
            let feedback_due = give_feedback::due(state, &act, who)?;
            Ok(vec![CaseEvent::CaseResolved { area: state.area.clone(), feedback_due, act }])
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, act, at, ulft};
    use crate::feedback::FeedbackDue;

    const TUESDAY: &str = "2026-03-10T14:00:00Z";

    fn resolve() -> CaseCommand {
        CaseCommand::Resolve { act: act("consulent-wonion", TUESDAY) }
    }

    #[test]
    fn resolving_closes_the_case_and_clears_its_plan() {
        let resolved = CaseEvent::CaseResolved {
            area: ulft(),
            feedback_due: Some(FeedbackDue {
                due_at: at("2026-03-17T23:00:00Z"),
                term: "5wd".parse().unwrap(),
            }),
            act: act("consulent-wonion", TUESDAY),
        };
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
