//! Who looks at a log from beside its hub sees what is there, and leaves nothing behind.

use std::time::Duration;

use seinhuis_eventstore::inspect::{self, Schema};
use seinhuis_eventstore::proof::Book;
use seinhuis_eventstore::{AppendError, Fault, Log, Position, Settings};
use seinhuis_testkit::Postgres;

use crate::lamp::batch;

const PATIENCE: Duration = Duration::from_secs(5);

async fn looked_at(url: &str) {
    assert_eq!(inspect::log(url, PATIENCE).await.unwrap().schema, Schema::NotMade);
    assert_eq!(Book::schema(url, PATIENCE).await.unwrap(), Schema::NotMade);
    assert!(Log::look_in(url, Settings::default()).await.is_err(), "there is none");

    let log = Log::open(url).await.unwrap();
    log.append(batch("lamp-1", 0, 3)).await.unwrap();
    let seen = inspect::log(url, PATIENCE).await.unwrap();
    assert_eq!((seen.schema, seen.head, seen.last, seen.damage), (Schema::Fits, 3, 3, None));
    assert!(seen.missing_guards.is_empty(), "{:?}", seen.missing_guards);

    let beside = Log::look_in(url, Settings::default()).await.unwrap();
    log.append(batch("lamp-1", 3, 2)).await.unwrap();
    assert_eq!(beside.read(Position::START, 10).await.unwrap().events.len(), 5);
    let refused = beside.append(batch("lamp-2", 0, 1)).await;
    assert!(matches!(refused, Err(AppendError::Fault(Fault::Closed { .. }))), "{refused:?}");
    beside.close().await;
    assert_eq!(log.look().await.unwrap(), Position(5), "nothing came from beside");
    log.close().await;
}

#[tokio::test]
async fn a_log_in_a_file_is_looked_at_without_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.sqlite");
    let url = format!("sqlite:{}", path.display());
    assert_eq!(inspect::log(&url, PATIENCE).await.unwrap().schema, Schema::NotMade);
    assert!(!path.exists(), "a look makes no file");
    looked_at(&url).await;
    let file = inspect::file(&path, u64::MAX).await.unwrap();
    assert_eq!((file.journal.as_str(), file.damage.as_deref()), ("wal", Some(&[][..])));
    assert_eq!(inspect::file(&path, 0).await.unwrap().damage, None, "it is too large to be gone through");
}

#[tokio::test]
async fn a_log_in_postgresql_is_looked_at_without_a_trace() {
    let server = Postgres::start().unwrap();
    let url = server.database().unwrap();
    looked_at(&url).await;
    assert!(inspect::leases(&url, PATIENCE).await.unwrap().is_empty());
}
