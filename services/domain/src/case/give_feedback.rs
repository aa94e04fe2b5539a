//! Telling the partners that reported what became of it (terugkoppelen). While the case runs and after it is closed: by then
//! they are to hear how it ended.

use super::{Act, CaseEvent, CaseRefusal, CaseState};
use crate::directory::Directory;
use crate::feedback::{FeedbackDue, Outcome};

pub(super) fn decide(
    state: Option<&CaseState>,
    outcome: Outcome,
    act: Act,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    let state = state.ok_or(CaseRefusal::NoSuchCase)?;
    match (outcome, state.resolved) {
        // Nobody is told that it is done while it isn't, nor that it is being worked on when nobody does.
        (Outcome::Resolved, false) => Err(CaseRefusal::CaseIsOpen),
        (Outcome::PickedUp, true) => Err(CaseRefusal::CaseIsClosed),
        _ => Ok(vec![CaseEvent::FeedbackGiven { area: state.area.clone(), outcome, act }]),
    }
}

/// By when feedback is due of a case that is closed by this act. Nobody waits for it who was told already.
pub(super) fn due(state: &CaseState, act: &Act, who: &Directory) -> Result<Option<FeedbackDue>, CaseRefusal> {
    if state.answered {
        return Ok(None);
    }
    let adopted = state.adopted(who)?;
    let Some(term) = adopted.profile.policy.ladder.feedback_within else { return Ok(None) };
    Ok(Some(FeedbackDue { due_at: adopted.calendar.due_at(act.at, term)?, term }))
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, act, at, attach, noted, signal, ulft};
    use crate::example;

    const TUESDAY: &str = "2026-03-10T14:00:00Z";
    /// The Wednesday before Easter.
    const CLOSED: &str = "2026-04-01T09:00:00Z";
    const LATER: &str = "2026-04-02T09:00:00Z";

    fn tell(outcome: Outcome, when: &str) -> CaseCommand {
        CaseCommand::GiveFeedback { outcome, act: act("consulent-wonion", when) }
    }

    fn close() -> CaseCommand {
        CaseCommand::Resolve { act: act("consulent-wonion", CLOSED) }
    }

    /// The policy says: within five working days after the closing.
    fn opened() -> Given {
        Given::opened("housing.fin.hua")
    }

    /// By when feedback is due once the case is closed.
    fn due(given: &Given) -> Option<FeedbackDue> {
        match given.decided(close()).as_slice() {
            [CaseEvent::CaseResolved { feedback_due, .. }] => *feedback_due,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_the_partners_are_told_is_an_event_with_its_outcome() {
        let told = |act| CaseEvent::FeedbackGiven { area: ulft(), outcome: Outcome::PassedOn, act };
        let by = || noted(act("consulent-wonion", TUESDAY));
        let command = CaseCommand::GiveFeedback { outcome: Outcome::PassedOn, act: by() };
        opened().when(command).then_expect_events(vec![told(by())]);
    }

    #[test]
    fn telling_moves_no_deadline() {
        let given = opened();
        let plan = given.plan();
        assert_eq!(given.and(tell(Outcome::PickedUp, TUESDAY)).plan(), plan);
    }

    #[test]
    fn once_the_case_is_closed_feedback_is_due_within_the_policys_term() {
        // Good Friday and Easter Monday don't count: the fifth working day is Friday the 10th.
        let term = "5wd".parse().unwrap();
        let expected = FeedbackDue { due_at: at("2026-04-10T22:00:00Z"), term };
        assert_eq!(due(&opened()), Some(expected));
        assert_eq!(due(&opened().and(tell(Outcome::PickedUp, TUESDAY))), Some(expected));
    }

    #[test]
    fn where_the_policy_says_nothing_of_it_feedback_is_never_due() {
        let mut profile = example::profile();
        profile.policy.ladder.feedback_within = None;
        assert_eq!(due(&opened().under([profile])), None);
    }

    #[test]
    fn whoever_heard_already_how_it_ended_waits_for_nothing() {
        for outcome in [Outcome::AlreadyKnown, Outcome::PassedOn, Outcome::NoGround] {
            assert_eq!(due(&opened().and(tell(outcome, TUESDAY))), None, "{outcome}");
        }
    }

    #[test]
    fn whoever_reports_after_that_waits_for_feedback_again() {
        let given = opened()
            .and(tell(Outcome::NoGround, TUESDAY))
            .and(attach(signal("2", "housing.soc.gel"), "2026-03-12T09:00:00Z"));
        assert!(due(&given).is_some());
    }

    #[test]
    fn a_case_opened_again_owes_feedback_again() {
        let given = opened().and(close()).and(tell(Outcome::Resolved, LATER));
        assert!(given.state().answered);
        let given = given.and(CaseCommand::Reopen { act: act("consulent-wonion", LATER) });
        assert!(!given.state().answered);
    }

    #[test]
    fn nobody_is_told_that_it_is_done_while_it_is_not_nor_that_it_is_picked_up_when_it_is_done() {
        opened().when(tell(Outcome::Resolved, TUESDAY)).then_expect_error(CaseRefusal::CaseIsOpen);
        opened()
            .and(close())
            .when(tell(Outcome::PickedUp, LATER))
            .then_expect_error(CaseRefusal::CaseIsClosed);
    }
}
