//! Reading: everything that was stored, in order, a page at a time.

use std::time::Duration;

use seinhuis_domain::area::AreaCode;
use seinhuis_eventstore::{Append, Filter, NewEvent, Position, Settings, StreamId};

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

pub(crate) async fn one_area_or_one_name_is_read_in_order_up_to_a_place_that_is_told(ledger: &impl Ledger) {
    let log = ledger.open().await;
    for i in 0..6 {
        let lamp = StreamId::new("lamp", &i.to_string());
        let lighting = NewEvent::of(&lit("groen"), &context()).unwrap();
        log.append(Append { stream: lamp.clone(), expected_version: 0, events: vec![lighting] })
            .await
            .unwrap();
        log.append(batch(lamp.as_str(), 1, 2)).await.unwrap();
    }
    let area = Some(AreaCode::new("WK150900").unwrap());
    let name = Some("lamp.dimmed".to_owned());
    let read = |area: &Option<AreaCode>, name: &Option<String>, after, limit| {
        let (log, filter) = (log.clone(), Filter { area: area.clone(), name: name.clone() });
        async move {
            let page = log.read_where(&filter, Position(after), limit).await.unwrap();
            (page.events.iter().map(|event| event.position.0).collect::<Vec<_>>(), page.head.0)
        }
    };
    assert_eq!(read(&area, &None, 0, 100).await, (vec![1, 4, 7, 10, 13, 16], 18));
    assert_eq!(
        read(&area, &None, 4, 2).await,
        (vec![7, 10], 10),
        "a full page is all there is up to its end"
    );
    assert_eq!(read(&None, &name, 11, 100).await, (vec![12, 14, 15, 17, 18], 18));
    assert_eq!(read(&None, &Some("lamp.lit".into()), 7, 2).await, (vec![10, 13], 13));
    assert_eq!(read(&area, &Some("lamp.lit".into()), 13, 9).await, (vec![16], 18));
    assert_eq!(read(&area, &name, 0, 100).await, (vec![], 18), "no dimming says where");
    assert_eq!(read(&None, &None, 15, 100).await, (vec![16, 17, 18], 18));
}

pub(crate) async fn leaves_are_read_without_their_events(ledger: &impl Ledger) {
    let log = ledger.open().await;
    log.append(batch("lamp-1", 0, 9)).await.unwrap();
    let events = log.read(Position::START, 100).await.unwrap().events;
    let leaves: Vec<_> = events.iter().map(|event| event.leaf).collect();
    assert_eq!(log.leaves(Position::START, 100).await.unwrap(), leaves);
    assert_eq!(log.leaves(Position(3), 4).await.unwrap(), leaves[3..7]);
}

pub(crate) async fn a_tail_goes_along_with_what_others_write(ledger: &impl Ledger) {
    let look = Duration::from_millis(20);
    let log = ledger.open_with(Settings { look, ..Settings::default() }).await;
    let other = ledger.open().await;
    let mut tail = log.tail(Position::START);
    let following = tokio::spawn(async move {
        let mut seen = Vec::new();
        while seen.len() < 200 {
            let page = tail.next(7).await.unwrap();
            assert!((1..=7).contains(&page.events.len()));
            seen.extend(page.events.iter().map(|event| event.position.0));
            assert_eq!(tail.position().0, *seen.last().unwrap());
        }
        seen
    });
    for i in 0..100 {
        // One wakes the tail, the other one is of another process and has to be looked for.
        log.append(batch("lamp-1", i, 1)).await.unwrap();
        other.append(batch("lamp-2", i, 1)).await.unwrap();
    }
    assert_eq!(following.await.unwrap(), (1..=200).collect::<Vec<_>>());
}

pub(crate) async fn who_waits_for_a_position_reads_what_was_written_there(ledger: &impl Ledger) {
    let look = Duration::from_millis(20);
    let log = ledger.open_with(Settings { look, ..Settings::default() }).await;
    let other = ledger.open().await;
    assert_eq!(log.wait_for(Position(1), Duration::from_millis(50)).await.unwrap(), None);
    let waiting = tokio::spawn({
        let log = log.clone();
        async move { log.wait_for(Position(2), Duration::from_secs(30)).await.unwrap() }
    });
    let written = other.append(batch("lamp-1", 0, 3)).await.unwrap();
    assert_eq!(waiting.await.unwrap(), Some(Position(3)));
    assert_eq!(log.wait_for(written.first, Duration::from_secs(30)).await.unwrap(), Some(Position(3)));
    assert_eq!(log.read(Position::START, 10).await.unwrap().events.len(), 3);
    assert_eq!(log.look().await.unwrap(), Position(3));
}
