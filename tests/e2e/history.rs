//! The past on the command line: exports as files, and the guide for analysts as it is written.

use std::process::Command;

use seinhuis_testkit::{Hub, Placed, Said, shared};

use crate::browser::{browser, shown};
use crate::scene::{own, python, until};

/// A hub with the weeks of the demo behind it, that serves, and the college's token.
fn weeks_later(profile: &str) -> (Hub, seinhuis_testkit::Served, String) {
    let hub = Hub::new(profile).unwrap();
    let played = hub.run(&["demo", "--exit", "--signals", "120"]).unwrap();
    assert_eq!(played.code, 0, "{}\n{}", played.out, played.err);
    let college = hub.person("college").unwrap();
    let served = hub.serve_as(&[Placed::all()]).unwrap();
    (hub, served, college)
}

/// Exports into a folder of its own; what people read follows the log, so it is asked until it is there.
fn exported(ask: &dyn Fn(&[&str]) -> Said, arguments: &[&str], out: &std::path::Path) {
    let command = [&["history", "export"], arguments, &["--out", out.to_str().unwrap()]].concat();
    until(|| ask(&command), |said| said.code == 0);
}

/// The examples of the guide, one after the other.
fn examples() -> String {
    let guide = std::fs::read_to_string(own("../docs/guides/analist.md")).unwrap();
    let blocks = guide.split("```python\n").skip(1);
    blocks.filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn the_examples_of_the_analysts_guide_do_what_they_say() {
    let Some(python) = python() else { return };
    let (hub, served, college) = weeks_later("oude-ijsselstreek");
    let ask = |arguments: &[&str]| hub.ask(served.monitor(), &college, arguments).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    exported(&ask, &["figures", "GM1509"], &file("cijfers.parquet"));
    exported(&ask, &["intake", "GM1509", "--since", "2026-01-01"], &file("instroom.parquet"));
    exported(&ask, &["events", "GM1509"], &file("gebeurtenissen.parquet"));
    let examples = examples();
    assert_eq!(examples.matches("import ").count(), 3, "{examples}");
    let run = Command::new(python).args(["-c", &examples]).current_dir(&folder).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
    let shown = ask(&["history", "as-of", "GM1509", "--json"]).json().unwrap();
    assert_eq!(shown["map"]["choice"], "MAP_CHOICE_THEN", "{shown}");
    let open = shown["figures"]["counts"]["open"].as_str().unwrap().to_owned();
    assert_eq!(out.lines().next(), Some(format!("Oude IJsselstreek: {open}").as_str()), "{out}");
    let climbed = out.lines().last().unwrap().split_whitespace().nth(4).unwrap().parse::<u64>();
    assert!(climbed.is_ok_and(|climbed| climbed > 0), "{out}");
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
}

/// Makes an analysis of the demo's weeks twice, and one of now, and has a browser show it.
fn is_analysed(profile: &str, area: &str, parts: &[&str]) {
    let (hub, served, college) = weeks_later(profile);
    let folder = tempfile::tempdir().unwrap();
    let analysis = |name: &str, more: &[&str]| {
        let path = folder.path().join(name);
        let command = ["wijkanalyse", area, "--period", "2026-H1", "--out", path.to_str().unwrap()];
        let ask = || hub.ask(served.monitor(), &college, &[&command, more].concat()).unwrap();
        until(ask, |said| said.code == 0);
        std::fs::read_to_string(path).unwrap()
    };
    let today = analysis("vandaag.html", &["--map", "today"]);
    assert!(today.contains("de kaart van vandaag (") && today.contains(" --map today"), "{today}");
    let march = ["--as-of", "2026-03-20"];
    let (once, again) = (analysis("een.html", &march), analysis("twee.html", &march));
    assert_eq!(once, again);
    let made = format!("<code>seinhuis wijkanalyse {area} --period 2026-H1");
    let as_of = format!("{made} --as-of 2026-03-20T00:00:00+01:00");
    for part in parts.iter().copied().chain(["Wat er binnenkwam", "mrt</td>", "de periode loopt nog", &as_of])
    {
        assert!(once.contains(part), "{part} is missing in {once}");
    }
    assert!(analysis("nu.html", &[]).contains(&made));
    if let Some(map) = shared(&format!("areas/{}.geojson", profile.replace('-', "_"))) {
        let imported = hub.run(&["areas", "import", map.to_str().unwrap(), "--vintage", "cbs-2017"]).unwrap();
        assert_eq!(imported.code, 0, "{}", imported.err);
        let today =
            || hub.ask(served.monitor(), &college, &["history", "as-of", area, "--map", "today", "--json"]);
        until(|| today().unwrap(), |said| said.out.contains("cbs-2017"));
        let page = analysis("kaart.html", &[&march[..], &["--map", "today"]].concat());
        assert!(page.contains("Open zaken per deelgebied"), "{page}");
        if let Some(browser) = browser() {
            let page = shown(&browser, &page);
            assert!(page.console.is_empty() && page.charts == 2 && !page.is_too_wide, "{page:?}");
        }
    }
    if let Some(browser) = browser() {
        let page = shown(&browser, &once);
        assert!(page.console.is_empty() && page.missing.is_empty() && page.fetched.is_empty(), "{page:?}");
        assert!(page.charts == 1 && page.bars >= 6 && page.rows > 50 && !page.is_too_wide, "{page:?}");
    }
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
}

#[test]
fn an_analysis_of_oude_ijsselstreek_is_the_same_when_made_again_and_shown_whole_by_a_browser() {
    is_analysed("oude-ijsselstreek", "GM1509", &["Wijkanalyse Oude IJsselstreek", "wonion"]);
}

#[test]
fn an_analysis_of_lelystad_is_the_same_when_made_again_and_shown_whole_by_a_browser() {
    is_analysed("lelystad", "GM0995", &["Wijkanalyse Lelystad", "centrada"]);
}

#[test]
fn an_export_shows_how_far_it_is_on_a_terminal_and_nowhere_else() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let college = hub.person("college").unwrap();
    let served = hub.serve_as(&[Placed::all()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name).display().to_string();
    for (what, shown) in [("figures", "bytes"), ("events", "position")] {
        let told = out(&format!("{what}.csv"));
        let ask = || {
            let arguments = ["history", "export", what, "GM1509", "--out", &told];
            hub.ask(served.monitor(), &college, &arguments).unwrap()
        };
        let said = until(ask, |said| said.code == 0);
        assert_eq!(said.err, "", "{said:?}");
        let command =
            hub.command(&["history", "export", what, "GM1509", "--out", &out(&format!("{what}-2.csv"))]);
        let seen = on_a_terminal(command, served.monitor(), &college);
        assert!(seen.contains(" % ") && seen.contains(shown), "{seen:?}");
    }
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
}

/// What a terminal gets to see of a command.
fn on_a_terminal(command: Command, url: &str, token: &str) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
    let mut terminal = Command::new("script");
    terminal.args(["--quiet", "--return", "--command", &words.join(" "), "/dev/null"]);
    terminal.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    terminal.env("SEINHUIS_ADDRESS", url).env("SEINHUIS_TOKEN", token).env("TERM", "xterm");
    let shown = terminal.stdin(std::process::Stdio::null()).output().unwrap();
    let seen = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.status.success(), "{seen}");
    seen
}

#[test]
fn a_moment_that_the_clock_skips_or_shows_twice_is_refused_by_field_value_and_rule() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let commands: [(&str, &[&str]); 4] = [
        ("--at", &["history", "as-of", "GM1509"]),
        ("--from", &["history", "series", "GM1509", "--every", "day", "--until", "2026-05-01"]),
        ("--since", &["history", "export", "intake", "GM1509", "--out", "instroom.csv"]),
        ("--as-of", &["wijkanalyse", "GM1509", "--period", "2026-H1"]),
    ];
    for (field, command) in commands {
        for (value, rule) in
            [("2026-03-29T02:30", "skips this time"), ("2026-10-25T02:30", "shows this time twice")]
        {
            let refused = hub.run(&[command, &[field, value]].concat()).unwrap();
            assert_ne!(refused.code, 0);
            assert!([field, value, rule].iter().all(|word| refused.err.contains(word)), "{refused:?}");
        }
    }
}

#[test]
fn an_export_that_cant_be_written_is_said_in_one_line_and_leaves_nothing() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let college = hub.person("college").unwrap();
    let served = hub.serve_as(&[Placed::all()]).unwrap();
    let ask = |arguments: &[&str]| hub.ask(served.monitor(), &college, arguments).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name).display().to_string();
    let refused = |what: &str, out: &str| {
        let said = ask(&["history", "export", what, "GM1509", "--out", out]);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
        said.err
    };
    let said = refused("figures", &out("nowhere/cijfers.csv"));
    assert!(said.contains("can't write") && said.contains("nowhere/cijfers.csv"), "{said}");
    assert!(refused("figures", &out("cijfers.xlsx")).contains("ends in .csv or .parquet"));
    assert!(refused("boards", &out("borden.csv")).contains("one of figures, cases, intake, steps"));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);

    exported(&ask, &["figures", "GM1509"], &folder.path().join("cijfers.csv"));
    assert!(refused("figures", &out("cijfers.csv")).contains("never written over"));
    let csv = std::fs::read_to_string(folder.path().join("cijfers.csv")).unwrap();
    assert!(csv.starts_with("area_code,area_name,level,measure,label,count\n"), "{csv}");
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
}
