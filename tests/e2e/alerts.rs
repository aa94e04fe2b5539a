//! What ships for Prometheus and Grafana: each rule fires where it should and nowhere else, each has a page that says what to
//! do, and every metric that rules or dashboard name is one that a serving hub shows to a real Prometheus.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use seinhuis::hub::measures::declared;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_runtime::meter::{Kind, Metric};
use seinhuis_testkit::{Engines, Hub, MailSink, Prometheus, free_port, http};

use crate::left_lying::{fast, mailing, signal};
use crate::scene::{own, report, until};

const RULES: &str = "../deploy/prometheus/seinhuis.rules.yml";
const DASHBOARD: &str = "../deploy/grafana/seinhuis.json";

fn read(path: &str) -> String {
    std::fs::read_to_string(own(path)).unwrap()
}

fn promtool(arguments: &[&str]) -> Output {
    let mut promtool = Command::new("promtool");
    promtool.current_dir(own("../deploy/prometheus")).args(arguments);
    promtool.output().expect("promtool is there: run the tests through `cargo xtask test`")
}

#[track_caller]
fn accepted(output: &Output) {
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", said(&output.stdout), said(&output.stderr));
}

/// What stands after `key:` in the rules, in their order.
fn values<'a>(rules: &'a str, key: &str) -> Vec<&'a str> {
    let after = |line: &'a str| line.trim().trim_start_matches("- ").strip_prefix(key);
    rules.lines().filter_map(after).map(|value| value.trim().trim_matches('"')).collect()
}

#[test]
fn each_rule_fires_where_it_should_and_stays_silent_where_it_should() {
    accepted(&promtool(&["check", "config", "prometheus.yml"]));
    accepted(&promtool(&["test", "rules", "seinhuis.rules.test.yml"]));
    let (rules, tried) = (read(RULES), read("../deploy/prometheus/seinhuis.rules.test.yml"));
    let names = values(&tried, "name:");
    for alert in values(&rules, "alert:") {
        for test in ["fires", "stays silent"] {
            assert!(names.contains(&&*format!("{alert} {test}")), "{alert} {test} isn't tried");
        }
    }
}

#[test]
fn each_rule_has_a_page_that_says_what_it_means_how_to_look_and_what_to_do() {
    let rules = read(RULES);
    let (alerts, pages) = (values(&rules, "alert:"), values(&rules, "runbook_url:"));
    assert!(alerts.len() == pages.len() && alerts.len() > 10, "{alerts:?} {pages:?}");
    let mut named = BTreeSet::new();
    for (alert, page) in alerts.iter().zip(pages) {
        let file = page.strip_prefix("{{ $externalLabels.docs }}/runbooks/").unwrap();
        let text = read(&format!("../docs/runbooks/{file}"));
        assert!(text.contains(&format!("Alert `{alert}`.")), "{file} isn't about {alert}");
        for part in ["## What it means", "## How to look", "## What to do"] {
            let (_, rest) = text.split_once(part).unwrap_or_else(|| panic!("{file} has no {part}"));
            assert!(
                rest.split("\n## ").next().unwrap().trim().len() > 40,
                "{file} says nothing below {part}"
            );
        }
        named.insert(own("../docs/runbooks").join(file));
    }
    let there: BTreeSet<PathBuf> =
        own("../docs/runbooks").read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(named, there, "a page for each rule and no other");
}

#[test]
fn the_guide_lists_every_metric_as_it_is_declared_and_no_other() {
    let guide = read("../docs/guides/operations.md");
    let listed: Vec<&str> = guide
        .lines()
        .skip_while(|line| !line.starts_with("| metric | in Prometheus |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    let row = |metric: &Metric| {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let (name, shown, unit) = (metric.name, metric.in_prometheus(), metric.unit);
        format!("| `{name}` | `{shown}` | {kind} | {unit} | {} | {} |", labels.join(", "), metric.meaning)
    };
    assert_eq!(listed, declared::ALL.iter().map(row).collect::<Vec<_>>());
}

/// The metrics that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'));
    let ours = words.filter(|word| word.starts_with("seinhuis_") || word.starts_with("process_"));
    ours.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_that_rules_and_dashboard_name_is_shown_to_a_real_prometheus() {
    let (engines, sink) = (Arc::new(Engines::start().unwrap()), MailSink::start().unwrap());
    let window = free_port().unwrap();
    let hub = fast(mailing(Hub::new("oude-ijsselstreek").unwrap().on(&engines).unwrap(), &sink))
        .with("SEINHUIS_TELEMETRY__LISTEN", &format!("127.0.0.1:{window}"));
    let wonion = hub.partner("wonion").unwrap();
    let serving = hub.serve().unwrap();
    let prometheus = Prometheus::start(window).unwrap();
    // A case that nobody picks up climbs and is told; what is refused, and who isn't let in, is counted.
    report(&serving.url, &wonion, signal()).await;
    report(&serving.url, &wonion, refused()).await;
    assert_ne!(hub.ask(&serving.url, &wonion, &["pipeline"]).unwrap().code, 0);

    let wanted: BTreeSet<String> = [RULES, DASHBOARD].iter().flat_map(|file| named(&read(file))).collect();
    assert!(wanted.len() > 20, "{wanted:?}");
    let declared = declared::ALL.iter().flat_map(|metric| metric.series()).collect::<BTreeSet<_>>();
    let unknown: Vec<_> = wanted.difference(&declared).collect();
    assert!(unknown.is_empty(), "rules or dashboard name what the hub doesn't have: {unknown:?}");
    until(
        || {
            let shown: BTreeSet<String> = prometheus.names().unwrap().into_iter().collect();
            declared.difference(&shown).cloned().collect::<Vec<_>>()
        },
        |missing| missing.is_empty(),
    );
    let up = prometheus.ask("/api/v1/query?query=up").unwrap();
    assert_eq!(up["result"][0]["value"][1], "1", "{up}");
    let (_, text) = http::get(window, "/metrics").unwrap();
    for line in [
        "seinhuis_ingest_refusals_total{partner=\"wonion\",reason=\"INVALID\"} 1",
        "seinhuis_ingest_receipt_duration_seconds_count{outcome=\"NEW\",sector=\"housing\"} 1",
        "seinhuis_gate_denials_total{reason=\"NOT_ALLOWED\"} 1",
        "seinhuis_lease_held{role=\"casework\"} 1",
        "seinhuis_audit_sound 1",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} isn't in\n{text}");
    }
    assert_eq!(serving.stop().unwrap(), 0, "{}", hub.log());
}

/// A signal that breaks a rule: an urgency that there isn't.
fn refused() -> SectorSignal {
    let kind = seinhuis_domain::kind::Kind::from_code("housing.fin.hua").unwrap();
    let mut common = crate::left_lying::common();
    (common.reference, common.urgency) = ("refused".to_owned(), 99);
    SectorSignal::new(kind, common)
}
