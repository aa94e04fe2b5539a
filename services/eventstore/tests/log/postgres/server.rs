//! What the server around the log may be like, and how its schema comes up to date.

use seinhuis_eventstore::{AppendError, Fault, Log, Position, Trouble};
use seinhuis_testkit::Postgres;

use super::PostgresLedger;
use crate::contract::Ledger;
use crate::lamp::batch;

/// INV-1: an append is durable whatever the database's default is.
#[tokio::test]
async fn a_database_that_commits_in_memory_by_default_is_made_to_wait_for_the_disk() {
    let ledger = PostgresLedger::new();
    let database = ledger.direct.rsplit('/').next().unwrap().to_owned();
    ledger.run(&format!("ALTER DATABASE {database} SET synchronous_commit = off")).await;
    let log = ledger.open().await;
    // The commit itself tells: a trigger that fires when the transaction ends sees the setting it ends with.
    ledger
        .run(
            "CREATE TABLE seen (setting text);
             CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER look AFTER INSERT ON seinhuis.event DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION look()",
        )
        .await;
    log.append(batch("lamp-1", 0, 1)).await.unwrap();
    assert_eq!(ledger.server.psql(&database, "SELECT setting FROM seen").unwrap(), "on");
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_acknowledged_is_refused() {
    for setting in ["fsync=off", "full_page_writes=off"] {
        let server = Postgres::start_private(&[setting]).unwrap();
        let refused = Log::open(&server.database().unwrap()).await.unwrap_err();
        assert!(refused.to_string().contains("may lose what it acknowledged"), "{refused}");
    }
}

#[tokio::test]
async fn a_database_that_takes_no_writes_says_so_and_goes_on_once_it_does() {
    let ledger = PostgresLedger::new();
    let database = ledger.direct.rsplit('/').next().unwrap().to_owned();
    let log = ledger.open().await;
    log.append(batch("lamp-1", 0, 1)).await.unwrap();
    log.close().await;
    ledger.run(&format!("ALTER DATABASE {database} SET default_transaction_read_only = on")).await;
    let log = ledger.open().await;
    let refused = log.append(batch("lamp-1", 1, 1)).await;
    let Err(AppendError::Fault(Fault::Unavailable { trouble: Trouble::ReadOnly, .. })) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(log.read(Position::START, 10).await.unwrap().events.len(), 1);
    ledger
        .run(&format!("SET transaction_read_only = off; ALTER DATABASE {database} SET default_transaction_read_only = off"))
        .await;
    assert_eq!(log.append(batch("lamp-1", 1, 1)).await.unwrap().first, Position(2));
}

#[tokio::test]
async fn many_that_open_an_empty_database_at_once_make_one_log() {
    let ledger = PostgresLedger::new();
    let openers: Vec<_> = (0..8)
        .map(|i| {
            let url = ledger.url().to_owned();
            tokio::spawn(async move {
                Log::open(&url).await.unwrap().append(batch(&format!("lamp-{i}"), 0, 1)).await.unwrap()
            })
        })
        .collect();
    let mut places = Vec::new();
    for opener in openers {
        places.push(opener.await.unwrap().first.0);
    }
    places.sort_unstable();
    assert_eq!(places, (1..=8).collect::<Vec<_>>());
}

/// A newer program has been here and added what this one needn't know; or changed what it must.
#[tokio::test]
async fn a_newer_schema_is_worked_with_if_it_says_that_it_can_be() {
    let ledger = PostgresLedger::new();
    let log = ledger.open().await;
    ledger.run("INSERT INTO seinhuis.step (number, oldest) VALUES (3, 1)").await;
    log.append(batch("lamp-1", 0, 1)).await.unwrap();
    assert_eq!(ledger.open().await.append(batch("lamp-1", 1, 1)).await.unwrap().first, Position(2));
    ledger.run("INSERT INTO seinhuis.step (number, oldest) VALUES (4, 4)").await;
    let refused = Log::open(ledger.url()).await.unwrap_err();
    assert!(refused.to_string().contains("needs a program that knows 4 steps"), "{refused}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_a_fault_without_its_password() {
    let port = seinhuis_testkit::free_port().unwrap();
    let nobody = Log::open(&format!("postgres://hub:secret@127.0.0.1:{port}/none")).await.unwrap_err();
    assert!(matches!(nobody, Fault::Unavailable { trouble: Trouble::OutOfReach, .. }), "{nobody:?}");
    assert!(!format!("{nobody:?}").contains("secret"));
}
