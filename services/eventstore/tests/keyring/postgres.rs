//! PostgreSQL keeps the contract, alone and behind a pooler, and is used as carefully as the log's.

use std::sync::Arc;

use seinhuis_eventstore::Fault;
use seinhuis_eventstore::keyring::{Erasure, Keyring};
use seinhuis_runtime::Entropy;
use seinhuis_testkit::Postgres;

use crate::contract::person;
use crate::home::Home;

crate::run_contract! { Home::postgres() }

mod pooled {
    use crate::home::Home;

    crate::run_contract! { Home::pooled() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_open_an_empty_database_at_once_make_one_key_store() {
    let home = Arc::new(Home::postgres());
    // The master key is the municipality's; what is raced for is the schema and the index key.
    home.open().await.close().await;
    home.psql("DROP SCHEMA seinhuis_keys CASCADE");
    let openers: Vec<_> = (2..10)
        .map(|seed| {
            let home = Arc::clone(&home);
            tokio::spawn(async move {
                let keyring = home.try_open(seed).await.unwrap();
                keyring.pseudonyms(&[person("jan"), person("piet")]).await.unwrap()
            })
        })
        .collect();
    let mut told = Vec::new();
    for opener in openers {
        told.push(opener.await.unwrap());
    }
    assert!(told.iter().all(|subjects| *subjects == told[0]), "{told:?}");
    assert_eq!(home.psql("SELECT count(*) FROM seinhuis_keys.subject"), "2");
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_acknowledged_is_refused() {
    let server = Postgres::start_private(&["fsync=off"]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let master = folder.path().join("master.key");
    let refused = Keyring::open(server.database().unwrap(), &master, Entropy::seeded(1)).await.unwrap_err();
    assert!(refused.to_string().contains("may lose what it acknowledged"), "{refused}");
    assert!(!master.exists(), "a refused store leaves no master key behind");
}

/// INV-1 holds for keys too: what was sealed under a key that the disk never saw is lost.
#[tokio::test]
async fn a_database_that_commits_in_memory_by_default_is_made_to_wait_for_the_disk() {
    let home = Home::postgres();
    let keyring = home.open().await;
    home.psql(
        "CREATE TABLE seen (setting text);
         CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER look AFTER INSERT ON seinhuis_keys.subject DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION look()",
    );
    let name = home.at().rsplit('/').next().unwrap();
    home.psql(&format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    keyring.close().await;
    home.open().await.pseudonyms(&[person("jan")]).await.unwrap();
    assert_eq!(home.psql("SELECT setting FROM seen"), "on");
}

#[tokio::test]
async fn an_erased_subject_leaves_its_tables_and_a_tombstone_stays() {
    let home = Home::postgres();
    let keyring = home.open().await;
    let both = keyring.pseudonyms(&[person("jan"), person("piet")]).await.unwrap();
    assert_eq!(keyring.erase(both[0]).await.unwrap(), Erasure::Done);
    let jan = format!("'\\x{}'", both[0].0.simple());
    assert_eq!(home.psql(&format!("SELECT count(*) FROM seinhuis_keys.subject WHERE id = {jan}")), "0");
    assert_eq!(home.psql(&format!("SELECT count(*) FROM seinhuis_keys.erased WHERE id = {jan}")), "1");
    let dead = "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'subject'";
    // The server counts a little later than it acts.
    while home.psql(&format!("SELECT pg_stat_force_next_flush(); {dead}")).trim() != "0" {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_lost_connection_is_made_anew() {
    let home = Home::postgres();
    let keyring = home.open().await;
    let jan = keyring.pseudonyms(&[person("jan")]).await.unwrap();
    home.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    let first = keyring.known(jan[0]).await;
    assert!(matches!(first, Ok(_) | Err(Fault::Unavailable { .. })), "{first:?}");
    assert_eq!(keyring.pseudonyms(&[person("jan"), person("piet")]).await.unwrap()[0], jan[0]);
}
