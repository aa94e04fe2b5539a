//! Profile, policy and tokens.

use std::path::{Path, PathBuf};

use seinhuis_testkit::Hub;
use tempfile::TempDir;

use crate::ward::{Fault, Looks, done_to, each_turns, look, look_with};
use crate::well::{PROFILE, hub};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "an urgent term that is longer than the other one",
        turns: &[("policy/terms", "warning"), ("policy/adopted", "advice")],
        plant: || changed("profile.toml", "pick_up_urgent = \"2wd\"", "pick_up_urgent = \"9wd\""),
    },
    Fault {
        what: "an area in which no team works on a lane",
        turns: &[("policy/teams", "warning"), ("policy/adopted", "advice")],
        plant: || {
            let before = without_areas("WK150900");
            let after = before.clone();
            changed_by(
                "teams.toml",
                move |text| if text.contains("id = ") { after(text) } else { before(text) },
            )
        },
    },
    Fault {
        what: "days on which nobody stands in",
        turns: &[("policy/deputies", "warning"), ("policy/adopted", "advice")],
        plant: || {
            changed_by("people.toml", |text| {
                let away = "id = \"gebiedsregisseur-ulft\"\nabsences = [{ from = \"2020-01-01\", until = \"2099-12-31\" }]\n";
                let text = text.replace("fallback = \"gebiedsregisseur-gemeentebreed\"", "");
                let (head, rest) = text.split_once("id = \"gebiedsregisseur-ulft\"\n").unwrap();
                let rest = rest.replacen("deputy = \"gebiedsregisseur-gemeentebreed\"\n", "", 1);
                format!("{head}{away}{rest}")
            })
        },
    },
    Fault {
        what: "a year whose decrees aren't known",
        turns: &[("policy/calendar", "warning"), ("settings/rehearsal", "warning")],
        plant: || Some((look(&hub()), look(&hub().with("SEINHUIS_CLOCK__START", "2028-03-01T09:00:00Z")))),
    },
    Fault {
        what: "a profile that was changed since it was adopted",
        turns: &[("policy/adopted", "advice")],
        plant: || changed("profile.toml", "title = \"Gemeente", "title = \"De gemeente"),
    },
    Fault {
        what: "the profile of another municipality",
        turns: &[
            ("policy/municipality", "failure"),
            ("policy/adopted", "advice"),
            ("proof/signature", "failure"),
        ],
        plant: || {
            let hub = hub();
            Some((look(&hub), look_with(&hub, &["--profile", "lelystad"])))
        },
    },
    Fault {
        what: "a partner whose token ends in some days",
        turns: &[("people/partner-tokens", "warning")],
        plant: || {
            done_to(&hub().with("SEINHUIS_TOKENS__VALID_DAYS", "5"), |hub| {
                drop(hub.partner("politie").unwrap())
            })
        },
    },
    Fault {
        what: "an official whose token ends in some days",
        turns: &[("people/official-tokens", "warning")],
        plant: || {
            let hub = hub().with("SEINHUIS_TOKENS__VALID_DAYS", "5");
            done_to(&hub, |hub| drop(hub.person("gebiedsregisseur-ulft").unwrap()))
        },
    },
];

/// Takes an area out of what teams work in, as far as it stands alone there.
fn without_areas(area: &'static str) -> impl Fn(&str) -> String + Clone {
    move |text| {
        let one = format!("lane = \"social\"\nareas = [\"{area}\"]");
        assert!(text.contains(&one), "{text}");
        let text = text.replace(&one, "lane = \"social\"\nareas = [\"WK150901\"]");
        // The team of the whole municipality covers it too.
        text.replace("lane = \"social\"\nareas = [\"GM1509\"]", "lane = \"social\"\nareas = [\"WK150901\"]")
    }
}

/// The profile in a folder of its own, one of its files changed.
pub(crate) fn profile(file: &str, change: impl FnOnce(&str) -> String) -> TempDir {
    let profile = tempfile::tempdir().unwrap();
    let shipped = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../deploy/profiles").join(PROFILE);
    crate::well::copy(&shipped, profile.path());
    let path = profile.path().join(file);
    let text = change(&std::fs::read_to_string(&path).unwrap());
    std::fs::write(path, text).unwrap();
    profile
}

fn changed(file: &str, from: &'static str, to: &'static str) -> Looks {
    changed_by(file, move |text| {
        assert!(text.contains(from), "{text}");
        text.replace(from, to)
    })
}

fn changed_by(file: &str, change: impl FnOnce(&str) -> String) -> Looks {
    let (hub, profile) = (hub(), profile(file, change));
    let before = look(&hub);
    Some((before, of_profile(&hub, profile.path())))
}

fn of_profile(hub: &Hub, profile: &Path) -> crate::ward::Looked {
    look_with(hub, &["--profile", profile.to_str().unwrap()])
}

#[test]
fn faults_of_policy_and_people() {
    each_turns(FAULTS);
}
