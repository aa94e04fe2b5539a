//! The answer is lost after the commit: the caller is told of a fault and can't know. Whoever tries again, from whatever
//! process, is told where the first one stands, and nothing is there twice (INV-3).

use std::time::Duration;

use jiff::Timestamp;
use seinhuis_domain::example;
use seinhuis_domain::ids::SignalId;
use seinhuis_domain::signal::{ReportSignal, Signal, SignalRefusal};
use seinhuis_eventstore::{
    Append, AppendError, Appended, Committed, Context, ExecuteError, Fault, Log, Position, StreamId, Trouble,
    verify,
};
use seinhuis_testkit::{Proxy, Session};
use seinhuis_tests::batch::batch;
use seinhuis_tests::told::{Receipt, Told};

use crate::appender::Appender;
use crate::place::{Database, File, Place};

/// Reports a signal as the door does.
async fn report(log: &Log, reference: &str, kind: &str) -> Result<Committed, ExecuteError<SignalRefusal>> {
    let at: Timestamp = "2026-04-02T10:00:00Z".parse().unwrap();
    let facts = Box::new(example::signal("wonion", reference, kind));
    let id = SignalId::of(&facts.partner, &facts.reference).to_string();
    let context = Context { actor: "partner:wonion".into(), at, trace: None };
    log.execute_new::<Signal>(&(), &id, ReportSignal { facts, now: at }, &context).await
}

/// A database, and a log that is reached by way of a proxy.
async fn scene() -> (Database, Proxy, Log) {
    let database = Database::new();
    let proxy = Proxy::start(database.server.port().unwrap()).unwrap();
    let log = Log::open(&proxy.address(&database.url()).unwrap()).await.unwrap();
    (database, proxy, log)
}

const SOC: &str = "housing.soc.gel";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inv3_on_postgres_who_lost_the_answer_to_a_commit_is_told_of_it_by_a_retry_from_anywhere() {
    let (database, proxy, log) = scene().await;
    report(&log, "zaak-0", SOC).await.unwrap();
    proxy.lose_answer(b"zaak-1");
    let told = report(&log, "zaak-1", SOC).await;
    proxy.until_lost().unwrap();
    let Err(ExecuteError::Fault(Fault::Unavailable { trouble: Trouble::OutOfReach, .. })) = told else {
        panic!("{told:?}")
    };
    let other = database.open().await;
    assert_eq!(other.look().await.unwrap(), Position(2), "it is there, though nobody was told");

    // The same process, another one, and one that was started afterwards.
    let again = database.open().await;
    for log in [&log, &other, &again] {
        let done = report(log, "zaak-1", SOC).await.unwrap();
        assert_eq!((done.position, done.version, done.fresh), (Position(2), 1, false));
        let misused = report(log, "zaak-1", "housing.soc.ove").await;
        assert!(
            matches!(&misused, Err(ExecuteError::Refused(SignalRefusal::ReferenceReused { .. }))),
            "{misused:?}"
        );
    }
    assert_eq!(other.look().await.unwrap(), Position(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inv3_on_postgres_who_lost_the_request_itself_stores_it_by_a_retry() {
    let (_database, proxy, log) = scene().await;
    report(&log, "zaak-0", SOC).await.unwrap();
    proxy.lose_request(b"zaak-1");
    let told = report(&log, "zaak-1", SOC).await;
    proxy.until_lost().unwrap();
    assert!(
        matches!(told, Err(ExecuteError::Fault(Fault::Unavailable { trouble: Trouble::OutOfReach, .. }))),
        "{told:?}"
    );
    assert_eq!(log.look().await.unwrap(), Position(1), "nothing came of it");
    let done = report(&log, "zaak-1", SOC).await.unwrap();
    assert_eq!((done.position, done.fresh), (Position(2), true));
}

/// How many of the hub's connections wait for a lock.
const WAITING: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'seinhuis' AND wait_event_type = 'Lock'";

fn group_member(caller: usize) -> Append {
    batch("a", &StreamId::new("lamp", &format!("group-{caller}")), 0, Timestamp::UNIX_EPOCH).unwrap()
}

/// An append that is in the queue.
async fn queued(
    log: &Log,
    caller: usize,
) -> std::pin::Pin<Box<impl Future<Output = Result<Appended, AppendError>> + use<>>> {
    let log = log.clone();
    let mut append = Box::pin(async move { log.append(group_member(caller)).await });
    // One poll puts it there.
    assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(append.as_mut().poll(cx).is_pending())).await);
    append
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inv3_on_postgres_a_whole_group_that_lost_its_answer_is_there_once() {
    const CALLERS: usize = 48;
    let (database, proxy, log) = scene().await;
    let mut sizes: Vec<usize> = (0..CALLERS).collect();
    sizes.sort_by_key(|caller| group_member(*caller).events.len());
    // While somebody holds the head, two groups wait for it, the second no smaller than the first, and the others gather.
    let mut holder = Session::start(&database.url()).unwrap();
    let mut watcher = Session::start(&database.url()).unwrap();
    holder.run("BEGIN; SELECT position FROM seinhuis.head FOR UPDATE").unwrap();
    let mut sent = Vec::new();
    for (lanes, caller) in sizes.iter().take(2).enumerate() {
        sent.push(queued(&log, *caller).await);
        while watcher.run(WAITING).unwrap() != (lanes + 1).to_string() {}
    }
    for caller in &sizes[2..] {
        sent.push(queued(&log, *caller).await);
    }
    let last = sizes[CALLERS - 1];
    proxy.lose_answer(format!("lamp-group-{last}\"").as_bytes());
    holder.run("COMMIT").unwrap();
    let mut faults = 0;
    for sent in sent {
        match sent.await {
            Ok(_) => {}
            Err(AppendError::Fault(Fault::Unavailable { trouble: Trouble::OutOfReach, .. })) => faults += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(faults, CALLERS - 2, "one answer was the answer to all of them");
    for caller in 0..CALLERS {
        let again = log.append(group_member(caller)).await;
        assert!(matches!(again, Err(AppendError::Conflict { expected: 0, .. })), "{caller}: {again:?}");
    }
    let verdict = verify(&log).await.unwrap();
    assert!(verdict.is_sound(), "{:?}", verdict.findings);
}

/// The one receipt that `told` holds for the beginning of `stream`.
fn first_of(told: &[Told], stream: &str) -> Option<Receipt> {
    told.iter().find_map(|told| match told {
        Told::Stored(receipt) if receipt.stream == stream && receipt.before == 0 => Some(receipt.clone()),
        _ => None,
    })
}

/// A process is killed after its first commit and what it was told is lost with it. The next one, which believes that
/// nothing is stored, finds the same places.
async fn a_killed_process_and_the_next_one(place: &impl Place) {
    const STREAM: &str = "lamp-once";
    let log = place.open().await;
    let callers = [format!("{STREAM} 0")];
    // The first pause is so long that one append is all it comes to.
    let slow = ["--pause-ms=3600000".to_owned()];
    let killed = Appender::start(&place.url(), "p", &callers, &slow);
    let there = log.wait_for(Position(1), Duration::from_secs(60)).await.unwrap();
    assert!(there.is_some(), "the first append is in the log");
    drop(killed);
    let stored = log.read_stream(&StreamId::parse(STREAM).unwrap()).await.unwrap();

    let mut next = Appender::start(&place.url(), "p", &callers, &slow);
    next.stored(1).await;
    let receipt = first_of(&next.kill(), STREAM).unwrap();
    assert!(receipt.found, "the retry was refused, and the stream told where the first try stands");
    let places = (stored.first().unwrap().position.0, stored.last().unwrap().position.0);
    assert_eq!((receipt.first, receipt.last), places);
    assert_eq!(receipt.version, stored.len() as u64);
    log.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inv3_on_sqlite_who_was_killed_before_the_answer_finds_it_after_the_restart() {
    a_killed_process_and_the_next_one(&File::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inv3_on_postgres_who_was_killed_before_the_answer_finds_it_after_the_restart() {
    a_killed_process_and_the_next_one(&Database::new()).await;
}
