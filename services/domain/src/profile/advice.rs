//! What is odd about a profile that holds together: rungs and terms that never come to anything, people whom nobody stands
//! in for. Nothing of it is refused, because each may be meant.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{PersonEntry, Profile};
use crate::area::{AreaCode, AreaMap};
use crate::calendar::{Calendar, HORIZON, Term};
use crate::ids::PersonId;
use crate::ladder::{Rung, counted_from};
use crate::sector::Lane;
use crate::tell::{Duty, on_duty};

/// A Monday morning with no holiday near, from which terms are compared.
const MONDAY: &str = "2026-06-08T07:00:00Z";

/// One thing that is odd. `Display` says what, [`Advice::remedy`] what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    /// No team of a lane that routing uses works in an area: on the second rung nobody is told.
    DeadTeamRung {
        /// Where.
        area: AreaCode,
        /// For which lane.
        lane: Lane,
    },
    /// Deputies who stand in for each other, with nobody beyond them.
    DeputiesInARing {
        /// Who, in the order in which they stand in.
        people: Vec<PersonId>,
    },
    /// A day on which somebody is away, all his deputies are, and there is no fallback.
    NobodyOnDuty {
        /// Whose notices are held.
        person: PersonId,
        /// The first such day.
        day: Date,
    },
    /// A term that never brings a case to the regisseur, because another brings it there before.
    TermNeverFirst {
        /// The key of the term.
        key: &'static str,
        /// The term.
        term: Term,
    },
    /// An urgent case may wait longer than one that is not.
    UrgentIsSlower {
        /// On which rung.
        rung: Rung,
        /// The urgent term.
        urgent: Term,
        /// The other.
        normal: Term,
    },
    /// The lead of a case counts as silent only when the case has climbed for it.
    SilentAfterTheClimb {
        /// When it counts as silent.
        silent: Term,
        /// When it climbs.
        climb: Term,
    },
    /// The days that are decreed to be free are known for this year at most, and terms run beyond it.
    CalendarEnds {
        /// That year.
        year: i16,
    },
}

impl Advice {
    /// What to do about it, if it isn't meant.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::DeadTeamRung { .. } => "name a team of that lane for the area or one around it",
            Self::DeputiesInARing { .. } => "give one of them a deputy outside the ring, or name a fallback",
            Self::NobodyOnDuty { .. } => "name a deputy who is there, or a fallback",
            Self::TermNeverFirst { .. } => "make it shorter than the terms of workfloor and team",
            Self::UrgentIsSlower { .. } => "make the urgent term the shorter one",
            Self::SilentAfterTheClimb { .. } => "make lead_silent shorter than lead_silent_climb",
            Self::CalendarEnds { .. } => "bring the hub up to date with the decrees of later years",
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeadTeamRung { area, lane } => {
                write!(f, "teams: no team works on the {lane} lane in {area}, so on rung team nobody is told")
            }
            Self::DeputiesInARing { people } => {
                let names: Vec<_> = people.iter().map(ToString::to_string).collect();
                write!(f, "people: {} stand in for each other, and nobody does for all", names.join(", "))
            }
            Self::NobodyOnDuty { person, day } => {
                write!(f, "people.{person}: on {day} nobody stands in, so notices are held")
            }
            Self::TermNeverFirst { key, term } => {
                write!(f, "policy.ladder.{key}: {term} never ends before the rungs' own terms do")
            }
            Self::UrgentIsSlower { rung, urgent, normal } => write!(
                f,
                "policy.ladder.{rung}.pick_up_urgent: {urgent} is longer than the {normal} of other cases"
            ),
            Self::SilentAfterTheClimb { silent, climb } => {
                write!(f, "policy.ladder.lead_silent: {silent} is no shorter than lead_silent_climb, {climb}")
            }
            Self::CalendarEnds { year } => {
                write!(f, "decrees on free days are known up to {year}, and terms run beyond it")
            }
        }
    }
}

/// Everything that is odd about a profile on a day.
pub fn advise(profile: &Profile, today: Date) -> Vec<Advice> {
    let mut advice = dead_team_rungs(profile);
    advice.extend(rings(profile));
    advice.extend(profile.people.iter().filter_map(|person| nobody_on_duty(profile, person, today)));
    advice.extend(terms(profile));
    if today.year() >= HORIZON {
        advice.push(Advice::CalendarEnds { year: HORIZON });
    }
    advice
}

fn dead_team_rungs(profile: &Profile) -> Vec<Advice> {
    let Ok(areas) = AreaMap::new(profile.areas.clone()) else { return vec![] };
    let lanes: BTreeSet<Lane> = profile.policy.routing.iter().map(|rule| rule.lane).collect();
    let smallest =
        areas.all().filter(|area| !areas.all().any(|inner| inner.parent.as_ref() == Some(&area.code)));
    let works = |area: &AreaCode, lane: Lane| {
        let covers = |code: &AreaCode| areas.lies_in(area, code);
        profile.teams.iter().any(|team| team.lane == lane && team.areas.iter().any(covers))
    };
    smallest
        .flat_map(|area| lanes.iter().map(move |lane| (&area.code, *lane)))
        .filter(|(area, lane)| !works(area, *lane))
        .map(|(area, lane)| Advice::DeadTeamRung { area: area.clone(), lane })
        .collect()
}

/// Each ring once, told from the first of it in the profile.
fn rings(profile: &Profile) -> Vec<Advice> {
    let mut found: Vec<Vec<PersonId>> = Vec::new();
    let deputy = |id: &PersonId| profile.people.iter().find(|p| p.id == *id)?.deputy.clone();
    for person in profile.people.iter().filter(|_| profile.fallback.is_none()) {
        let mut people = vec![person.id.clone()];
        while let Some(next) = people.last().and_then(deputy) {
            if next == person.id {
                if !found.iter().any(|ring| ring.contains(&person.id)) {
                    found.push(people);
                }
                break;
            }
            if people.contains(&next) {
                break;
            }
            people.push(next);
        }
    }
    found.into_iter().map(|people| Advice::DeputiesInARing { people }).collect()
}

fn nobody_on_duty(profile: &Profile, person: &PersonEntry, today: Date) -> Option<Advice> {
    let calendar = Calendar::new(profile.policy.office_hours);
    let held = |day: &Date| {
        let told = on_duty(profile, &[&person.id], *day, &calendar);
        told.is_ok_and(|told| told.iter().any(|told| matches!(told.duty, Duty::NobodyOnDuty { .. })))
    };
    let days = person.absences.iter().flat_map(|away| {
        let first = away.from.max(today);
        std::iter::successors(Some(first), |day| day.tomorrow().ok())
            .take_while(move |day| *day <= away.until)
    });
    days.filter(held).min().map(|day| Advice::NobodyOnDuty { person: person.id.clone(), day })
}

fn terms(profile: &Profile) -> Vec<Advice> {
    let ladder = &profile.policy.ladder;
    let calendar = Calendar::new(profile.policy.office_hours);
    let Ok(monday) = MONDAY.parse::<Timestamp>() else { return vec![] };
    let after = |from, term| calendar.due_at(counted_from(from, term), term).unwrap_or(Timestamp::MAX);
    let end = |term: Term| after(monday, term);
    let mut advice = Vec::new();
    for (rung, terms) in [Rung::Workfloor, Rung::Team, Rung::Regisseur].map(|rung| (rung, ladder.terms(rung)))
    {
        let (urgent, normal) = (terms.pick_up_urgent, terms.pick_up);
        if end(urgent) > end(normal) {
            advice.push(Advice::UrgentIsSlower { rung, urgent, normal });
        }
    }
    if end(ladder.no_lead) >= after(end(ladder.workfloor.pick_up), ladder.team.pick_up) {
        advice.push(Advice::TermNeverFirst { key: "no_lead", term: ladder.no_lead });
    }
    if let Some(climb) = ladder.lead_silent_climb {
        if [&ladder.workfloor, &ladder.team].iter().all(|terms| end(climb) >= end(terms.progress)) {
            advice.push(Advice::TermNeverFirst { key: "lead_silent_climb", term: climb });
        }
        if end(ladder.lead_silent) >= end(climb) {
            advice.push(Advice::SilentAfterTheClimb { silent: ladder.lead_silent, climb });
        }
    }
    advice
}

#[cfg(test)]
mod specs;
