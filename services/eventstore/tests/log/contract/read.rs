//! Reading: everything that was stored, in order, a page at a time.

use seinhuis_eventstore::{Append, NewEvent, Position, StreamId};

use super::Ledger;
use crate::lamp::{Event, batch, context, lit};

pub(crate) async fn what_was_stored_comes_back_to_the_byte_also_after_reopening(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let stream = StreamId::new("lamp", "1");
    let new = NewEvent::of(&lit("groen"), &context()).unwrap();
    log.append(Append { stream: stream.clone(), expected_version: 0, events: vec![new.clone()] })
        .await
        .unwrap();
    log.append(batch("lamp-1", 1, 1)).await.unwrap();
    log.close().await;

    let log = ledger.open().await;
    assert_eq!(log.head(), Position(2));
    let stored = log.read_stream(&stream).await.unwrap();
    let first = &stored[0];
    assert_eq!((first.position, first.version, &first.stream), (Position(1), 1, &stream));
    assert_eq!((&first.name, first.schema, &first.actor), (&new.name, new.schema, &new.actor));
    assert_eq!((first.recorded_at, &first.area), (new.recorded_at, &new.area));
    assert_eq!((&first.trace, &first.payload, &first.sealed), (&new.trace, &new.payload, &new.sealed));
    assert_eq!(first.decode::<Event>().unwrap(), lit("groen"));
    assert_eq!(stored[1].decode::<Event>().unwrap(), Event::Dimmed { by: 0 });
    assert_eq!((&stored[1].area, &stored[1].sealed), (&None, &None));
}

pub(crate) async fn pages_follow_one_another_without_gap_or_overlap(ledger: &impl Ledger) {
    let log = ledger.open().await;
    for i in 0..25 {
        log.append(batch(&format!("lamp-{i}"), 0, 1)).await.unwrap();
    }
    let (mut after, mut seen) = (Position::START, Vec::new());
    loop {
        let page = log.read(after, 10).await.unwrap();
        assert_eq!(page.head, Position(25));
        let Some(last) = page.events.last() else { break };
        after = last.position;
        seen.push(page.events.len());
    }
    assert_eq!((seen, after), (vec![10, 10, 5], Position(25)));
    assert_eq!(log.read_stream(&StreamId::new("lamp", "none")).await.unwrap(), []);
}

pub(crate) async fn one_type_is_read_without_its_neighbours(ledger: &impl Ledger) {
    let log = ledger.open().await;
    for stream in ["lamp-2", "lam-1", "lamp_post-1", "lamp-1", "lampe-1", "lamp0-1", "lamp-3"] {
        log.append(batch(stream, 0, 1)).await.unwrap();
    }
    log.append(batch("lamp-1", 1, 1)).await.unwrap();
    let found = async |after, limit| {
        let events = log.read_kind("lamp", Position(after), limit).await.unwrap();
        events.into_iter().map(|event| (event.position.0, event.stream.to_string())).collect::<Vec<_>>()
    };
    let all = [(1, "lamp-2"), (4, "lamp-1"), (7, "lamp-3"), (8, "lamp-1")].map(|(p, s)| (p, s.to_owned()));
    assert_eq!(found(0, 100).await, all);
    assert_eq!(found(1, 2).await, all[1..3]);
}

pub(crate) async fn a_watcher_wakes_when_the_log_grows_past_his_position(ledger: &impl Ledger) {
    let log = ledger.open().await;
    log.append(batch("lamp-1", 0, 3)).await.unwrap();
    let mut watch = log.watch();
    assert_eq!(watch.past(Position(2)).await, Position(3));
    let watcher = tokio::spawn(async move { watch.past(Position(3)).await });
    log.append(batch("lamp-2", 0, 2)).await.unwrap();
    assert_eq!(watcher.await.unwrap(), Position(5));
}

pub(crate) async fn a_watcher_never_wakes_before_the_event_can_be_read(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let reader = tokio::spawn({
        let log = log.clone();
        async move {
            let (mut watch, mut after) = (log.watch(), Position::START);
            while after < Position(200) {
                let head = watch.past(after).await;
                let page = log.read(after, 1_000).await.unwrap();
                let last = page.events.last().map(|event| event.position);
                assert!(last >= Some(head), "woken for {head}, read up to {last:?}");
                after = page.head;
            }
        }
    });
    for i in 0..200 {
        log.append(batch("lamp-1", i, 1)).await.unwrap();
    }
    reader.await.unwrap();
}

/// Two processes over one log, as a server and a command beside it.
pub(crate) async fn a_second_opener_writes_and_reads_the_same_log(ledger: &impl Ledger) {
    let (one, other) = (ledger.open().await, ledger.open().await);
    one.append(batch("lamp-1", 0, 1)).await.unwrap();
    let done = other.append(batch("lamp-1", 1, 1)).await.unwrap();
    assert_eq!(done.first, Position(2));
    assert_eq!(one.head(), Position(1), "a hint only, until it reads");
    assert_eq!(one.read(Position::START, 10).await.unwrap().head, Position(2));
    assert_eq!(one.head(), Position(2));
    assert_eq!(one.append(batch("lamp-2", 0, 1)).await.unwrap().first, Position(3));
}
