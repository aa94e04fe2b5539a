//! Appending: dense, exact, safe to repeat, bounded.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use seinhuis_eventstore::{
    AppendError, Appended, CommittedGroup, Fault, Log, Position, Settings, StreamId, Trouble,
};

use super::Ledger;
use crate::lamp::{batch, queued};

/// INV-2
pub(crate) async fn positions_are_dense_whoever_writes(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let writers: Vec<_> = (0..32).map(|writer| tokio::spawn(write_thirty(log.clone(), writer))).collect();
    let mut told = BTreeSet::new();
    for writer in writers {
        for done in writer.await.unwrap() {
            told.extend((done.first.0..=done.last.0).map(|position| (position, ())));
        }
    }
    let page = log.read(Position::START, 10_000).await.unwrap();
    let stored: Vec<u64> = page.events.iter().map(|event| event.position.0).collect();
    assert_eq!(stored, (1..=32 * 30).collect::<Vec<_>>());
    assert_eq!(told.into_iter().map(|(position, ())| position).collect::<Vec<_>>(), stored);
    assert_eq!((page.head, log.head()), (Position(960), Position(960)));
}

async fn write_thirty(log: Log, writer: usize) -> Vec<Appended> {
    let mut done = Vec::new();
    for turn in 0..10 {
        done.push(log.append(batch(&format!("lamp-{writer}"), turn * 3, 3)).await.unwrap());
    }
    done
}

pub(crate) async fn of_racing_writers_one_wins_and_the_others_are_told(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let racers: Vec<_> = (0..24)
        .map(|_| {
            let log = log.clone();
            tokio::spawn(async move { log.append(batch("lamp-1", 0, 2)).await })
        })
        .collect();
    let mut won = 0;
    for racer in racers {
        match racer.await.unwrap() {
            Ok(done) => {
                won += 1;
                assert_eq!(done, Appended { first: Position(1), last: Position(2), version: 2 });
            }
            Err(AppendError::Conflict { stream, expected: 0, actual: 2 }) => {
                assert_eq!(stream, StreamId::new("lamp", "1"));
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((won, log.head()), (1, Position(2)));
}

pub(crate) async fn in_one_group_only_the_losers_are_refused(ledger: &impl Ledger) {
    let log = ledger.open().await;
    log.append(batch("lamp-old", 0, 1)).await.unwrap();
    ledger.hold().await;
    let plan = [("lamp-a", 0, true), ("lamp-old", 0, false), ("lamp-a", 1, true), ("lamp-b", 4, false)];
    let plan = plan.into_iter().chain([("lamp-old", 1, true), ("lamp-a", 1, false)]);
    let mut waiting = Vec::new();
    for (stream, expected, wins) in plan {
        waiting.push((queued(&log, batch(stream, expected, 1)).await, wins));
    }
    ledger.release().await;
    let mut last = 1;
    for (append, wins) in waiting {
        match append.await {
            Ok(done) if wins => {
                assert_eq!(done.first.0, last + 1);
                last = done.last.0;
            }
            Err(AppendError::Conflict { .. }) if !wins => {}
            other => panic!("{other:?}, to win: {wins}"),
        }
    }
    assert_eq!(log.read(Position::START, 100).await.unwrap().events.len(), 4);
}

pub(crate) async fn who_measures_is_told_what_was_stored_and_not_what_came_too_late(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let stored = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&stored);
    log.on_commit(Arc::new(move |group: CommittedGroup| told.lock().unwrap().push(group)));
    log.on_commit(Arc::new(|_| panic!("the first who asks is told, and nobody else")));
    log.append(batch("lamp-1", 0, 3)).await.unwrap();
    log.append(batch("lamp-1", 0, 2)).await.unwrap_err();
    log.append(batch("lamp-1", 3, 1)).await.unwrap();
    // Callers are answered first: closed, the writer has told of all.
    log.close().await;
    let events: Vec<usize> = stored.lock().unwrap().iter().map(|group| group.events).collect();
    assert_eq!(events, [3, 0, 1]);
    assert!(stored.lock().unwrap().iter().all(|group| !group.took.is_zero()));
}

/// INV-3, as far as it is the log's: whoever repeats an append with the version he saw adds nothing.
pub(crate) async fn an_append_repeated_adds_nothing(ledger: &impl Ledger) {
    let log = ledger.open().await;
    log.append(batch("lamp-1", 0, 2)).await.unwrap();
    let again = log.append(batch("lamp-1", 0, 2)).await;
    assert!(matches!(again, Err(AppendError::Conflict { expected: 0, actual: 2, .. })), "{again:?}");
    let ahead = log.append(batch("lamp-1", 3, 1)).await;
    assert!(matches!(ahead, Err(AppendError::Conflict { expected: 3, actual: 2, .. })), "{ahead:?}");
    assert_eq!(log.read(Position::START, 10).await.unwrap().events.len(), 2);
}

/// INV-11
pub(crate) async fn a_full_queue_answers_at_once_and_loses_nothing_it_took(ledger: &impl Ledger) {
    let log = ledger.open_with(Settings { queue: 8, group: 1, ..Settings::default() }).await;
    ledger.hold().await;
    let mut waiting = Vec::new();
    let mut overloaded = 0;
    for i in 0..64 {
        let queued = log.clone();
        let mut append = Box::pin(async move { queued.append(batch(&format!("lamp-{i}"), 0, 1)).await });
        match std::future::poll_fn(|cx| std::task::Poll::Ready(append.as_mut().poll(cx))).await {
            std::task::Poll::Pending => waiting.push(append),
            std::task::Poll::Ready(Err(AppendError::Overloaded)) => overloaded += 1,
            std::task::Poll::Ready(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((waiting.len(), overloaded), (8, 56));
    ledger.release().await;
    let taken = waiting.len() as u64;
    for append in waiting {
        append.await.unwrap();
    }
    assert_eq!(log.head(), Position(taken));
}

/// INV-11
pub(crate) async fn bytes_in_the_queue_are_bounded_too(ledger: &impl Ledger) {
    let log = ledger.open_with(Settings { queue_bytes: 4_096, ..Settings::default() }).await;
    ledger.hold().await;
    let first = queued(&log, batch("lamp-1", 0, 15)).await;
    let second = log.append(batch("lamp-2", 0, 15)).await;
    assert!(matches!(second, Err(AppendError::Overloaded)), "{second:?}");
    ledger.release().await;
    first.await.unwrap();
    log.append(batch("lamp-2", 0, 15)).await.unwrap();
}

pub(crate) async fn a_batch_of_nothing_or_of_too_much_is_refused(ledger: &impl Ledger) {
    let log = ledger.open_with(Settings { batch: 10, queue_bytes: 100_000, ..Settings::default() }).await;
    let none = log.append(batch("lamp-1", 0, 0)).await;
    assert!(matches!(none, Err(AppendError::Size { events: 0, .. })), "{none:?}");
    let many = log.append(batch("lamp-1", 0, 11)).await;
    assert!(matches!(many, Err(AppendError::Size { events: 11, .. })), "{many:?}");
    let mut large = batch("lamp-1", 0, 1);
    large.events[0].payload = vec![b' '; 100_000];
    let large = log.append(large).await;
    assert!(matches!(large, Err(AppendError::Size { events: 1, .. })), "{large:?}");
    assert_eq!(log.head(), Position::START);
}

pub(crate) async fn a_batch_as_large_as_it_may_be_goes_in_whole(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let done = log.append(batch("lamp-1", 0, 10_000)).await.unwrap();
    assert_eq!(done, Appended { first: Position(1), last: Position(10_000), version: 10_000 });
    let stored = log.read_stream(&StreamId::new("lamp", "1")).await.unwrap();
    assert!(stored.iter().zip(1..).all(|(event, i)| event.position.0 == i && event.version == i));
    assert_eq!(stored.len(), 10_000);
}

pub(crate) async fn a_broken_disk_answers_everyone_and_the_writer_goes_on(ledger: &impl Ledger) {
    let log = ledger.open().await;
    log.append(batch("lamp-1", 0, 1)).await.unwrap();
    ledger.break_disk().await;
    let appends: Vec<_> = (0..8)
        .map(|i| {
            let log = log.clone();
            tokio::spawn(async move { log.append(batch(&format!("lamp-x{i}"), 0, 1)).await })
        })
        .collect();
    for append in appends {
        let answer = append.await.unwrap();
        assert!(matches!(answer, Err(AppendError::Fault(Fault::Unavailable { .. }))), "{answer:?}");
    }
    ledger.mend().await;
    let done = log.append(batch("lamp-1", 1, 1)).await.unwrap();
    assert_eq!((done.first, log.head()), (Position(2), Position(2)));
}

pub(crate) async fn a_log_that_closes_stores_what_it_took_and_takes_no_more(ledger: &impl Ledger) {
    let log = ledger.open().await;
    ledger.hold().await;
    let taken = queued(&log, batch("lamp-1", 0, 1)).await;
    let late = log.clone();
    let closing = tokio::spawn(log.close());
    ledger.release().await;
    taken.await.unwrap();
    closing.await.unwrap();
    let refused = late.append(batch("lamp-2", 0, 1)).await;
    assert!(matches!(refused, Err(AppendError::Fault(Fault::Closed { .. }))), "{refused:?}");
    assert_eq!(ledger.open().await.head(), Position(1));
}

pub(crate) async fn a_writer_that_is_held_up_too_long_says_so_and_goes_on_afterwards(ledger: &impl Ledger) {
    let patience = Duration::from_millis(300);
    let log = ledger.open_with(Settings { patience, ..Settings::default() }).await;
    log.append(batch("lamp-1", 0, 1)).await.unwrap();
    ledger.hold().await;
    let held_up = log.append(batch("lamp-1", 1, 1)).await;
    let Err(AppendError::Fault(Fault::Unavailable { trouble, .. })) = held_up else { panic!("{held_up:?}") };
    assert!(matches!(trouble, Trouble::Locked | Trouble::OutOfReach), "{trouble:?}");
    assert_eq!(log.read(Position::START, 10).await.unwrap().events.len(), 1, "readers are not held up");
    ledger.release().await;
    // What became of the one that was given up is told by its own stream.
    let version = log.read_stream(&StreamId::new("lamp", "1")).await.unwrap().len() as u64;
    let done = log.append(batch("lamp-1", version, 1)).await;
    let done = match done {
        Err(AppendError::Conflict { actual, .. }) => log.append(batch("lamp-1", actual, 1)).await.unwrap(),
        done => done.unwrap(),
    };
    assert_eq!(done.first.0, done.version, "nothing was left out and nothing is doubled");
}

/// As several processes do that get the same retries: INV-2 and INV-3 between writers that know nothing of each other.
pub(crate) async fn openers_that_race_for_the_same_streams_leave_one_winner_each(ledger: &impl Ledger) {
    let mut racers = Vec::new();
    for _ in 0..4 {
        let log = ledger.open().await;
        racers.extend((0..25).map(|stream| {
            let log = log.clone();
            tokio::spawn(async move { log.append(batch(&format!("lamp-{stream}"), 0, 2)).await })
        }));
    }
    let mut told = BTreeSet::new();
    for racer in racers {
        match racer.await.unwrap() {
            Ok(done) => assert!(told.insert(done.first.0), "a place was given twice"),
            Err(AppendError::Conflict { expected: 0, actual: 2, .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(told, (0..25).map(|at| at * 2 + 1).collect());
}
