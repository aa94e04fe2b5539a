//! Whether a profile holds together: every name it uses must be one it gives.

use std::collections::BTreeSet;

use super::Profile;
use crate::access::Role;
use crate::area::AreaMap;
use crate::ids::PersonId;
use crate::kind::Kind;
use crate::sector::Lane;

mod terms;

/// What is wrong, where. `key` is the path inside the profile, as in `teams.wijkteam-ulft.coordinator`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {rule}")]
pub struct ProfileFault {
    /// The place in the profile.
    pub key: String,
    /// The rule it breaks, with the value that breaks it.
    pub rule: String,
}

fn fault(key: impl Into<String>, rule: impl Into<String>) -> ProfileFault {
    ProfileFault { key: key.into(), rule: rule.into() }
}

/// Checks a profile; the first fault is returned.
pub fn check(profile: &Profile) -> Result<(), ProfileFault> {
    let areas = AreaMap::new(profile.areas.clone()).map_err(|e| fault("areas", e.to_string()))?;
    names_are_unique(profile)?;
    people_exist(profile)?;
    places_exist(profile, &areas)?;
    every_area_has_a_regisseur(profile, &areas)?;
    routing_reaches_every_kind(profile)?;
    terms::make_sense(profile)?;
    agreements_can_be_kept(profile)
}

fn names_are_unique(profile: &Profile) -> Result<(), ProfileFault> {
    unique("partners", profile.partners.iter().map(|p| p.id.to_string()))?;
    unique("teams", profile.teams.iter().map(|t| t.id.to_string()))?;
    unique("people", profile.people.iter().map(|p| p.id.to_string()))?;
    unique("agreements", profile.agreements.iter().map(|a| a.name.clone()))?;
    unique("policy.routing", profile.policy.routing.iter().map(|r| r.name.clone()))
}

fn unique(key: &str, names: impl Iterator<Item = String>) -> Result<(), ProfileFault> {
    let mut seen = BTreeSet::new();
    for name in names {
        if let Some(twice) = seen.replace(name) {
            return Err(fault(key, format!("{twice:?} is named twice")));
        }
    }
    Ok(())
}

fn people_exist(profile: &Profile) -> Result<(), ProfileFault> {
    let known: BTreeSet<&PersonId> = profile.people.iter().map(|p| &p.id).collect();
    let must = |key: String, person: &PersonId| {
        if known.contains(person) {
            Ok(())
        } else {
            Err(fault(key, format!("{person} is not among the people")))
        }
    };
    for partner in &profile.partners {
        must(format!("partners.{}.contact", partner.id), &partner.contact)?;
    }
    for team in &profile.teams {
        must(format!("teams.{}.coordinator", team.id), &team.coordinator)?;
    }
    if let Some(fallback) = &profile.fallback {
        must("people.fallback".into(), fallback)?;
    }
    for person in &profile.people {
        let Some(deputy) = &person.deputy else { continue };
        let key = format!("people.{}.deputy", person.id);
        must(key.clone(), deputy)?;
        if *deputy == person.id {
            return Err(fault(key, format!("{deputy} can't stand in for himself")));
        }
    }
    Ok(())
}

fn places_exist(profile: &Profile, areas: &AreaMap) -> Result<(), ProfileFault> {
    let teams = profile.teams.iter().map(|t| (format!("teams.{}.areas", t.id), &t.areas));
    let people = profile.people.iter().map(|p| (format!("people.{}.areas", p.id), &p.areas));
    for (key, codes) in teams.chain(people) {
        if let Some(stranger) = codes.iter().find(|code| areas.get(code).is_none()) {
            return Err(fault(key, format!("{stranger} is not on the map of areas")));
        }
    }
    Ok(())
}

fn every_area_has_a_regisseur(profile: &Profile, areas: &AreaMap) -> Result<(), ProfileFault> {
    for area in areas.all() {
        let covered = profile
            .people
            .iter()
            .filter(|person| person.role == Role::Regisseur)
            .any(|person| person.areas.iter().any(|code| areas.lies_in(&area.code, code)));
        // A municipality whose working areas all have one needs none of its own, unless signals land on it alone.
        let has_inner = areas.all().any(|inner| inner.parent.as_ref() == Some(&area.code));
        if !covered && !has_inner {
            return Err(fault("people", format!("no regisseur covers area {} ({})", area.code, area.name)));
        }
    }
    if profile.people.iter().any(|person| person.role == Role::College) {
        Ok(())
    } else {
        Err(fault("people", "nobody has the role college, so the top rung could tell no one"))
    }
}

fn routing_reaches_every_kind(profile: &Profile) -> Result<(), ProfileFault> {
    for rule in &profile.policy.routing {
        for pattern in &rule.kinds {
            if !Kind::all().any(|kind| kind.is_under(pattern)) {
                let key = format!("policy.routing.{}.kinds", rule.name);
                return Err(fault(key, format!("{pattern:?} covers no kind of signal")));
            }
        }
        if let Some(lead) = &rule.lead
            && !profile.partners.iter().any(|p| p.id == *lead)
        {
            return Err(fault(format!("policy.routing.{}.lead", rule.name), format!("{lead} is no partner")));
        }
    }
    let sectors: BTreeSet<_> = profile.partners.iter().map(|p| p.sector).collect();
    for kind in Kind::all().filter(|kind| sectors.contains(&kind.sector())) {
        let fits = profile.policy.routing.iter().any(|rule| {
            rule.urgency.is_none()
                && (rule.sectors.is_empty() || rule.sectors.contains(&kind.sector()))
                && (rule.kinds.is_empty() || rule.kinds.iter().any(|p| kind.is_under(p)))
        });
        if !fits {
            return Err(fault("policy.routing", format!("no rule fits signals of kind {kind}")));
        }
    }
    for lane in Lane::ALL {
        let used = profile.policy.routing.iter().any(|rule| rule.lane == *lane);
        if used && !profile.teams.iter().any(|team| team.lane == *lane) {
            return Err(fault("teams", format!("no team works on the {lane} lane, but routing uses it")));
        }
    }
    Ok(())
}

fn agreements_can_be_kept(profile: &Profile) -> Result<(), ProfileFault> {
    for (n, agreement) in profile.agreements.iter().enumerate() {
        let at = |key: &str, rule: String| Err(fault(format!("agreements.{}.{key}", agreement.name), rule));
        if !profile.partners.iter().any(|partner| partner.id == agreement.partner) {
            return at("partner", format!("{} is no partner", agreement.partner));
        }
        if let Some(pattern) = agreement.kinds.iter().find(|p| !Kind::all().any(|kind| kind.is_under(p))) {
            return at("kinds", format!("{pattern:?} covers no kind of signal"));
        }
        if !(1..=100).contains(&agreement.percent) {
            return at("percent", format!("{} is no share: 1 to 100", agreement.percent));
        }
        if let Some(until) = agreement.until.filter(|until| *until < agreement.from) {
            return at("until", format!("from {} until {until} ends before it begins", agreement.from));
        }
        if let Some(other) = profile.agreements[..n].iter().find(|other| other.overlaps(agreement)) {
            let rule = format!("{} holds for some of the same cases on some of the same days", other.name);
            return at("kinds", rule);
        }
    }
    Ok(())
}

#[cfg(test)]
mod specs;
