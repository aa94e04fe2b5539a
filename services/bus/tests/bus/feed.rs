//! The feed in JetStream.

use std::time::Duration;

use seinhuis_bus::Fault;
use seinhuis_testkit::{Nats, signal};

use crate::scene::{kept, linked, numbers, page, publish, settings, through_a_proxy};

#[tokio::test]
async fn messages_stand_in_order_with_their_ids_subjects_and_headers() {
    let nats = Nats::start().unwrap();
    let settings = settings(&nats);
    let mut feed = linked(&settings).await.feed().unwrap();
    feed.publish(&page(1, 700)).await.unwrap();
    feed.publish(&[]).await.unwrap();
    feed.publish(&page(701, 702)).await.unwrap();
    assert_eq!(numbers(&settings).await, (1..=702).collect::<Vec<_>>());
    let last = kept(&settings).await.pop().unwrap();
    assert_eq!(last.subject.as_str(), format!("{}.feed.WK150902.case.opened", settings.prefix));
    assert_eq!(last.headers.get("Nats-Msg-Id").unwrap().as_str(), "00000000000000000702");
    assert_eq!(last.headers.get("Content-Type").unwrap().as_str(), "application/json");
    assert_eq!(&last.payload[..], b"{\"number\":702}");
}

#[tokio::test]
async fn what_is_published_again_stands_there_once() {
    let nats = Nats::start().unwrap();
    let settings = settings(&nats);
    let bus = linked(&settings).await;
    bus.feed().unwrap().publish(&page(1, 20)).await.unwrap();
    // As after a crash between publishing and remembering it.
    let mut again = bus.feed().unwrap();
    again.publish(&page(11, 30)).await.unwrap();
    again.publish(&page(1, 5)).await.unwrap();
    assert_eq!(numbers(&settings).await, (1..=30).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_page_that_the_server_remembers_in_part_is_gone_on_with() {
    let nats = Nats::start().unwrap();
    let mut settings = settings(&nats);
    settings.feed.duplicates = Duration::from_millis(400);
    let mut feed = linked(&settings).await.feed().unwrap();
    feed.publish(&page(1, 4)).await.unwrap();
    // Until the server has forgotten the first and takes it as new.
    tokio::time::timeout(crate::scene::PATIENCE, async {
        while numbers(&settings).await.len() == 4 {
            feed.publish(&page(1, 1)).await.unwrap();
        }
    })
    .await
    .unwrap();
    feed.publish(&page(9, 9)).await.unwrap();
    // What it remembers of these it does not keep again, and so the last of them isn't the last before 5.
    feed.publish(&page(1, 6)).await.unwrap();
    let numbers = numbers(&settings).await;
    assert!(numbers.ends_with(&[5, 6]), "{numbers:?}");
}

#[tokio::test]
async fn a_server_killed_in_the_middle_of_a_page_keeps_it_whole_and_in_order() {
    let mut nats = Nats::start_private().unwrap();
    let settings = settings(&nats);
    let mut feed = linked(&settings).await.feed().unwrap();
    feed.publish(&page(1, 10)).await.unwrap();
    for round in 1..=3 {
        let first = 10_000 * round;
        let publishing = tokio::spawn(async move {
            let tries = publish(&mut feed, &page(first, first + 4_999)).await;
            (feed, tries)
        });
        tokio::time::timeout(crate::scene::PATIENCE, async { while !has_begun(&settings, first).await {} })
            .await
            .unwrap();
        nats.kill().unwrap();
        nats.restart().unwrap();
        (feed, _) = publishing.await.unwrap();
    }
    let numbers = numbers(&settings).await;
    let wanted: Vec<u64> =
        (1..=10).chain((1..=3).flat_map(|round| 10_000 * round..10_000 * round + 5_000)).collect();
    assert_eq!(numbers, wanted);
}

#[tokio::test]
async fn a_connection_cut_in_the_middle_of_a_page_lets_no_message_overtake_another() {
    let nats = Nats::start_private().unwrap();
    let (direct, settings, proxy) = through_a_proxy(&nats);
    let mut feed = linked(&settings).await.feed().unwrap();
    feed.publish(&page(1, 1)).await.unwrap();
    // Large ones, so that some are still on this side when the connection breaks.
    let mut large = page(2, 600);
    large.iter_mut().for_each(|message| message.body = vec![b' '; 300_000]);
    for first in (0..600).step_by(200) {
        let piece = large[first..large.len().min(first + 200)].to_vec();
        let number = u64::try_from(first).unwrap() + 2;
        let publishing = tokio::spawn(async move {
            publish(&mut feed, &piece).await;
            feed
        });
        while !has_begun(&direct, number).await {}
        proxy.cut();
        feed = publishing.await.unwrap();
    }
    assert_eq!(numbers(&direct).await, (1..=600).collect::<Vec<_>>());
}

/// Whether some of the page that begins with `first` stands in the stream.
async fn has_begun(settings: &seinhuis_bus::Settings, first: u64) -> bool {
    let client = async_nats::connect(settings.urls[0].as_str()).await.unwrap();
    let stream = async_nats::jetstream::new(client).get_stream(&settings.feed.stream).await.unwrap();
    let last = stream.cached_info().state.last_sequence;
    let message = stream.get_raw_message(last).await.unwrap();
    message.headers.get("Number").unwrap().as_str().parse::<u64>().unwrap() >= first
}

#[tokio::test]
async fn a_server_that_lost_its_files_gets_a_new_stream_and_the_feed_goes_on() {
    let mut nats = Nats::start_private().unwrap();
    let settings = settings(&nats);
    let mut feed = linked(&settings).await.feed().unwrap();
    feed.publish(&page(1, 10)).await.unwrap();
    nats.wipe().unwrap();
    publish(&mut feed, &page(11, 20)).await;
    assert_eq!(numbers(&settings).await, (11..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_stream_that_somebody_deleted_is_made_anew() {
    let nats = Nats::start().unwrap();
    let settings = settings(&nats);
    let mut feed = linked(&settings).await.feed().unwrap();
    feed.publish(&page(1, 3)).await.unwrap();
    let client = async_nats::connect(nats.url()).await.unwrap();
    async_nats::jetstream::new(client).delete_stream(&settings.feed.stream).await.unwrap();
    assert_eq!(publish(&mut feed, &page(4, 6)).await, 2);
    assert_eq!(numbers(&settings).await, [4, 5, 6]);
}

#[tokio::test]
async fn an_answer_that_is_lost_costs_a_second_try_and_no_second_copy() {
    let nats = Nats::start_private().unwrap();
    let (direct, settings, proxy) = through_a_proxy(&nats);
    let mut feed = linked(&settings).await.feed().unwrap();
    feed.publish(&page(1, 5)).await.unwrap();
    proxy.lose_answer(b"00000000000000000008");
    assert!(publish(&mut feed, &page(6, 10)).await > 1);
    assert_eq!(numbers(&direct).await, (1..=10).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_oldest_go_when_the_feed_outgrows_its_room() {
    let nats = Nats::start().unwrap();
    let mut settings = settings(&nats);
    settings.feed.bytes = 20_000;
    let mut feed = linked(&settings).await.feed().unwrap();
    feed.publish(&page(1, 1_000)).await.unwrap();
    let kept = numbers(&settings).await;
    assert!(kept.len() < 500 && kept.last() == Some(&1_000), "{kept:?}");
    // Changed settings are those of the stream from the next connection on.
    settings.feed.bytes = 2_000_000;
    linked(&settings).await.feed().unwrap().publish(&page(1_001, 2_000)).await.unwrap();
    assert!(numbers(&settings).await.len() > 1_000);
}

#[tokio::test]
async fn without_a_server_publishing_is_a_fault_that_says_so() {
    let mut nats = Nats::start_private().unwrap();
    let settings = settings(&nats);
    let mut feed = linked(&settings).await.feed().unwrap();
    nats.kill().unwrap();
    let fault = feed.publish(&page(1, 1)).await.unwrap_err();
    assert!(matches!(fault, Fault::Unreachable { .. }), "{fault}");
    nats.restart().unwrap();
    publish(&mut feed, &page(1, 1)).await;
    assert_eq!(numbers(&settings).await, [1]);
}

#[tokio::test]
async fn a_server_that_stands_still_is_a_fault_in_seconds_and_gone_on_with_when_it_moves() {
    let nats = Nats::start_private().unwrap();
    let settings = settings(&nats);
    let mut feed = linked(&settings).await.feed().unwrap();
    feed.publish(&page(1, 10)).await.unwrap();
    signal("STOP", nats.pid().unwrap()).unwrap();
    let fault = tokio::time::timeout(crate::scene::PATIENCE, feed.publish(&page(11, 400))).await.unwrap();
    assert!(matches!(fault, Err(Fault::JetStream { .. })), "{fault:?}");
    signal("CONT", nats.pid().unwrap()).unwrap();
    // What still lay before the server when it stood still arrives beside this, and keeps its order.
    publish(&mut feed, &page(11, 900)).await;
    assert_eq!(numbers(&settings).await, (1..=900).collect::<Vec<_>>());
}
