//! The guide lists what the doctor lists.

use seinhuis_testkit::Hub;

use crate::well::PROFILE;

/// Every check, and what it looks at.
pub(crate) fn listed() -> Vec<(String, String)> {
    let hub = Hub::new(PROFILE).unwrap();
    let told = hub.run(&["doctor", "--list", "--json"]).unwrap().json().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    told.as_array().unwrap().iter().map(|one| (text(&one["check"]), text(&one["looks_at"]))).collect()
}

#[test]
fn the_guide_has_a_row_for_every_check_in_their_order() {
    let guide = include_str!("../../docs/guides/doctor.md");
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    let rows = rows.filter_map(|row| row.split_once("` | "));
    let rows: Vec<_> = rows.filter(|(check, _)| check.contains('/')).collect();
    let listed = listed();
    let listed: Vec<_> = listed.iter().map(|(check, looks_at)| (check.as_str(), looks_at.as_str())).collect();
    assert_eq!(rows, listed);
}

#[test]
fn a_group_or_a_check_is_looked_at_alone_and_an_unknown_one_is_refused() {
    let hub = Hub::new(PROFILE).unwrap();
    let told = |only: &str| hub.run(&["doctor", "--json", "--only", only]).unwrap();
    let count = |only: &str| {
        serde_json::from_str::<serde_json::Value>(&told(only).out).unwrap()["checks"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((count("settings/valid"), count("settings")), (1, 4));
    let unknown = told("setting");
    assert!(unknown.code != 0 && unknown.err.contains("no check \"setting\""), "{unknown:?}");
    let shown = hub.run(&["doctor"]).unwrap().out;
    assert!(shown.contains("ok       settings/valid") && shown.contains("do: "), "{shown}");
}
