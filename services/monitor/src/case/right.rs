//! The right that an action on a case takes.

use seinhuis_contract::proto::case::v1::act_request::Action;
use seinhuis_domain::access::Ask;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ladder::Rung;

/// Deciding takes the right to decide, and so does bringing a case under another policy, bringing down what the regisseur or the college has in hand, opening it
/// again on the workfloor, pausing it, and giving it another lead than they decided on. All the rest is work.
pub(super) fn needed<'a>(action: &Action, rung: Rung, area: &'a AreaCode) -> Ask<'a> {
    match action {
        Action::Decide(_) | Action::MigratePolicy(_) => Ask::Decide(area),
        Action::LowerRung(_)
        | Action::Reopen(_)
        | Action::AssignLead(_)
        | Action::HandOver(_)
        | Action::Pause(_)
        | Action::Resume(_)
            if rung >= Rung::Regisseur =>
        {
            Ask::Decide(area)
        }
        Action::LowerRung(_)
        | Action::Acknowledge(_)
        | Action::AssignLead(_)
        | Action::HandOver(_)
        | Action::Refuse(_)
        | Action::RaiseRung(_)
        | Action::GiveFeedback(_)
        | Action::Resolve(_)
        | Action::Pause(_)
        | Action::Resume(_)
        | Action::Snooze(_)
        | Action::Reopen(_) => Ask::Work(area),
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_contract::proto::case::v1::{
        AssignLead, Decide, GiveFeedback, HandOver, LowerRung, MigratePolicy, Pause, RaiseRung, Reopen,
        Resolve, Resume,
    };

    fn takes_decision(action: Action, rung: Rung) -> bool {
        let area = AreaCode::new("WK150900").unwrap();
        needed(&action, rung, &area) == Ask::Decide(&area)
    }

    #[test]
    fn deciding_takes_the_right_to_decide_on_any_rung() {
        assert!(takes_decision(Action::Decide(Decide::default()), Rung::Workfloor));
        assert!(takes_decision(Action::MigratePolicy(MigratePolicy {}), Rung::Workfloor));
    }

    #[test]
    fn a_team_brings_its_own_case_down_but_not_one_the_regisseur_has() {
        assert!(!takes_decision(Action::LowerRung(LowerRung::default()), Rung::Team));
        assert!(takes_decision(Action::LowerRung(LowerRung::default()), Rung::Regisseur));
        assert!(takes_decision(Action::LowerRung(LowerRung::default()), Rung::College));
    }

    #[test]
    fn what_the_regisseur_decided_is_not_undone_with_the_right_to_work() {
        for action in [
            Action::AssignLead(AssignLead::default()),
            Action::HandOver(HandOver::default()),
            Action::Reopen(Reopen::default()),
            Action::Pause(Pause::default()),
            Action::Resume(Resume::default()),
        ] {
            assert!(!takes_decision(action.clone(), Rung::Team), "{action:?}");
            assert!(takes_decision(action.clone(), Rung::Regisseur), "{action:?}");
        }
    }

    #[test]
    fn raising_closing_and_telling_who_reported_is_work_whoever_has_the_case() {
        assert!(!takes_decision(Action::RaiseRung(RaiseRung::default()), Rung::Regisseur));
        assert!(!takes_decision(Action::Resolve(Resolve::default()), Rung::College));
        assert!(!takes_decision(Action::GiveFeedback(GiveFeedback::default()), Rung::College));
    }
}
