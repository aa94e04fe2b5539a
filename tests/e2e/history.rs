//! The past on the command line: exports as files, and the guide for analysts as it is written.

use std::process::Command;

use seinhuis_testkit::{Hub, Placed, Said};

use crate::scene::{own, python, until};

/// A hub with the weeks of the demo behind it, that serves, and the college's token.
fn weeks_later() -> (Hub, seinhuis_testkit::Served, String) {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
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
fn the_examples_of_the_analysts_guide_do_what_they_say_and_an_analysis_is_the_same_when_made_again() {
    let Some(python) = python() else { return };
    let (hub, served, college) = weeks_later();
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
    let open = shown["figures"]["counts"]["open"].as_str().unwrap().to_owned();
    let analysis = |name: &str, more: &[&str]| {
        let path = file(name);
        let command = ["wijkanalyse", "GM1509", "--period", "2026-H1", "--out", path.to_str().unwrap()];
        let said = ask(&[&command, more].concat());
        assert_eq!(said.code, 0, "{said:?}");
        std::fs::read_to_string(path).unwrap()
    };
    let march = ["--as-of", "2026-03-20"];
    let (once, again) = (analysis("een.html", &march), analysis("twee.html", &march));
    assert_eq!(once, again);
    for part in
        ["Wijkanalyse Oude IJsselstreek", "Wat er binnenkwam", "wonion", "mrt</td>", "de periode loopt nog"]
    {
        assert!(once.contains(part), "{part} is missing in {once}");
    }
    assert!(
        once.contains("seinhuis wijkanalyse GM1509 --period 2026-H1 --as-of 2026-03-20T00:00:00+01:00"),
        "{once}"
    );
    assert!(analysis("nu.html", &[]).contains("<code>seinhuis wijkanalyse GM1509 --period 2026-H1"));
    assert_eq!(out.lines().next(), Some(format!("Oude IJsselstreek: {open}").as_str()), "{out}");
    let climbed = out.lines().last().unwrap().split_whitespace().nth(4).unwrap().parse::<u64>();
    assert!(climbed.is_ok_and(|climbed| climbed > 0), "{out}");
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
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
