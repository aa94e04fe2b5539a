//! Measures as others read them.

use super::*;

const CALLS: Metric =
    Metric { name: "shop.calls", kind: Kind::Counter, unit: "{call}", meaning: "Calls.", labels: &["by"] };
const TOOK: Metric = Metric {
    name: "shop.call.duration",
    kind: Kind::Histogram(&[0.1, 1.0]),
    unit: "s",
    meaning: "How long calls took.",
    labels: &["by"],
};
const SIZE: Metric =
    Metric { name: "shop.size", kind: Kind::Gauge, unit: "By", meaning: "How large.", labels: &[] };
const TURNS: Metric =
    Metric { name: "shop.turns", kind: Kind::Counter, unit: "{turn}", meaning: "Turns.", labels: &["role"] };

fn meter() -> Meter {
    Meter::new("1.2.3", "here:1".into(), None).unwrap()
}

#[test]
fn what_is_measured_stands_in_the_text_under_the_names_that_were_promised() {
    let meter = meter();
    let calls = meter.counter(&CALLS);
    calls.add(2, &[("by", "wonion")]);
    calls.add(1, &[("by", "wonion")]);
    meter.histogram(&TOOK).record(0.5, &[("by", "wonion")]);
    meter.observe(&SIZE, |tell| tell(7.0, &[]));
    let text = meter.text().unwrap();
    for line in [
        "# HELP shop_calls_total Calls.",
        "shop_calls_total{by=\"wonion\"} 3",
        "shop_call_duration_seconds_bucket{by=\"wonion\",le=\"0.1\"} 0",
        "shop_call_duration_seconds_bucket{by=\"wonion\",le=\"1\"} 1",
        "shop_call_duration_seconds_sum{by=\"wonion\"} 0.5",
        "shop_size_bytes 7",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} isn't in\n{text}");
    }
    for name in [CALLS, TOOK, SIZE].iter().flat_map(Metric::series) {
        assert!(text.contains(&name), "{name} isn't in\n{text}");
    }
}

#[test]
fn what_is_looked_at_is_told_as_it_is_now_and_gone_when_nobody_tells_it() {
    let meter = meter();
    let held = Arc::new(std::sync::Mutex::new(vec!["casework", "notify"]));
    let seen = Arc::clone(&held);
    meter.observe(&TURNS, move |tell| {
        for role in seen.lock().unwrap().iter() {
            tell(4.0, &[("role", role)]);
        }
    });
    assert!(meter.text().unwrap().contains("shop_turns_total{role=\"notify\"} 4"));
    held.lock().unwrap().pop();
    let text = meter.text().unwrap();
    assert!(text.contains("role=\"casework\"") && !text.contains("notify"), "{text}");
}

#[tokio::test]
async fn an_address_that_is_none_is_named() {
    let otlp = Otlp { endpoint: "no address".into(), every: Duration::from_secs(15) };
    let fault = Meter::new("1.2.3", "here:1".into(), Some(otlp)).unwrap_err();
    assert_eq!(fault.to_string(), "\"no address\" is no address for OTLP");
}
