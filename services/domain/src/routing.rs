//! Which lane, team and lead partner a new case gets. The first rule that fits decides.

use serde::{Deserialize, Serialize};

use crate::area::{AreaCode, AreaMap};
use crate::ids::{PartnerId, TeamId};
use crate::kind::Kind;
use crate::policy::{Policy, RoutingRule};
use crate::profile::Team;
use crate::sector::{Goal, Lane, Sector, Urgency};

/// Where a case goes, and which rule said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The rule that fitted.
    pub rule: String,
    /// The lane.
    pub lane: Lane,
    /// The goal.
    pub goal: Goal,
    /// The team of that lane in the smallest area around the case; none where no team works there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// The lead partner, if the rule names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<PartnerId>,
}

/// What routing looks at.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The kind reported.
    pub kind: Kind,
    /// How fast.
    pub urgency: Urgency,
    /// Where.
    pub area: &'a AreaCode,
}

/// No rule fits: the policy has a gap. Profiles are checked so that this can't happen; old logs might still hold one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no routing rule fits signals of kind {0}")]
pub struct NoRule(pub Kind);

/// Decides the route.
pub fn route(
    question: Question<'_>,
    policy: &Policy,
    teams: &[Team],
    areas: &AreaMap,
) -> Result<Route, NoRule> {
    let rule = policy.routing.iter().find(|rule| fits(rule, &question)).ok_or(NoRule(question.kind))?;
    // Walking the path from small to large finds the nearest team.
    let team = areas
        .path(question.area)
        .iter()
        .find_map(|area| teams.iter().find(|team| team.lane == rule.lane && team.areas.contains(&area.code)));
    Ok(Route {
        rule: rule.name.clone(),
        lane: rule.lane,
        goal: rule.goal,
        team: team.map(|team| team.id.clone()),
        lead: rule.lead.clone(),
    })
}

/// Whether a rule fits.
fn fits(rule: &RoutingRule, question: &Question<'_>) -> bool {
    let sector: Sector = question.kind.sector();
    (rule.sectors.is_empty() || rule.sectors.contains(&sector))
        && (rule.kinds.is_empty() || rule.kinds.iter().any(|pattern| question.kind.is_under(pattern)))
        && rule.urgency.is_none_or(|urgency| urgency == question.urgency)
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::example;

    fn ask(kind: &str, area: &str) -> Route {
        let profile = example::profile();
        let area = AreaCode::new(area).unwrap();
        let question =
            Question { kind: Kind::from_code(kind).unwrap(), urgency: Urgency::Normal, area: &area };
        let areas = AreaMap::new(profile.areas.clone()).unwrap();
        route(question, &profile.policy, &profile.teams, &areas).unwrap()
    }

    #[test]
    fn the_first_rule_that_fits_decides_and_is_named() {
        let route = ask("housing.soc.gel", "WK150900");
        assert_eq!(
            (route.rule.as_str(), route.lead),
            ("woonoverlast", Some(PartnerId::new("wonion").unwrap()))
        );
    }

    #[test]
    fn a_rule_for_urgent_signals_leaves_the_others_to_the_next_one() {
        let mut policy = example::profile().policy;
        policy.routing[0].urgency = Some(Urgency::Urgent);
        let area = AreaCode::new("WK150900").unwrap();
        let routed = |urgency| {
            let kind = Kind::from_code("housing.soc.gel").unwrap();
            let question = Question { kind, urgency, area: &area };
            route(question, &policy, &[], &AreaMap::default()).unwrap().rule
        };
        assert_eq!(routed(Urgency::Urgent), "woonoverlast");
        assert_eq!(routed(Urgency::Normal), "overig");
    }

    #[test]
    fn a_rule_without_a_lead_leaves_the_case_without_one() {
        assert_eq!(ask("police.e33", "WK150900").lead, None);
    }

    #[test]
    fn the_team_of_the_lane_in_the_nearest_area_takes_it() {
        let team = |kind, area| ask(kind, area).team.map(|t| t.to_string());
        assert_eq!(team("housing.soc.gel", "WK150900").as_deref(), Some("wijkteam-ulft"));
        assert_eq!(team("municipal.waste", "WK150900").as_deref(), Some("buitendienst"));
    }
}
