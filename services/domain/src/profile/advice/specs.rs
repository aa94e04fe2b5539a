//! Each oddity is found where it is planted, and nothing else is.

use jiff::civil::date;

use super::*;
use crate::example;
use crate::profile::Absence;

const TODAY: Date = date(2026, 3, 9);

fn advised(change: impl FnOnce(&mut Profile)) -> Vec<String> {
    let mut profile = example::profile();
    change(&mut profile);
    assert_eq!(crate::profile::check(&profile), Ok(()), "what is odd is not refused");
    advise(&profile, TODAY).iter().map(ToString::to_string).collect()
}

fn id(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

fn term(text: &str) -> Term {
    text.parse().unwrap()
}

#[test]
fn there_is_nothing_odd_about_the_example() {
    assert_eq!(advised(|_| {}), Vec::<String>::new());
}

#[test]
fn an_urgent_case_may_have_as_long_as_any_other() {
    let alike = |p: &mut Profile| p.policy.ladder.workfloor.pick_up_urgent = term("5wd");
    assert_eq!(advised(alike), Vec::<String>::new());
}

#[test]
fn a_lane_without_a_team_in_an_area_is_a_dead_rung() {
    let said = advised(|p| p.teams.retain(|team| team.id.as_str() != "wijkteam-oost"));
    assert_eq!(said, ["teams: no team works on the social lane in WK150901, so on rung team nobody is told"]);
}

#[test]
fn a_ring_of_deputies_is_told_once_and_a_fallback_breaks_it() {
    let ring = |p: &mut Profile| p.people[1].deputy = Some(id("regisseur-ulft"));
    let said = advised(ring);
    assert_eq!(
        said,
        ["people: regisseur-ulft, regisseur-oost stand in for each other, and nobody does for all"]
    );
    let broken = advised(|p| {
        ring(p);
        p.fallback = Some(id("voorman"));
    });
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn the_first_day_on_which_nobody_stands_in_is_told_and_days_gone_by_are_not() {
    let said = advised(|p| {
        let away = |from, until| Absence { from: date(2026, 3, from), until: date(2026, 3, until) };
        p.people[0].absences = vec![away(1, 2), away(10, 20)];
        p.people[1].absences = vec![away(1, 2), away(12, 13)];
    });
    assert_eq!(
        said,
        [
            "people.regisseur-ulft: on 2026-03-12 nobody stands in, so notices are held",
            "people.regisseur-oost: on 2026-03-12 nobody stands in, so notices are held",
        ]
    );
}

#[test]
fn terms_that_never_bring_anything_about_are_told() {
    let said = advised(|p| p.policy.ladder.no_lead = term("15wd"));
    assert_eq!(said, ["policy.ladder.no_lead: 15wd never ends before the rungs' own terms do"]);
    assert_eq!(advised(|p| p.policy.ladder.no_lead = term("14wd")), Vec::<String>::new());
    let said = advised(|p| p.policy.ladder.lead_silent_climb = Some(term("20wd")));
    assert_eq!(said, ["policy.ladder.lead_silent_climb: 20wd never ends before the rungs' own terms do"]);
    let said = advised(|p| p.policy.ladder.lead_silent_climb = Some(term("5wd")));
    assert_eq!(said, ["policy.ladder.lead_silent: 5wd is no shorter than lead_silent_climb, 5wd"]);
}

#[test]
fn an_urgent_term_that_is_the_longer_one_is_told() {
    let said = advised(|p| p.policy.ladder.team.pick_up_urgent = term("15d"));
    assert_eq!(said, ["policy.ladder.team.pick_up_urgent: 15d is longer than the 10wd of other cases"]);
}

#[test]
fn a_calendar_that_ends_this_year_is_told() {
    let advice = advise(&example::profile(), date(HORIZON, 1, 1));
    assert_eq!(advice, [Advice::CalendarEnds { year: HORIZON }]);
    assert!(advice[0].remedy().contains("decrees"));
}
