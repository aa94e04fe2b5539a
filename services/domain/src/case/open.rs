//! Opening a case for a signal that belongs nowhere else. Opening it again opens nothing.

use jiff::Timestamp;

use super::{CaseEvent, CaseOpened, CaseRefusal, CaseState, SignalToFollow};
use crate::directory::Directory;
use crate::ids::CaseId;
use crate::routing::{Question, route};

pub(super) fn decide(
    before: Option<&CaseState>,
    id: CaseId,
    signal: &SignalToFollow,
    at: Timestamp,
    who: &Directory,
) -> Result<Vec<CaseEvent>, CaseRefusal> {
    if before.is_some() {
        return Ok(vec![]);
    }
    let (policy_version, adopted) = who.in_force().ok_or(CaseRefusal::UnknownPolicy(0))?;
    let question = Question { kind: signal.kind, urgency: signal.urgency, area: &signal.area };
    let profile = &adopted.profile;
    let route =
        route(question, &profile.policy, &profile.teams, who.areas()).map_err(CaseRefusal::NoRoute)?;
    Ok(vec![CaseEvent::CaseOpened(Box::new(CaseOpened {
        id,
        area: signal.area.clone(),
        signal: signal.id,
        kind: signal.kind,
        urgency: signal.urgency,
        subjects: signal.subjects.clone(),
        route,
        policy_version,
        at,
    }))])
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::case::given::{Given, MONDAY, open, planned, signal, step, ulft, urgent};
    use crate::example;
    use crate::ids::TeamId;
    use crate::kind::Kind;
    use crate::ladder::{Cause, Rung};
    use crate::profile::Profile;
    use crate::routing::{NoRule, Route};
    use crate::sector::{Goal, Lane, Urgency};

    #[test]
    fn opening_routes_the_case_and_plans_the_first_climb_with_its_term() {
        let signal = signal("1", "housing.fin.hua");
        let opened = CaseOpened {
            id: CaseId::opened_by(signal.id),
            area: ulft(),
            signal: signal.id,
            kind: signal.kind,
            urgency: Urgency::Normal,
            subjects: vec![],
            route: Route {
                rule: "huurachterstand".into(),
                lane: Lane::Social,
                goal: Goal::Liveability,
                team: Some(TeamId::new("wijkteam-ulft").unwrap()),
                lead: Some(crate::case::given::partner("wonion")),
            },
            policy_version: 1,
            at: MONDAY.parse().unwrap(),
        };
        // The Monday after: the end of the fifth working day.
        let first = step(Rung::Team, "2026-03-16T23:00:00Z", "5wd", MONDAY, Cause::NotPickedUp);
        Given::nothing()
            .when(open(signal))
            .then_expect_events(vec![CaseEvent::CaseOpened(Box::new(opened)), planned(first)]);
    }

    #[test]
    fn opening_twice_opens_once() {
        Given::opened("housing.fin.hua")
            .when(open(signal("1", "housing.fin.hua")))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_case_without_a_lead_goes_to_the_regisseur_when_that_term_ends_first() {
        let given = Given::opened("police.e33");
        assert_eq!((given.state().lead, given.state().no_lead_since), (None, Some(MONDAY.parse().unwrap())));
        assert_eq!(given.plan(), step(Rung::Regisseur, "2026-03-11T23:00:00Z", "2wd", MONDAY, Cause::NoLead));
    }

    #[test]
    fn an_urgent_case_gets_the_urgent_term() {
        let given = Given::nothing().and(open(urgent(signal("1", "housing.fin.hua"))));
        assert_eq!(given.plan(), step(Rung::Team, "2026-03-10T23:00:00Z", "1wd", MONDAY, Cause::NotPickedUp));
    }

    #[test]
    fn a_case_is_pinned_to_the_policy_in_force_when_it_opens() {
        let given = Given::nothing().under([example::profile(), example::profile()]);
        assert_eq!(given.and(open(signal("1", "housing.fin.hua"))).state().policy_version, 2);
    }

    #[test]
    fn nothing_opens_before_a_profile_is_adopted() {
        Given::nothing()
            .under([])
            .when(open(signal("1", "housing.fin.hua")))
            .then_expect_error(CaseRefusal::UnknownPolicy(0));
    }

    #[test]
    fn a_kind_that_no_rule_fits_is_refused() {
        let mut gap: Profile = example::profile();
        gap.policy.routing.retain(|rule| rule.name == "zorg");
        let kind = Kind::from_code("housing.fin.hua").unwrap();
        Given::nothing()
            .under([gap])
            .when(open(signal("1", kind.code())))
            .then_expect_error(CaseRefusal::NoRoute(NoRule(kind)));
    }
}
