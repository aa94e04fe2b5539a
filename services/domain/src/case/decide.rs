//! Deciding who leads, against a partner if need be (doorzettingsmacht). Only from the regisseur's rung on.

use super::assign_lead::must_be_partner;
use super::{Act, CaseEvent, CaseRefusal, CaseState};
use crate::directory::Directory;
use crate::ids::PartnerId;
use crate::ladder::Rung;

pub(super) fn decide(
    state: &CaseState,
    lead: PartnerId,
    act: Act,
    who: &Directory,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    must_be_partner(&lead, who)?;
    if state.rung < Rung::Regisseur {
        return Err(CaseRefusal::NotYetToDecide(state.rung));
    }
    Ok(vec![CaseEvent::CaseDecided { area: state.area.clone(), lead, act }])
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, act, at, noted, partner, planned, step, ulft};
    use crate::ladder::Cause;

    const RAISED: &str = "2026-03-10T14:00:00Z";
    const DECIDED: &str = "2026-03-12T09:00:00Z";

    fn decide(lead: &str) -> CaseCommand {
        CaseCommand::Decide { lead: partner(lead), act: act("regisseur-ulft", DECIDED) }
    }

    fn raised(to: Rung) -> Given {
        Given::opened("police.e33").and(CaseCommand::RaiseRung { to, act: noted(act("wijkagent", RAISED)) })
    }

    #[test]
    fn a_decision_appoints_the_lead_and_picks_the_case_up() {
        let decided = CaseEvent::CaseDecided {
            area: ulft(),
            lead: partner("sensire"),
            act: act("regisseur-ulft", DECIDED),
        };
        let plan = step(Rung::College, "2026-03-26T23:00:00Z", "14d", DECIDED, Cause::NoProgress);
        let given = raised(Rung::Regisseur);
        given.when(decide("sensire")).then_expect_events(vec![decided, planned(plan)]);
        let after = given.and(decide("sensire")).state();
        assert_eq!((after.lead, after.no_lead_since), (Some(partner("sensire")), None));
        assert_eq!(after.picked_up, Some(at(DECIDED)));
    }

    #[test]
    fn below_the_regisseurs_rung_nothing_is_decided() {
        for rung in [Rung::Workfloor, Rung::Team] {
            let given = if rung == Rung::Team { raised(rung) } else { Given::opened("police.e33") };
            given.when(decide("sensire")).then_expect_error(CaseRefusal::NotYetToDecide(rung));
        }
    }

    #[test]
    fn the_college_decides_too_and_nothing_is_planned_after_it() {
        let given = raised(Rung::College);
        assert_eq!(given.names(decide("sensire")), ["case.decided"]);
    }

    #[test]
    fn deciding_for_no_partner_is_refused() {
        raised(Rung::Regisseur)
            .when(decide("woonbron"))
            .then_expect_error(CaseRefusal::NoSuchPartner(partner("woonbron")));
    }
}
