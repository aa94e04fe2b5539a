//! What is stored is damaged: readers get what comes before, and are told where it is.

use seinhuis_eventstore::{AppendError, Fault, Log, Position, StreamId, Trouble, verify};

use super::SqliteLedger;
use crate::contract::Ledger;
use crate::lamp::batch;

/// Reads on, by pages that would hold all of it, until a fault, which it gives with how many events came before.
async fn read_until_fault(log: &Log) -> (u64, Fault) {
    let mut tail = log.tail(Position::START);
    loop {
        if let Err(fault) = tail.next(10_000).await {
            return (tail.position().0, fault);
        }
    }
}

#[tokio::test]
async fn a_damaged_row_ends_the_page_before_it_and_is_named_to_who_goes_on() {
    let ledger = SqliteLedger::new();
    let log = ledger.open().await;
    log.append(batch("lamp-1", 0, 100)).await.unwrap();
    let mut around = ledger.connect().await;
    let spoil =
        "DROP TRIGGER event_never_changes; UPDATE event SET actor = CAST(x'ff' AS TEXT) WHERE position = 71";
    sqlx::raw_sql(spoil).execute(&mut around).await.unwrap();
    let (read, fault) = read_until_fault(&log).await;
    assert_eq!(read, 70);
    assert!(matches!(fault, Fault::Corrupt { position: Position(71), .. }), "{fault:?}");
    let found = verify(&log).await.unwrap().findings;
    assert!(found.iter().any(|finding| finding.position == Position(71)), "{found:?}");
}

#[tokio::test]
async fn a_page_that_is_no_page_ends_reading_before_it_and_names_the_event() {
    let ledger = SqliteLedger::new();
    let log = ledger.open().await;
    for stream in 0..40 {
        log.append(batch(&format!("lamp-{stream}"), 0, 50)).await.unwrap();
    }
    log.close().await;
    let mut bytes = std::fs::read(ledger.path()).unwrap();
    // The last row of the table that holds an actor lies in a page of its own kind: the last leaf of the table.
    let actor = b"partner:wonion";
    let at = bytes.windows(actor.len()).rposition(|window| window == actor).unwrap();
    let page = at / 4_096 * 4_096;
    bytes[page..page + 4_096].fill(0xAA);
    std::fs::write(ledger.path(), bytes).unwrap();

    let log = ledger.open().await;
    let (read, fault) = read_until_fault(&log).await;
    assert!((1..2_000).contains(&read), "{read}");
    let Fault::Corrupt { position, .. } = fault else { panic!("{fault:?}") };
    assert_eq!(position, Position(read + 1));
    let found = verify(&log).await.unwrap().findings;
    assert!(found.iter().any(|finding| finding.what.contains("the file is damaged")), "{found:?}");
    // A stream that lies elsewhere is read as ever, and one that lies there is not.
    assert_eq!(log.read_stream(&StreamId::new("lamp", "0")).await.unwrap().len(), 50);
    let damaged = log.read_stream(&StreamId::new("lamp", "39")).await.unwrap_err();
    assert!(matches!(damaged, Fault::Unavailable { trouble: Trouble::Damaged, .. }), "{damaged:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_a_fault_that_says_so() {
    let ledger = SqliteLedger::new();
    std::fs::write(ledger.path(), vec![0xAA; 8_192]).unwrap();
    let url = format!("sqlite:{}", ledger.path().display());
    let fault = Log::open(&url).await.unwrap_err();
    assert!(matches!(fault, Fault::Unavailable { trouble: Trouble::Damaged, .. }), "{fault:?}");
}

/// The order of the log is that of its positions, whatever clocks say.
#[tokio::test]
async fn a_clock_that_steps_back_changes_nothing_of_the_order() {
    let ledger = SqliteLedger::new();
    let log = ledger.open().await;
    let mut earlier = batch("lamp-1", 1, 1);
    log.append(batch("lamp-1", 0, 1)).await.unwrap();
    earlier.events[0].recorded_at = "2020-01-01T00:00:00Z".parse().unwrap();
    let done: Result<_, AppendError> = log.append(earlier).await;
    assert_eq!(done.unwrap().first, Position(2));
    let events = log.read(Position::START, 10).await.unwrap().events;
    assert!(events[1].recorded_at < events[0].recorded_at && events[1].position > events[0].position);
    assert!(verify(&log).await.unwrap().is_sound());
}
