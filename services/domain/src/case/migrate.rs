//! Bringing a case under the policy in force. A case keeps the policy it was opened under, whatever is adopted later; only
//! this act changes it. What is planned is planned anew from where the case stands: the terms of the new policy count from
//! the same instants as those of the old one did.

use super::{Act, CaseEvent, CaseRefusal, CaseState};
use crate::directory::Directory;

pub(super) fn decide(state: &CaseState, act: Act, who: &Directory) -> Result<Vec<CaseEvent>, CaseRefusal> {
    let (to, _) = who.in_force().ok_or(CaseRefusal::UnknownPolicy(state.policy_version))?;
    if to == state.policy_version {
        return Ok(vec![]);
    }
    Ok(vec![CaseEvent::PolicyMigrated { area: state.area.clone(), from: state.policy_version, to, act }])
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, MONDAY, act, planned, step, timer, ulft};
    use crate::example;
    use crate::ladder::{Cause, Rung};
    use crate::profile::Profile;

    const TUESDAY: &str = "2026-03-10T14:00:00Z";

    fn hastier() -> Profile {
        let mut profile = example::profile();
        profile.policy.ladder.workfloor.pick_up = "3wd".parse().unwrap();
        profile
    }

    fn migrate() -> CaseCommand {
        CaseCommand::MigratePolicy { act: act("regisseur-ulft", TUESDAY) }
    }

    #[test]
    fn the_terms_of_the_policy_in_force_count_from_where_those_before_did() {
        let migrated =
            CaseEvent::PolicyMigrated { area: ulft(), from: 1, to: 2, act: act("regisseur-ulft", TUESDAY) };
        let plan = step(Rung::Team, "2026-03-12T23:00:00Z", "3wd", MONDAY, Cause::NotPickedUp);
        let given = Given::opened("housing.fin.hua").under([example::profile(), hastier()]);
        given.when(migrate()).then_expect_events(vec![migrated, planned(plan.clone())]);
        let climb = given.and(migrate()).climb(timer(plan, "2026-03-12T23:00:00Z"));
        assert_eq!((climb.rung, climb.policy_version), (Rung::Team, 2));
    }

    #[test]
    fn a_case_under_the_policy_in_force_stays_there() {
        let given = Given::opened("housing.fin.hua").under([example::profile(), hastier()]).and(migrate());
        given.when(migrate()).then_expect_events(vec![]);
    }
}
