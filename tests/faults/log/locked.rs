//! Another process holds the lock of the SQLite file: it stands still in the middle of an append.

use std::time::Duration;

use jiff::Timestamp;
use seinhuis_eventstore::{AppendError, Appended, Fault, Log, Position, Settings, StreamId, Trouble};
use seinhuis_testkit::signal;
use seinhuis_tests::batch::batch;

use crate::appender::Appender;
use crate::oracle::Oracle;
use crate::place::{File, Place};

/// How long we wait for the lock.
const PATIENCE: Duration = Duration::from_millis(200);
/// How often the other one is stopped, until it stands still while it holds the lock.
const TRIES: usize = 200;

async fn append(log: &Log, version: u64) -> Result<Appended, AppendError> {
    log.append(batch("us", &StreamId::new("lamp", "ours"), version, Timestamp::UNIX_EPOCH).unwrap()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_a_file_locked_by_a_process_that_stands_still_is_said_to_be_locked_and_gone_on_with() {
    let file = File::new();
    let callers: Vec<String> = (0..8).map(|caller| format!("lamp-{caller} 0")).collect();
    let log =
        Log::open_with(&file.url(), Settings { patience: PATIENCE, ..Settings::default() }).await.unwrap();
    let mut other = Appender::start(&file.url(), "other", &callers, &[]);
    let mut version = 0;
    let fault = 'stopped: {
        for _ in 0..TRIES {
            other.stored(1).await;
            signal("STOP", other.pid()).unwrap();
            match append(&log, version).await {
                Ok(done) => version = done.version,
                Err(fault) => break 'stopped fault,
            }
            signal("CONT", other.pid()).unwrap();
        }
        panic!("it never stood still with the lock in its hands");
    };
    let AppendError::Fault(Fault::Unavailable { trouble: Trouble::Locked, .. }) = fault else {
        panic!("{fault:?}")
    };
    assert!(!log.read(Position::START, 1).await.unwrap().events.is_empty(), "readers go on");

    // Its death frees the lock, and what it had not committed is not there.
    let mut oracle = Oracle::default();
    oracle.take("other", &other.kill());
    append(&log, version).await.unwrap();
    oracle.audit(&log).await;
    log.close().await;
}
