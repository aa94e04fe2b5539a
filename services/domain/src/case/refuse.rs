//! Refusing a case. Refused by its lead without a successor it has none; refused too often, it lies between two
//! stools and the regisseur is told. A partner's no counts once, until it leads again.

use super::assign_lead::must_be_partner;
use super::raise_rung::alarm;
use super::{Act, CaseEvent, CaseRefusal, CaseState};
use crate::directory::Directory;
use crate::ids::PartnerId;
use crate::ladder::Cause;

pub(super) fn decide(
    state: &CaseState,
    partner: PartnerId,
    act: Act,
    who: &Directory,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    must_be_partner(&partner, who)?;
    if state.refused_by.contains(&partner) {
        return Ok(vec![]);
    }
    let at = act.at;
    let refused = CaseEvent::LeadRefused { area: state.area.clone(), partner, act };
    let often = state.refusals + 1 >= state.ladder(who)?.refusals_max;
    Ok([Some(refused), alarm(state, often, Cause::BetweenTwoStools, at, who)?]
        .into_iter()
        .flatten()
        .collect())
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, MONDAY, act, at, partner, planned, step, ulft};
    use crate::ids::PersonId;
    use crate::ladder::Rung;

    const TUESDAY: &str = "2026-03-10T14:00:00Z";
    const WEDNESDAY: &str = "2026-03-11T14:00:00Z";

    fn refuse(by: &str, when: &str) -> CaseCommand {
        CaseCommand::Refuse { partner: partner(by), act: act("coordinator-ulft", when) }
    }

    #[test]
    fn a_lead_that_refuses_leaves_the_case_without_one() {
        let refused = CaseEvent::LeadRefused {
            area: ulft(),
            partner: partner("wonion"),
            act: act("coordinator-ulft", TUESDAY),
        };
        let plan = step(Rung::Regisseur, "2026-03-12T23:00:00Z", "2wd", TUESDAY, Cause::NoLead);
        let given = Given::opened("housing.fin.hua");
        given.when(refuse("wonion", TUESDAY)).then_expect_events(vec![refused, planned(plan)]);
        let after = given.and(refuse("wonion", TUESDAY)).state();
        assert_eq!((after.lead, after.no_lead_since), (None, Some(at(TUESDAY))));
    }

    #[test]
    fn a_partner_that_does_not_lead_takes_the_lead_from_nobody() {
        let given = Given::opened("housing.fin.hua").and(refuse("politie", TUESDAY));
        assert_eq!(given.state().lead, Some(partner("wonion")));
    }

    #[test]
    fn a_refusal_does_not_start_the_wait_for_a_lead_anew() {
        let given = Given::opened("police.e33");
        assert_eq!(given.names(refuse("sensire", TUESDAY)), ["case.lead_refused"]);
        assert_eq!(given.and(refuse("sensire", TUESDAY)).plan().from, at(MONDAY));
    }

    #[test]
    fn what_the_refusing_lead_picked_up_is_nobodys_again() {
        let given = Given::opened("housing.fin.hua")
            .and(CaseCommand::Acknowledge { act: act("consulent-wonion", MONDAY) })
            .and(refuse("wonion", TUESDAY))
            .and(CaseCommand::AssignLead {
                lead: partner("sensire"),
                act: act("coordinator-ulft", WEDNESDAY),
            });
        let plan = step(Rung::Team, "2026-03-17T23:00:00Z", "5wd", TUESDAY, Cause::NotPickedUp);
        assert_eq!((given.state().picked_up, given.plan()), (None, plan));
    }

    #[test]
    fn refused_twice_it_lies_between_two_stools_and_the_regisseur_is_told() {
        let given = Given::opened("housing.fin.hua").and(refuse("wonion", TUESDAY));
        let second = refuse("sensire", WEDNESDAY);
        assert_eq!(given.names(second.clone()), ["case.lead_refused", "case.rung_reached"]);
        let climb = given.climb(second);
        assert_eq!((climb.rung, climb.cause), (Rung::Regisseur, Cause::BetweenTwoStools));
        assert_eq!(climb.tell, [PersonId::new("regisseur-ulft").unwrap()]);
    }

    #[test]
    fn the_same_no_said_twice_is_one_refusal() {
        Given::opened("housing.fin.hua")
            .and(refuse("wonion", TUESDAY))
            .when(refuse("wonion", WEDNESDAY))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_partner_that_led_again_can_refuse_again() {
        let climb = Given::opened("housing.fin.hua")
            .and(refuse("wonion", TUESDAY))
            .and(CaseCommand::AssignLead { lead: partner("wonion"), act: act("coordinator-ulft", TUESDAY) })
            .climb(refuse("wonion", WEDNESDAY));
        assert_eq!(climb.cause, Cause::BetweenTwoStools);
    }

    #[test]
    fn on_the_regisseurs_rung_a_further_refusal_rings_no_second_alarm() {
        let given =
            Given::opened("housing.fin.hua").and(refuse("wonion", TUESDAY)).and(refuse("sensire", TUESDAY));
        assert_eq!(given.names(refuse("politie", WEDNESDAY)), ["case.lead_refused"]);
    }

    #[test]
    fn a_refusal_by_no_partner_is_refused() {
        Given::opened("housing.fin.hua")
            .when(refuse("woonbron", TUESDAY))
            .then_expect_error(CaseRefusal::NoSuchPartner(partner("woonbron")));
    }
}
