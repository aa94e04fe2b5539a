//! A change of policy tried on the weeks of the demo: what happened comes out as it was, and a draft says whom it would have told.

use seinhuis_testkit::{Hub, Said};

use crate::browser::{browser, shown};
use crate::scene::own;

/// The folder of a profile in which a case on the workfloor is to be picked up much sooner.
fn hastier(profile: &str) -> tempfile::TempDir {
    let draft = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(own(&format!("../deploy/profiles/{profile}"))).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), draft.path().join(file.file_name())).unwrap();
    }
    let path = draft.path().join("profile.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, workfloor) = text.split_once("[ladder.workfloor]\npick_up = \"5wd\"").unwrap();
    std::fs::write(&path, format!("{before}[ladder.workfloor]\npick_up = \"1d\"{workfloor}")).unwrap();
    draft
}

fn is_tried(profile: &str) {
    let hub = Hub::new(profile).unwrap();
    let played = hub.run(&["demo", "--exit", "--signals", "120"]).unwrap();
    assert_eq!(played.code, 0, "{}\n{}", played.out, played.err);
    let ask = |more: &[&str]| -> Said { hub.run(&[&["policy", "what-if"], more].concat()).unwrap() };

    let same = ask(&["--json"]);
    assert_eq!(same.code, 0, "{same:?}");
    let same = same.json().unwrap();
    assert_eq!((&same["identity"]["holds"], &same["refused"]), (&true.into(), &0.into()), "{same}");
    assert!(same["identity"]["same"].as_u64() > Some(100) && same["same"].as_u64() > Some(0), "{same}");
    assert_eq!(same["missed"]["happened"], same["missed"]["would"], "{same}");

    let (draft, out) = (hastier(profile), tempfile::tempdir().unwrap());
    let file = |name: &str| out.path().join(name).display().to_string();
    let (csv, html) = (file("verschillen.csv"), file("wat-als.html"));
    let folder = draft.path().display().to_string();
    let asked = ["--from", "2026-01-01", "--csv", &csv, "--html", &html];
    let tried = ask(&[&[folder.as_str()], &asked[..]].concat());
    assert_eq!(tried.code, 0, "{tried:?}");
    assert!(tried.out.contains("happened only under the draft"), "{}", tried.out);
    let csv = std::fs::read_to_string(csv).unwrap();
    assert!(csv.starts_with("case,what,rung,change,happened_at,"), "{csv}");
    assert!(csv.lines().any(|row| row.contains(",climb,team,other_time,2026-")), "{csv}");
    assert!(csv.lines().any(|row| row.contains(",new,,,,,2026-")), "{csv}");
    let page = std::fs::read_to_string(html).unwrap();
    assert!(page.contains("Berichten per persoon en week"), "{page}");
    if let Some(browser) = browser() {
        let page = shown(&browser, &page);
        assert!(page.console.is_empty() && page.missing.is_empty() && page.fetched.is_empty(), "{page:?}");
        assert!(page.charts > 3 && page.bars > 50 && page.rows > 20 && !page.is_too_wide, "{page:?}");
    }
}

#[test]
fn a_draft_for_oude_ijsselstreek_is_tried_on_what_happened_there() {
    is_tried("oude-ijsselstreek");
}

#[test]
fn a_draft_for_lelystad_is_tried_on_what_happened_there() {
    is_tried("lelystad");
}

#[test]
fn a_draft_that_cant_be_read_and_a_period_without_length_are_said_at_once() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let said = hub.run(&["policy", "what-if", "nergens"]).unwrap();
    assert!(said.code == 2 && said.err.contains("nergens") && said.err.contains("lelystad"), "{said:?}");
    let said = hub.run(&["policy", "what-if", "--from", "2026-07-01", "--to", "2026-01-01"]).unwrap();
    assert!(said.code == 1 && said.err.contains("2026-07-01"), "{said:?}");
}
