//! The auditor of a serving hub: it is well after the weeks of the demo, and says so no more once somebody meddles with the ladder.

use std::time::{Duration, Instant};

use seinhuis_domain::case::{CaseEvent, RungReached};
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, PersonId};
use seinhuis_domain::ladder::PlannedStep;
use seinhuis_eventstore::{Append, Context, Log, NewEvent, Position, StreamId};
use seinhuis_testkit::{Hub, Placed, Said};

use crate::scene::until;

/// A case of `log` that waits for a climb: its version, area and plan.
async fn waiting(log: &Log) -> (CaseId, u64, RungReached) {
    let events = log.read(Position::START, 10_000).await.unwrap().events;
    let mut last = std::collections::BTreeMap::new();
    for recorded in &events {
        let Event::Case(event) = recorded.event().unwrap() else { continue };
        if let Some(plan) = event.plan() {
            last.insert(recorded.stream.id().to_owned(), plan.cloned());
        }
    }
    let (case, step) = last.into_iter().find_map(|(case, plan)| Some((case, plan?))).unwrap();
    let own = events.iter().filter(|recorded| recorded.stream.id() == case);
    let version = own.clone().map(|recorded| recorded.version).max().unwrap();
    let area = own.clone().find_map(|recorded| recorded.area.clone()).unwrap();
    let PlannedStep { to, due_at, cause, .. } = step;
    let climb = RungReached {
        area,
        rung: to,
        cycle: 0,
        policy_version: 1,
        cause,
        planned_at: Some(due_at),
        at: due_at - jiff::SignedDuration::from_hours(1),
        tell: vec![PersonId::new("nobody-here").unwrap()],
        told_because: vec![],
        next: None,
        act: None,
    };
    (case.parse().unwrap(), version, climb)
}

/// Puts a climb into the log that nobody decided: an hour early, and told to somebody who isn't there.
async fn meddle(url: &str) -> CaseId {
    let log = Log::open(url).await.unwrap();
    let (case, version, climb) = waiting(&log).await;
    let context = Context { actor: "role:escalation".into(), at: climb.at, trace: None };
    let event = CaseEvent::RungReached(Box::new(climb));
    let append = Append {
        stream: StreamId::new("case", &case.to_string()),
        expected_version: version,
        events: vec![NewEvent::of(&event, &context).unwrap()],
    };
    log.append(append).await.unwrap();
    log.close().await;
    case
}

#[test]
fn who_meddles_with_the_ladder_is_found_within_a_minute_and_health_says_that_it_is_not_well() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let played = hub.run(&["demo", "--exit", "--signals", "60"]).unwrap();
    assert_eq!(played.code, 0, "{}\n{}", played.out, played.err);
    let sound = hub.run(&["audit"]).unwrap();
    assert!(sound.code == 0 && sound.out.starts_with("all is well: "), "{sound:?}");

    let served = hub.serve_as(&[Placed::all()]).unwrap();
    let health = || -> Said { hub.run(&["health", "audit", "--address", served.monitor()]).unwrap() };
    until(health, |said| said.code == 0);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let began = Instant::now();
    let case = runtime.block_on(meddle(&hub.log_url()));
    until(health, |said| said.code == 1 && said.out.contains("not serving"));
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());

    let found = hub.run(&["audit", "--json"]).unwrap();
    assert_eq!(found.code, 1, "{found:?}");
    let found: serde_json::Value = serde_json::from_str(&found.out).unwrap();
    let wrong: Vec<_> =
        found["findings"].as_array().unwrap().iter().map(|one| one["wrong"].as_str().unwrap()).collect();
    assert!(wrong.contains(&"early") && wrong.contains(&"misdirected"), "{found}");
    assert!(
        found["findings"].as_array().unwrap().iter().all(|one| one["case"] == case.to_string()),
        "{found}"
    );
}
