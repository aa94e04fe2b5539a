//! A profile that holds together, and each way in which one does not.

use super::*;
use crate::agreement::Agreement;
use crate::area::AreaCode;
use crate::example;
use crate::ids::PartnerId;
use jiff::civil::date;

/// What is said of the example once it is changed so.
pub(super) fn refused(change: impl FnOnce(&mut Profile)) -> String {
    let mut profile = example::profile();
    change(&mut profile);
    check(&profile).unwrap_err().to_string()
}

#[test]
fn the_example_holds_together() {
    assert_eq!(check(&example::profile()), Ok(()));
}

#[test]
fn a_coordinator_who_is_nobody_is_refused_with_key_and_rule() {
    let said = refused(|p| p.teams[0].coordinator = PersonId::new("niemand").unwrap());
    assert_eq!(said, "teams.wijkteam-ulft.coordinator: niemand is not among the people");
}

#[test]
fn an_area_without_a_regisseur_is_refused() {
    let said = refused(|p| p.people.retain(|person| person.role != Role::Regisseur));
    assert!(said.contains("no regisseur covers area"), "{said}");
}

#[test]
fn each_district_needs_a_regisseur_and_the_municipality_around_them_none_of_its_own() {
    let within = |areas: &'static [&'static str]| {
        move |p: &mut Profile| {
            for (person, area) in p.people.iter_mut().zip(areas) {
                person.areas = vec![AreaCode::new(*area).unwrap()];
            }
        }
    };
    let mut profile = example::profile();
    within(&["WK150900", "WK150901"])(&mut profile);
    assert_eq!(check(&profile), Ok(()));
    let said = refused(within(&["WK150900", "WK150900"]));
    assert_eq!(said, "people: no regisseur covers area WK150901 (Gendringen)");
}

#[test]
fn a_ladder_without_a_college_is_refused() {
    let said = refused(|p| p.people.retain(|person| person.role != Role::College));
    assert!(said.starts_with("people: nobody has the role college"), "{said}");
}

#[test]
fn a_place_that_is_not_on_the_map_is_refused_with_its_key() {
    let said = refused(|p| p.teams[0].areas = vec![AreaCode::new("WK9").unwrap()]);
    assert_eq!(said, "teams.wijkteam-ulft.areas: WK9 is not on the map of areas");
}

#[test]
fn a_lead_that_is_no_partner_is_refused() {
    let said = refused(|p| p.policy.routing[0].lead = Some(PartnerId::new("brandweer").unwrap()));
    assert_eq!(said, "policy.routing.woonoverlast.lead: brandweer is no partner");
}

#[test]
fn a_lane_that_is_used_needs_a_team_and_one_that_is_not_needs_none() {
    let no_team = |p: &mut Profile| p.teams.retain(|team| team.lane != Lane::Physical);
    let said = refused(no_team);
    assert!(said.starts_with("teams: no team works on the physical lane"), "{said}");
    let mut profile = example::profile();
    no_team(&mut profile);
    profile.policy.routing.retain(|rule| rule.lane != Lane::Physical);
    assert_eq!(check(&profile), Ok(()));
}

#[test]
fn a_kind_that_no_rule_fits_is_refused() {
    let said = refused(|p| p.policy.routing.retain(|rule| rule.name != "overig"));
    assert!(said.contains("no rule fits signals of kind"), "{said}");
}

#[test]
fn two_rules_of_one_name_are_refused() {
    let said = refused(|p| {
        let again = p.policy.routing[0].clone();
        p.policy.routing.push(again);
    });
    assert!(said.starts_with("policy.routing: ") && said.ends_with("is named twice"), "{said}");
}

#[test]
fn a_deputy_of_oneself_is_refused() {
    let said = refused(|p| p.people[0].deputy = Some(p.people[0].id.clone()));
    assert!(said.contains("can't stand in for himself"), "{said}");
}

#[test]
fn an_agreement_that_nobody_could_be_held_to_is_refused_with_key_and_rule() {
    let agreed = Agreement {
        partner: PartnerId::new("wonion").unwrap(),
        name: "woonoverlast".into(),
        kinds: vec!["housing.soc".into()],
        pick_up: "5wd".parse().unwrap(),
        percent: 90,
        from: date(2026, 1, 1),
        until: None,
    };
    let with = |agreements: &[&Agreement]| {
        let mut profile = example::profile();
        profile.agreements = agreements.iter().map(|agreement| (*agreement).clone()).collect();
        check(&profile).err().map(|fault| fault.to_string()).unwrap_or_default()
    };
    assert_eq!(with(&[&agreed]), "");
    let stranger = Agreement { partner: PartnerId::new("brandweer").unwrap(), ..agreed.clone() };
    assert_eq!(with(&[&stranger]), "agreements.woonoverlast.partner: brandweer is no partner");
    let nothing = Agreement { kinds: vec!["housing.so".into()], ..agreed.clone() };
    assert_eq!(with(&[&nothing]), "agreements.woonoverlast.kinds: \"housing.so\" covers no kind of signal");
    let too_much = Agreement { percent: 101, ..agreed.clone() };
    assert_eq!(with(&[&too_much]), "agreements.woonoverlast.percent: 101 is no share: 1 to 100");
    let backwards = Agreement { until: Some(date(2025, 12, 31)), ..agreed.clone() };
    assert!(with(&[&backwards]).ends_with("until 2025-12-31 ends before it begins"));
    let one_day = Agreement { until: Some(date(2026, 1, 1)), ..agreed.clone() };
    assert_eq!(with(&[&one_day]), "");
    let more = Agreement { name: "wonen".into(), kinds: vec![], ..agreed.clone() };
    let said = with(&[&agreed, &more]);
    assert_eq!(
        said,
        "agreements.wonen.kinds: woonoverlast holds for some of the same cases on some of the same days"
    );
    assert_eq!(with(&[&agreed, &agreed]), "agreements: \"woonoverlast\" is named twice");
}
