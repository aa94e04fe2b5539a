//! Handing a case over. Too often is ping-pong, and the regisseur is told.

use super::assign_lead::must_be_partner;
use super::raise_rung::alarm;
use super::{Act, CaseEvent, CaseRefusal, CaseState};
use crate::directory::Directory;
use crate::ids::PartnerId;
use crate::ladder::Cause;

pub(super) fn decide(
    state: &CaseState,
    to: PartnerId,
    act: Act,
    who: &Directory,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    must_be_partner(&to, who)?;
    if state.lead.as_ref() == Some(&to) {
        return Err(CaseRefusal::LeadsAlready(to));
    }
    let at = act.at;
    let handed_over =
        CaseEvent::CaseHandedOver { area: state.area.clone(), from: state.lead.clone(), to, act };
    let often = state.handovers + 1 >= state.ladder(who)?.handovers_max;
    Ok([Some(handed_over), alarm(state, often, Cause::PingPong, at, who)?].into_iter().flatten().collect())
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::CaseCommand;
    use crate::case::given::{Given, act, at, partner, planned, step, ulft};
    use crate::ids::PersonId;
    use crate::ladder::Rung;

    const TUESDAY: &str = "2026-03-10T14:00:00Z";
    const WEDNESDAY: &str = "2026-03-11T14:00:00Z";

    fn hand_over(to: &str, when: &str) -> CaseCommand {
        CaseCommand::HandOver { to: partner(to), act: act("consulent-wonion", when) }
    }

    #[test]
    fn the_new_lead_gets_the_whole_pick_up_term() {
        let handed_over = CaseEvent::CaseHandedOver {
            area: ulft(),
            from: Some(partner("wonion")),
            to: partner("sensire"),
            act: act("consulent-wonion", WEDNESDAY),
        };
        let plan = step(Rung::Team, "2026-03-18T23:00:00Z", "5wd", WEDNESDAY, Cause::NotPickedUp);
        Given::opened("housing.fin.hua")
            .and(CaseCommand::Acknowledge { act: act("consulent-wonion", TUESDAY) })
            .when(hand_over("sensire", WEDNESDAY))
            .then_expect_events(vec![handed_over, planned(plan)]);
    }

    #[test]
    fn handing_over_to_the_one_who_leads_is_refused() {
        Given::opened("housing.fin.hua")
            .when(hand_over("wonion", TUESDAY))
            .then_expect_error(CaseRefusal::LeadsAlready(partner("wonion")));
    }

    #[test]
    fn handing_over_to_no_partner_is_refused() {
        Given::opened("housing.fin.hua")
            .when(hand_over("woonbron", TUESDAY))
            .then_expect_error(CaseRefusal::NoSuchPartner(partner("woonbron")));
    }

    #[test]
    fn the_third_handover_is_ping_pong_and_the_regisseur_is_told() {
        let twice = Given::opened("housing.fin.hua")
            .and(hand_over("sensire", TUESDAY))
            .and(hand_over("wonion", TUESDAY));
        assert_eq!(twice.state().rung, Rung::Workfloor);
        let third = hand_over("politie", WEDNESDAY);
        assert_eq!(twice.names(third.clone()), ["case.handed_over", "case.rung_reached"]);
        let climb = twice.climb(third);
        assert_eq!((climb.rung, climb.cause, climb.planned_at), (Rung::Regisseur, Cause::PingPong, None));
        assert_eq!((climb.at, climb.tell), (at(WEDNESDAY), vec![PersonId::new("regisseur-ulft").unwrap()]));
    }

    #[test]
    fn on_the_regisseurs_rung_a_further_handover_rings_no_second_alarm() {
        let given = Given::opened("housing.fin.hua")
            .and(hand_over("sensire", TUESDAY))
            .and(hand_over("wonion", TUESDAY))
            .and(hand_over("politie", TUESDAY));
        let names = given.names(hand_over("sensire", WEDNESDAY));
        assert_eq!(names, ["case.handed_over", "case.step_planned"]);
    }

    #[test]
    fn a_new_climb_counts_handovers_anew() {
        let given = Given::opened("housing.fin.hua")
            .and(hand_over("sensire", TUESDAY))
            .and(hand_over("wonion", TUESDAY))
            .and(hand_over("politie", TUESDAY))
            .and(CaseCommand::LowerRung { to: Rung::Workfloor, act: act("regisseur-ulft", WEDNESDAY) });
        let names = given.names(hand_over("sensire", WEDNESDAY));
        assert!(!names.contains(&"case.rung_reached".to_owned()), "{names:?}");
    }
}
