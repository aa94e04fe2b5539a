//! The auditor of a serving hub: it is well after the weeks of the demo, and says so no more, here or outside, once somebody meddles with the ladder.

mod faults;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use seinhuis_domain::case::{CaseEvent, RungReached};
use seinhuis_domain::ids::{CaseId, PersonId};
use seinhuis_domain::ladder::{Cause, Rung};
use seinhuis_eventstore::{Append, AppendError, Context, Log, NewEvent, Position, Recorded, StreamId};
use seinhuis_runtime::Clock;
use seinhuis_testkit::{Hub, Placed, Said};
use tempfile::NamedTempFile;

use crate::scene::until;

/// A climb of the case that `opened` belongs to, as an official could make it right now, after which nothing is planned.
fn climb_of(opened: &Recorded) -> RungReached {
    RungReached {
        area: opened.area.clone().unwrap(),
        rung: Rung::Team,
        cycle: 0,
        policy_version: 1,
        cause: Cause::NotPickedUp,
        planned_at: None,
        at: opened.recorded_at,
        passed: false,
        tell: vec![PersonId::new("generalist-zorg-welzijn-ulft").unwrap()],
        told_because: vec![],
        next: None,
        act: None,
    }
}

/// Puts a climb of `case` into the log just now, beside a hub that serves and may be quicker. What happened longer than a day ago would
/// be no alarm any more.
async fn beside(log: &Log, case: CaseId, climb: impl Fn(&Recorded) -> RungReached) {
    loop {
        let events = log.read(Position::START, 10_000).await.unwrap().events;
        let own: Vec<_> = events.iter().filter(|recorded| recorded.stream.id() == case.to_string()).collect();
        let climb = CaseEvent::RungReached(Box::new(climb(own[0])));
        let context = Context { actor: "role:escalation".into(), at: Clock::system().now(), trace: None };
        let events = vec![NewEvent::of(&climb, &context).unwrap()];
        let stream = StreamId::new("case", &case.to_string());
        match log.append(Append { stream, expected_version: own.len() as u64, events }).await {
            Err(AppendError::Conflict { .. }) => {}
            appended => {
                appended.unwrap();
                return;
            }
        }
    }
}

/// A climb of the first case that nobody decided: before its time, and told to somebody who isn't there.
async fn meddle(url: &str) -> CaseId {
    let log = Log::open(url).await.unwrap();
    let events = log.read(Position::START, 10_000).await.unwrap().events;
    let first = events.iter().find(|recorded| recorded.stream.kind() == "case").unwrap();
    let case = first.stream.id().parse().unwrap();
    let early = "2026-03-01T09:00:00Z".parse().unwrap();
    let climb = |opened: &Recorded| RungReached {
        rung: Rung::Regisseur,
        planned_at: Some(early),
        at: early,
        tell: vec![PersonId::new("nobody-here").unwrap()],
        ..climb_of(opened)
    };
    beside(&log, case, climb).await;
    log.close().await;
    case
}

/// Somebody outside who is called while all is well, and counts.
struct Watchdog {
    calls: Arc<AtomicUsize>,
    file: NamedTempFile,
}

impl Watchdog {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut file = NamedTempFile::new().unwrap();
        writeln!(file, "http://{}/alive", listener.local_addr().unwrap()).unwrap();
        let calls = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&calls);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut line = String::new();
                BufReader::new(&stream).read_line(&mut line).unwrap();
                count.fetch_add(usize::from(line == "GET /alive HTTP/1.1\r\n"), Ordering::SeqCst);
                stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
            }
        });
        Self { calls, file }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[test]
fn who_meddles_with_the_ladder_is_found_within_a_minute_and_health_says_that_it_is_not_well() {
    let hub = Hub::new("oude-ijsselstreek").unwrap();
    let played = hub.run(&["demo", "--exit", "--signals", "60"]).unwrap();
    assert_eq!(played.code, 0, "{}\n{}", played.out, played.err);
    let sound = hub.run(&["audit"]).unwrap();
    assert!(sound.code == 0 && sound.out.starts_with("all is well: "), "{sound:?}");

    let watchdog = Watchdog::start();
    let hub = hub
        .with("SEINHUIS_AUDIT__SIGN_OF_LIFE_FILE", watchdog.file.path().to_str().unwrap())
        .with("SEINHUIS_AUDIT__SIGN_OF_LIFE_EVERY", "1s");
    let served = hub.serve_as(&[Placed::all()]).unwrap();
    let health = || -> Said { hub.run(&["health", "audit", "--address", served.monitor()]).unwrap() };
    until(health, |said| said.code == 0);
    until(|| watchdog.calls(), |calls| *calls >= 2);
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
