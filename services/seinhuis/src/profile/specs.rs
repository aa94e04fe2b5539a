//! The profiles that ship, and the one for tests, against what the memos and the saved map say.

use std::collections::BTreeSet;
use std::path::PathBuf;

use seinhuis_domain::area::{Area, AreaCode, AreaMap};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::routing::{Question, route};
use seinhuis_domain::sector::{Lane, Urgency};

use super::*;

mod refusals;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn assen() -> PathBuf {
    root().join("tests/profiles/assen")
}

fn everything() -> Vec<Loaded> {
    let mut all: Vec<Loaded> = NAMES.iter().map(|name| named(name).unwrap()).collect();
    all.push(load(&assen()).unwrap());
    all
}

#[test]
fn each_profile_loads_and_holds_together() {
    let names: Vec<String> = everything().into_iter().map(|loaded| loaded.profile.name).collect();
    assert_eq!(names, ["oude-ijsselstreek", "lelystad", "assen"]);
}

#[test]
fn a_profile_built_in_is_the_one_in_its_folder() {
    for name in NAMES {
        assert_eq!(named(name).unwrap(), load(&root().join("deploy/profiles").join(name)).unwrap());
    }
    assert_eq!(named(assen().to_str().unwrap()).unwrap(), load(&assen()).unwrap());
}

#[test]
fn everybody_can_be_reached_and_nothing_to_reach_them_by_is_in_what_the_log_gets() {
    for Loaded { profile, contacts } in everything() {
        let logged = serde_json::to_string(&profile).unwrap();
        for person in &profile.people {
            let contact = contacts.of(&person.id).unwrap();
            assert!(contact.mail.ends_with(".example"), "{}", contact.mail);
            assert!(!logged.contains(&contact.mail), "{}", contact.mail);
        }
        assert_eq!(contacts.all().count(), profile.people.len());
        assert!(!logged.contains('@'));
    }
}

#[test]
fn every_kind_in_every_area_finds_its_team() {
    for Loaded { profile, .. } in everything() {
        let map = AreaMap::new(profile.areas.clone()).unwrap();
        let sectors: BTreeSet<_> = profile.partners.iter().map(|p| p.sector).collect();
        for area in map.all() {
            for kind in Kind::all().filter(|kind| sectors.contains(&kind.sector())) {
                for urgency in Urgency::ALL {
                    let question = Question { kind, urgency: *urgency, area: &area.code };
                    let route = route(question, &profile.policy, &profile.teams, &map).unwrap();
                    assert!(route.team.is_some(), "{}: no team for {kind} in {}", profile.name, area.code);
                }
            }
        }
    }
}

#[test]
fn every_rule_decides_for_some_signal() {
    for Loaded { profile, .. } in everything() {
        let map = AreaMap::new(profile.areas.clone()).unwrap();
        let top = map.municipality().unwrap().code.clone();
        let mut used = BTreeSet::new();
        for kind in Kind::all() {
            for urgency in Urgency::ALL {
                let question = Question { kind, urgency: *urgency, area: &top };
                used.extend(
                    route(question, &profile.policy, &profile.teams, &map).ok().map(|route| route.rule),
                );
            }
        }
        let idle: Vec<_> = profile.policy.routing.iter().filter(|rule| !used.contains(&rule.name)).collect();
        assert!(idle.is_empty(), "{}: {idle:?}", profile.name);
    }
}

#[test]
fn a_deputy_can_see_what_the_one_he_stands_in_for_sees() {
    for Loaded { profile, .. } in everything() {
        let map = AreaMap::new(profile.areas.clone()).unwrap();
        for person in &profile.people {
            let Some(id) = &person.deputy else { continue };
            let deputy = profile.people.iter().find(|p| p.id == *id).unwrap();
            let covers = |area: &AreaCode| deputy.areas.iter().any(|own| map.lies_in(area, own));
            let sees_all = person.areas.iter().all(covers);
            assert!(sees_all, "{}: {id} can't see what {} sees", profile.name, person.id);
        }
    }
}

#[test]
fn oude_ijsselstreek_has_the_four_wijken_of_the_memo_with_both_lanes_each() {
    let Loaded { profile, .. } = named("oude-ijsselstreek").unwrap();
    for (code, name) in [
        ("WK150900", "Ulft"),
        ("WK150901", "Gendringen"),
        ("WK150902", "Silvolde/Terborg"),
        ("WK150903", "Varsseveld"),
    ] {
        let code = AreaCode::new(code).unwrap();
        assert_eq!(profile.areas.iter().find(|area| area.code == code).unwrap().name, name);
        let lanes: BTreeSet<Lane> =
            profile.teams.iter().filter(|t| t.areas.contains(&code)).map(|t| t.lane).collect();
        assert_eq!(lanes.len(), 2, "{name}");
    }
}

#[test]
fn lelystad_lays_five_working_areas_over_42_wijken_with_four_social_and_five_service_teams() {
    let Loaded { profile, .. } = named("lelystad").unwrap();
    let of =
        |prefix: &str| profile.areas.iter().filter(|area| area.code.as_str().starts_with(prefix)).count();
    assert_eq!((of("GM"), of("OV-"), of("WK")), (1, 5, 42));
    let lane = |lane| profile.teams.iter().filter(|team| team.lane == lane).count();
    assert_eq!((lane(Lane::Social), lane(Lane::Physical)), (4, 5));
    let map = AreaMap::new(profile.areas).unwrap();
    let botter = AreaCode::new("WK099524").unwrap();
    assert!(map.lies_in(&botter, &AreaCode::new("OV-ZUIDWEST").unwrap()));
}

#[test]
fn assen_has_an_area_for_every_wijk_in_the_reports() {
    let file = root().join("../shared/data/reports/assen_signalen_3k.csv");
    if !file.exists() {
        println!("SKIPPED: assen_has_an_area_for_every_wijk_in_the_reports: {} is not there", file.display());
        return;
    }
    let map = AreaMap::new(load(&assen()).unwrap().profile.areas).unwrap();
    let mut reports = csv::Reader::from_path(file).unwrap();
    let column = reports.headers().unwrap().iter().position(|heading| heading == "wijk").unwrap();
    let names: BTreeSet<String> =
        reports.records().map(|record| record.unwrap()[column].to_owned()).collect();
    assert_eq!(names.len(), 24);
    for name in names {
        assert!(map.named(&name).is_some(), "{name}");
    }
}

#[test]
fn the_lelystad_overlay_agrees_with_the_saved_map() {
    let file = root().join("../shared/data/areas/areas.csv");
    if !file.exists() {
        println!("SKIPPED: the_lelystad_overlay_agrees_with_the_saved_map: {} is not there", file.display());
        return;
    }
    let Loaded { profile, .. } = named("lelystad").unwrap();
    let parent = |area: &Area| area.parent.as_ref().map(ToString::to_string);
    let mut rows = 0;
    for row in csv::Reader::from_path(file).unwrap().records().map(Result::unwrap) {
        if &row[0] != "GM0995" || &row[2] != "wijk" {
            continue;
        }
        let own = profile.areas.iter().find(|area| area.code.as_str() == &row[3]).unwrap();
        let expected =
            if row[6].is_empty() { "GM0995".to_owned() } else { format!("OV-{}", row[6].to_uppercase()) };
        assert_eq!(parent(own), Some(expected), "{}", own.code);
        assert!(own.name == row[4] || row[4].starts_with("(wijk"), "{}", own.name);
        rows += 1;
    }
    assert_eq!(rows, 42);
}
