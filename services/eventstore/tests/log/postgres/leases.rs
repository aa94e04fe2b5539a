//! Of several processes one holds a lease: how it passes from one to the next, whatever becomes of the holder.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use seinhuis_eventstore::{Lease, Leases, Log};
use seinhuis_testkit::{Postgres, Proxy};
use sqlx::AssertSqlSafe;
use tokio_util::sync::CancellationToken;

use super::PostgresLedger;
use crate::contract::Ledger;

const NAME: &str = "casework";

async fn take(leases: &Leases) -> Lease {
    leases.take(NAME, &CancellationToken::new()).await.unwrap().unwrap()
}

fn epoch(lease: &Lease) -> u64 {
    lease.fence().unwrap().epoch
}

/// Each has a log of its own, as processes do.
async fn of_many_who_want_a_lease_one_has_it(ledger: &PostgresLedger) {
    let taken = Arc::new(AtomicBool::new(false));
    let mut contenders = Vec::new();
    for number in 0..6 {
        let leases = Leases::of(&ledger.open().await, format!("contender {number}"));
        let taken = Arc::clone(&taken);
        contenders.push(tokio::spawn(async move {
            let lease = take(&leases).await;
            assert!(!taken.swap(true, Ordering::SeqCst), "two have it");
            // While it is held nobody else gets it, not even under the same name.
            assert!(leases.try_to_take(NAME).await.unwrap().is_none());
            assert!(lease.is_held());
            let epoch = epoch(&lease);
            taken.store(false, Ordering::SeqCst);
            lease.release().await;
            epoch
        }));
    }
    let mut epochs = Vec::new();
    for contender in contenders {
        epochs.push(contender.await.unwrap());
    }
    epochs.sort_unstable();
    assert_eq!(epochs, [1, 2, 3, 4, 5, 6]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_want_a_lease_one_has_it_at_a_time() {
    of_many_who_want_a_lease_one_has_it(&PostgresLedger::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_pooler_too_of_many_who_want_a_lease_one_has_it_at_a_time() {
    of_many_who_want_a_lease_one_has_it(&PostgresLedger::pooled()).await;
}

/// All of them have seen that it is free before one of them takes it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_find_a_lease_free_at_the_same_moment_one_gets_it() {
    let ledger = PostgresLedger::new();
    let log = ledger.open().await;
    ledger.hold().await;
    let takers: Vec<_> = (0..4)
        .map(|number| {
            let leases = Leases::of(&log, format!("taker {number}"));
            tokio::spawn(async move { leases.try_to_take(NAME).await.unwrap() })
        })
        .collect();
    let mut around = ledger.connect().await;
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut around).await.unwrap() < 4 {}
    ledger.release().await;
    let mut taken = Vec::new();
    for taker in takers {
        taken.extend(taker.await.unwrap());
    }
    assert_eq!(taken.iter().map(epoch).collect::<Vec<_>>(), [1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_is_given_up_is_taken_within_a_second() {
    let ledger = PostgresLedger::new();
    let holder = take(&Leases::of(&ledger.open().await, "one".into())).await;
    let other = Leases::of(&ledger.open().await, "other".into());
    let successor = tokio::spawn(async move { take(&other).await });
    let given_up = Instant::now();
    holder.release().await;
    let successor = successor.await.unwrap();
    let wait = given_up.elapsed();
    assert_eq!(epoch(&successor), 2);
    assert!(wait < Duration::from_secs(1), "{wait:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_is_renewed_outlives_its_life_and_says_so() {
    let ledger = PostgresLedger::new();
    let log = ledger.open().await;
    let leases = Leases::of(&log, "one".into());
    let other = Leases::of(&log, "other".into());
    let lease = take(&leases).await;
    let first = leases.list().await.unwrap().remove(0);
    assert_eq!((first.name.as_str(), first.holder.as_str(), first.epoch), (NAME, "one", 1));
    assert!(first.left > Duration::ZERO && first.left <= Duration::from_secs(3), "{first:?}");
    loop {
        assert!(lease.is_held() && other.try_to_take(NAME).await.unwrap().is_none());
        let now = other.list().await.unwrap().remove(0);
        if now.until > first.until + Duration::from_secs(3) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    lease.release().await;
    let free = leases.list().await.unwrap().remove(0);
    assert_eq!((free.epoch, free.left), (1, Duration::ZERO));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_that_reaches_nobody_loses_the_lease_before_another_has_it() {
    let server = Postgres::start_private(&[]).unwrap();
    let database = server.database().unwrap();
    let network = Proxy::start(server.port().unwrap()).unwrap();
    let far = Log::open(&network.address(&database).unwrap()).await.unwrap();
    let near = Log::open(&database).await.unwrap();
    let holder = take(&Leases::of(&far, "far".into())).await;
    let tenure = holder.tenure();
    let standing_by = Leases::of(&near, "near".into());
    let successor = tokio::spawn(async move {
        let lease = take(&standing_by).await;
        (tenure.is_held(), lease)
    });
    let cut = Instant::now();
    drop(network);
    holder.lost().await;
    assert!(!holder.is_held());
    let (both, successor) = successor.await.unwrap();
    let wait = cut.elapsed();
    assert!(!both, "two had it");
    assert_eq!(epoch(&successor), 2);
    assert!(wait < Duration::from_secs(5), "{wait:?}");
}

/// A short cut costs nobody his lease: he renews it over a new connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_whose_connection_breaks_renews_over_another() {
    let server = Postgres::start_private(&[]).unwrap();
    let database = server.database().unwrap();
    let network = Proxy::start(server.port().unwrap()).unwrap();
    let log = Log::open(&network.address(&database).unwrap()).await.unwrap();
    let leases = Leases::of(&log, "one".into());
    let lease = take(&leases).await;
    let first = leases.list().await.unwrap().remove(0).until;
    network.lose_answer(b"renew_lease");
    network.until_lost().unwrap();
    loop {
        assert!(lease.is_held());
        let look = leases.list().await;
        if look.is_ok_and(|known| known[0].until > first + Duration::from_secs(3)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(epoch(&lease), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_stands_by_while_the_database_is_away_takes_the_lease_once_it_is_back() {
    let mut server = Postgres::start_private(&[]).unwrap();
    let log = Log::open(&server.database().unwrap()).await.unwrap();
    let leases = Leases::of(&log, "one".into());
    server.kill().unwrap();
    assert!(leases.try_to_take(NAME).await.is_err());
    let waiting = tokio::spawn(async move { take(&leases).await });
    server.restart().unwrap();
    assert_eq!(epoch(&waiting.await.unwrap()), 1);
}

#[tokio::test]
async fn the_database_refuses_to_let_an_epoch_come_again() {
    let ledger = PostgresLedger::new();
    let leases = Leases::of(&ledger.open().await, "one".into());
    for turn in 1..=3 {
        let lease = take(&leases).await;
        assert_eq!(epoch(&lease), turn);
        lease.release().await;
    }
    let mut around = ledger.connect().await;
    for attack in [
        "UPDATE seinhuis.lease SET epoch = 2",
        "UPDATE seinhuis.lease SET name = 'escalation'",
        "DELETE FROM seinhuis.lease",
        "TRUNCATE seinhuis.lease",
        "SET session_replication_role = replica; DELETE FROM seinhuis.lease",
    ] {
        let refused = sqlx::raw_sql(AssertSqlSafe(attack)).execute(&mut around).await.unwrap_err();
        assert!(refused.to_string().contains("an epoch never comes again"), "{attack}: {refused}");
        sqlx::raw_sql("RESET session_replication_role").execute(&mut around).await.unwrap();
    }
    assert_eq!(epoch(&take(&leases).await), 4);
}

/// Nobody waits an hour for a holder that is gone because the server's clock was wrong.
#[tokio::test]
async fn a_lease_from_before_the_servers_clock_was_set_back_is_free() {
    let ledger = PostgresLedger::new();
    let log = ledger.open().await;
    let gone = take(&Leases::of(&log, "gone".into())).await;
    drop(gone);
    ledger.run("UPDATE seinhuis.lease SET until = clock_timestamp() + interval '1 hour'").await;
    let next = Leases::of(&log, "next".into()).try_to_take(NAME).await.unwrap().unwrap();
    assert_eq!(epoch(&next), 2);
}
