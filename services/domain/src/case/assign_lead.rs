//! Naming the partner who leads. Exactly one leads at a time.

use super::{Act, CaseEvent, CaseRefusal, CaseState};
use crate::directory::Directory;
use crate::ids::PartnerId;

pub(super) fn decide(
    state: &CaseState,
    lead: PartnerId,
    act: Act,
    who: &Directory,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    must_be_partner(&lead, who)?;
    if state.lead.as_ref() == Some(&lead) {
        return Ok(vec![]);
    }
    Ok(vec![CaseEvent::LeadAssigned { area: state.area.clone(), lead, act }])
}

/// A lead must be one of the profile's partners.
pub(super) fn must_be_partner(partner: &PartnerId, who: &Directory) -> Result<(), CaseRefusal> {
    if who.is_partner(partner) { Ok(()) } else { Err(CaseRefusal::NoSuchPartner(partner.clone())) }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, MONDAY, act, partner, planned, step, ulft};
    use crate::ladder::{Cause, Rung};

    const TUESDAY: &str = "2026-03-10T14:00:00Z";

    fn assign(lead: &str) -> CaseCommand {
        CaseCommand::AssignLead { lead: partner(lead), act: act("coordinator-ulft", TUESDAY) }
    }

    #[test]
    fn a_lead_ends_the_wait_for_one() {
        let assigned = CaseEvent::LeadAssigned {
            area: ulft(),
            lead: partner("sensire"),
            act: act("coordinator-ulft", TUESDAY),
        };
        // The pick-up term has run since Monday.
        let plan = step(Rung::Team, "2026-03-16T23:00:00Z", "5wd", MONDAY, Cause::NotPickedUp);
        Given::opened("police.e33").when(assign("sensire")).then_expect_events(vec![assigned, planned(plan)]);
    }

    #[test]
    fn exactly_one_partner_leads() {
        let given = Given::opened("housing.fin.hua").and(assign("sensire"));
        assert_eq!(given.state().lead, Some(partner("sensire")));
    }

    #[test]
    fn assigning_the_one_who_leads_adds_nothing() {
        Given::opened("housing.fin.hua").when(assign("wonion")).then_expect_events(vec![]);
    }

    #[test]
    fn a_lead_that_is_no_partner_is_refused() {
        Given::opened("housing.fin.hua")
            .when(assign("woonbron"))
            .then_expect_error(CaseRefusal::NoSuchPartner(partner("woonbron")));
    }
}
