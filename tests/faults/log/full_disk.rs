//! The disk is full: appends end in a fault that says so, readers go on, and so do writers once there is room again
//! (INV-1).

use jiff::Timestamp;
use seinhuis_eventstore::{AppendError, Fault, Log, Position, StreamId, Trouble, verify};
use seinhuis_testkit::{Heard, Postgres, SmallDisk};
use seinhuis_tests::batch::batch;

/// Bytes of a payload: a few of them fill what is left of the pages at hand.
const LARGE: usize = 64 << 10;
/// Appends after which a full disk must have been noticed.
const MOST: u64 = 400;

/// Appends one large event to the stream at `version`.
async fn append(log: &Log, version: u64) -> Result<Position, AppendError> {
    let mut batch = batch("a", &StreamId::new("lamp", "1"), version, Timestamp::UNIX_EPOCH).unwrap();
    batch.events.truncate(1);
    // Nothing that could be pressed into less.
    let mut rng = fastrand::Rng::with_seed(version);
    batch.events[0].payload = std::iter::repeat_with(|| rng.u8(..)).take(LARGE).collect();
    Ok(log.append(batch).await?.last)
}

async fn a_disk_that_fills_and_is_given_room(url: &str, disk: &SmallDisk) {
    let heard = Heard::begin();
    let log = Log::open(url).await.unwrap();
    let mut stored = 0;
    for _ in 0..3 {
        stored = append(&log, stored).await.unwrap().0;
    }
    disk.fill().unwrap();
    let fault = loop {
        match append(&log, stored).await {
            Ok(position) => stored = position.0,
            Err(error) => break error,
        }
        assert!(stored < MOST, "the disk never fills");
    };
    let AppendError::Fault(Fault::Unavailable { trouble, .. }) = &fault else { panic!("{fault:?}") };
    assert_eq!(*trouble, Trouble::Full, "{fault:?}");
    let said = heard.text();
    assert!(said.contains("ERROR") && said.contains("its disk is full"), "{said}");
    let page = log.read(Position::START, 1_000).await.unwrap();
    assert_eq!(page.events.len() as u64, stored, "readers go on, and nothing acknowledged is lost");

    disk.make_room().unwrap();
    for _ in 0..3 {
        assert_eq!(append(&log, stored).await.unwrap(), Position(stored + 1), "no restart, no gap");
        stored += 1;
    }
    log.close().await;
    let log = Log::open(url).await.unwrap();
    let verdict = verify(&log).await.unwrap();
    assert!(verdict.is_sound(), "{:?}", verdict.findings);
    assert_eq!(verdict.events, stored);
    log.close().await;
    println!("{stored} events, none lost");
}

#[tokio::test]
async fn inv1_on_sqlite_a_full_disk_is_said_to_be_full_and_gone_on_with_once_there_is_room() {
    let Some(disk) = SmallDisk::mount(6).unwrap() else { return };
    let url = format!("sqlite:{}", disk.path().join("log.sqlite").display());
    a_disk_that_fills_and_is_given_room(&url, &disk).await;
}

/// The tables lie on the small disk, the server's own files elsewhere.
#[tokio::test]
async fn inv1_on_postgres_a_full_disk_is_said_to_be_full_and_gone_on_with_once_there_is_room() {
    let Some(disk) = SmallDisk::mount(32).unwrap() else { return };
    let server = Postgres::start_private(&[]).unwrap();
    let url = server.database_on(disk.path()).unwrap();
    a_disk_that_fills_and_is_given_room(&url, &disk).await;
}
