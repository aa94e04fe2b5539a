//! Wake-ups between processes.

use seinhuis_bus::Bus;
use seinhuis_testkit::Nats;

use crate::scene::{announced, linked, settings, until};

#[tokio::test]
async fn others_hear_of_the_head_and_of_read_models() {
    let nats = Nats::start().unwrap();
    let settings = settings(&nats);
    let (one, other) = (linked(&settings).await, linked(&settings).await);
    let (mut heads, mut views) = (other.heads(), other.views("views"));
    announced(&one, 1, &mut heads).await;
    for head in 1_000..=10_000 {
        one.announce(head);
    }
    one.announce_views("views", 41);
    one.announce_views("notices", 43);
    until(&mut heads, |head| *head == 10_000).await;
    until(&mut views, |position| *position == 41).await;
}

#[tokio::test]
async fn hubs_on_one_server_do_not_hear_each_other() {
    let nats = Nats::start().unwrap();
    let (here, elsewhere) = (settings(&nats), settings(&nats));
    let (one, other) = (linked(&here).await, linked(&here).await);
    let (stranger, his_other) = (linked(&elsewhere).await, linked(&elsewhere).await);
    let (mut heads, mut his_heads) = (other.heads(), his_other.heads());
    announced(&one, 1, &mut heads).await;
    announced(&stranger, 1_000_000, &mut his_heads).await;
    one.announce(1_000);
    assert_eq!(until(&mut heads, |head| *head >= 1_000).await, 1_000);
}

#[tokio::test]
async fn garbage_on_the_subjects_of_wakeups_is_ignored() {
    let nats = Nats::start().unwrap();
    let settings = settings(&nats);
    let bus = linked(&settings).await;
    let (mut heads, mut views) = (bus.heads(), bus.views("views"));
    announced(&linked(&settings).await, 1, &mut heads).await;
    let client = async_nats::connect(nats.url()).await.unwrap();
    let garbage = ["", "0", "-5", "nonsense", "18446744073709551615", "1e9", "7 8", "\u{0}\u{0}"];
    for (subject, text) in ["head", "views.views", "views", "views.", "head.head"]
        .iter()
        .flat_map(|subject| garbage.map(|text| (subject.trim_end_matches('.'), text)))
    {
        let subject = format!("{}.hint.{subject}", settings.prefix);
        client.publish(subject, text.to_owned().into()).await.unwrap();
    }
    client.publish(format!("{}.hint.head", settings.prefix), vec![b'9'; 1 << 19].into()).await.unwrap();
    client.publish(format!("{}.hint.views.views", settings.prefix), "5".into()).await.unwrap();
    client.publish(format!("{}.hint.head", settings.prefix), "7".into()).await.unwrap();
    assert_eq!(until(&mut views, |position| *position > 0).await, 5);
    assert_eq!(until(&mut heads, |head| *head >= 7).await, 7);
}

#[tokio::test]
async fn a_bus_starts_without_its_server_and_says_the_last_once_it_is_there() {
    let mut nats = Nats::start_private().unwrap();
    let settings = settings(&nats);
    nats.kill().unwrap();
    let (one, other) =
        (Bus::connect(settings.clone()).await.unwrap(), Bus::connect(settings.clone()).await.unwrap());
    let mut heads = other.heads();
    // Ever so many, with nowhere to go: none of them waits.
    for head in 1..=1_000_000 {
        one.announce(head);
    }
    assert_eq!(*one.heads().borrow(), 1_000_000);
    nats.restart().unwrap();
    until(&mut other.linked().unwrap(), |linked| *linked).await;
    until(&mut one.linked().unwrap(), |linked| *linked).await;
    // Said when the connection was made; again now, for one that connected later.
    announced(&one, 1_000_001, &mut heads).await;
}

#[tokio::test]
async fn after_a_restart_of_the_server_wakeups_go_on() {
    let mut nats = Nats::start_private().unwrap();
    let settings = settings(&nats);
    let (one, other) = (linked(&settings).await, linked(&settings).await);
    let mut heads = other.heads();
    announced(&one, 1, &mut heads).await;
    nats.kill().unwrap();
    until(&mut other.linked().unwrap(), |linked| !*linked).await;
    until(&mut one.linked().unwrap(), |linked| !*linked).await;
    one.announce(1_000);
    nats.restart().unwrap();
    until(&mut other.linked().unwrap(), |linked| *linked).await;
    until(&mut one.linked().unwrap(), |linked| *linked).await;
    announced(&one, 1_001, &mut heads).await;
}

#[tokio::test]
async fn a_bus_that_is_dropped_lets_go_of_its_connection() {
    let nats = Nats::start().unwrap();
    let settings = settings(&nats);
    let bus = linked(&settings).await;
    let mut told = bus.linked().unwrap();
    drop(bus);
    // The voice ends with the connection.
    let gone = async { while told.changed().await.is_ok() {} };
    tokio::time::timeout(crate::scene::PATIENCE, gone).await.unwrap();
}
