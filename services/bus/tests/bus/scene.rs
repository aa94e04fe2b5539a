//! A server, buses on it, and what stands in the feed.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use seinhuis_bus::{Bus, Message, Settings};
use seinhuis_testkit::{Nats, Proxy};
use tokio::sync::watch;

/// How long anything may take, on a machine that compiles beside it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Settings for a hub of its own on `nats`.
pub(crate) fn settings(nats: &Nats) -> Settings {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let hub = format!("test-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut settings = Settings::at(nats.url());
    settings.feed.stream = format!("FEED-{hub}");
    settings.prefix = hub;
    settings
}

/// Settings for a hub of its own that reaches `nats` by way of a proxy, after those that reach it directly.
pub(crate) fn through_a_proxy(nats: &Nats) -> (Settings, Settings, Proxy) {
    let direct = settings(nats);
    let proxy = Proxy::start(nats.port().unwrap()).unwrap();
    let by_way = Settings { urls: vec![proxy.address(nats.url()).unwrap()], ..direct.clone() };
    (direct, by_way, proxy)
}

/// A bus that has its connection.
pub(crate) async fn linked(settings: &Settings) -> Bus {
    let bus = Bus::connect(settings.clone()).await.unwrap();
    until(&mut bus.linked().unwrap(), |linked| *linked).await;
    bus
}

/// Announces heads from `from` on until one of them is heard: a first one may be said before the other listens.
pub(crate) async fn announced(bus: &Bus, from: u64, heard: &mut watch::Receiver<u64>) {
    let announcing = async {
        for head in from.. {
            bus.announce(head);
            let there = heard.wait_for(|heard| *heard >= from);
            if tokio::time::timeout(Duration::from_millis(50), there).await.is_ok() {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, announcing).await.unwrap();
}

/// Waits until a value is as it should be.
pub(crate) async fn until<T: Copy + std::fmt::Debug>(
    told: &mut watch::Receiver<T>,
    fits: impl FnMut(&T) -> bool,
) -> T {
    let value = tokio::time::timeout(PATIENCE, told.wait_for(fits)).await.map(|value| *value.unwrap());
    value.unwrap_or_else(|_| panic!("it is still {:?}", *told.borrow()))
}

/// Messages with the numbers `from` up to and with `to`.
pub(crate) fn page(from: u64, to: u64) -> Vec<Message> {
    let message = |number: u64| Message {
        subject: format!("WK15090{}.case.opened", number % 10),
        id: format!("{number:020}"),
        body: format!("{{\"number\":{number}}}").into_bytes(),
        headers: vec![("Content-Type", "application/json".into()), ("Number", number.to_string())],
    };
    (from..=to).map(message).collect()
}

/// What stands in the feed, oldest first: subject, body and headers.
pub(crate) async fn kept(settings: &Settings) -> Vec<async_nats::jetstream::message::StreamMessage> {
    let client = async_nats::connect(settings.urls[0].as_str()).await.unwrap();
    let stream = async_nats::jetstream::new(client).get_stream(&settings.feed.stream).await.unwrap();
    let state = &stream.cached_info().state;
    let mut kept = Vec::new();
    // A stream that holds nothing yet says that it begins at 0, which no message has.
    for sequence in state.first_sequence.max(1)..=state.last_sequence {
        kept.push(stream.get_raw_message(sequence).await.unwrap());
    }
    kept
}

/// The numbers of what stands in the feed.
pub(crate) async fn numbers(settings: &Settings) -> Vec<u64> {
    let number = |message: async_nats::jetstream::message::StreamMessage| {
        message.headers.get("Number").unwrap().as_str().parse().unwrap()
    };
    kept(settings).await.into_iter().map(number).collect()
}

/// Publishes as a role does: again until it is acknowledged. Tells how often it took.
pub(crate) async fn publish(feed: &mut seinhuis_bus::Feed, page: &[Message]) -> u32 {
    let publishing = async {
        let mut tries = 1;
        while let Err(fault) = feed.publish(page).await {
            tries += 1;
            assert!(matches!(
                fault,
                seinhuis_bus::Fault::Unreachable { .. } | seinhuis_bus::Fault::JetStream { .. }
            ));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tries
    };
    tokio::time::timeout(PATIENCE, publishing).await.unwrap()
}
