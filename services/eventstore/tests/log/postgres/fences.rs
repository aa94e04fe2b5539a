//! What is written under a lease is stored before it passes on, or never.

use std::time::Duration;

use seinhuis_eventstore::{AppendError, Fault, Fence, Lease, Leases, Log, Position};

use super::PostgresLedger;
use crate::contract::Ledger;
use crate::lamp::{batch, queued};

const NAME: &str = "casework";

/// Has the lease run out, as if its holder had been paused.
async fn run_out(ledger: &PostgresLedger) {
    ledger.run("UPDATE seinhuis.lease SET until = clock_timestamp()").await;
}

/// Takes it from whoever holds it.
async fn take_over(ledger: &PostgresLedger, log: &Log) -> Lease {
    let leases = Leases::of(log, "next".into());
    loop {
        run_out(ledger).await;
        // He may have renewed it in between.
        if let Some(lease) = leases.try_to_take(NAME).await.unwrap() {
            return lease;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_group_only_what_is_under_an_old_epoch_is_refused() {
    let ledger = PostgresLedger::new();
    let log = ledger.open().await;
    let first = take_over(&ledger, &log).await;
    let second = take_over(&ledger, &log).await;
    let (old, new) = (log.under(first.fence()), log.under(second.fence()));
    log.append(batch("lamp-known", 0, 2)).await.unwrap();
    ledger.hold().await;
    let mut waiting = Vec::new();
    for (through, stream, expected) in [
        (&log, "lamp-a", 0),
        (&old, "lamp-b", 0),
        (&new, "lamp-b", 0),
        (&old, "lamp-a", 1),
        // What was refused is nothing to build on.
        (&log, "lamp-a", 2),
        (&new, "lamp-known", 1),
        (&old, "lamp-known", 2),
        (&new, "lamp-known", 2),
        (&log, "lamp-c", 0),
    ] {
        waiting.push(queued(through, batch(stream, expected, 1)).await);
    }
    ledger.release().await;
    let mut told = Vec::new();
    for append in waiting {
        told.push(match append.await {
            Ok(done) => done.first.0.to_string(),
            Err(AppendError::Fault(Fault::Fenced { name, epoch })) => format!("{name} {epoch} is over"),
            Err(AppendError::Conflict { actual, .. }) => format!("at {actual}"),
            Err(other) => panic!("{other:?}"),
        });
    }
    let over = "casework 1 is over";
    assert_eq!(told, ["3", over, "4", over, "at 1", "at 2", over, "5", "6"]);
    assert_eq!(log.look().await.unwrap(), Position(6));
}

/// Writes to a stream of its own until that is refused, and nothing else may ever come of it.
async fn write_until_fenced(log: Log, epoch: u64, writer: usize) {
    let under = log.under(Some(Fence { name: NAME.into(), epoch }));
    for version in 0.. {
        match under.append(batch(&format!("lamp-{epoch}-{writer}"), version, 1)).await {
            Ok(_) => {}
            Err(AppendError::Fault(Fault::Fenced { epoch: over, .. })) if over == epoch => return,
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// Two processes take the lease from one another, again and again, and both go on writing under every epoch they had.
#[expect(clippy::print_stdout, reason = "whoever sees it fail needs the seed")]
async fn race(ledger: &PostgresLedger, seed: u64) {
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let processes = [ledger.open().await, ledger.open().await];
    let mut writing = tokio::task::JoinSet::new();
    let mut leases = Vec::new();
    // Where the log stood when the epoch had begun.
    let mut begun = Vec::new();
    for epoch in 1..=20 {
        let log = &processes[epoch as usize % 2];
        let lease = take_over(ledger, log).await;
        assert_eq!(lease.fence().unwrap().epoch, epoch);
        begun.push(log.look().await.unwrap());
        leases.push(lease);
        for writer in 0..4 {
            writing.spawn(write_until_fenced(log.clone(), epoch, writer));
        }
        let enough = Position(begun[begun.len() - 1].0 + random.u64(0..60));
        let reached = log.wait_for(enough, Duration::from_secs(60)).await.unwrap();
        assert!(reached.is_some(), "nobody writes");
    }
    take_over(ledger, &processes[0]).await;
    begun.push(processes[0].look().await.unwrap());
    while let Some(ended) = writing.join_next().await {
        ended.unwrap();
    }
    let events = processes[0].read(Position::START, 100_000).await.unwrap().events;
    assert!(events.len() > 100, "{} events are no race", events.len());
    for event in &events {
        let epoch: usize = event.stream.id().split('-').next().unwrap().parse().unwrap();
        let (from, to) = (begun[epoch - 1], begun[epoch]);
        let position = event.position;
        assert!(from < position && position <= to, "{position} is of epoch {epoch}: {from} to {to}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_an_epoch_is_stored_once_the_next_one_has_begun() {
    for _ in 0..3 {
        race(&PostgresLedger::new(), fastrand::u64(..)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_pooler_nothing_of_an_epoch_is_stored_once_the_next_one_has_begun() {
    race(&PostgresLedger::pooled(), fastrand::u64(..)).await;
}

/// A program that knows the first step only works beside one that takes the second, and afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_from_before_leases_goes_on_while_they_come_and_after() {
    let ledger = PostgresLedger::new();
    let older = ledger.open().await;
    ledger
        .run(
            "DROP FUNCTION seinhuis.append_under, seinhuis.renew_lease, seinhuis.take_lease, seinhuis.lives;
             DROP TABLE seinhuis.lease; DROP FUNCTION seinhuis.refuse_old_epochs;
             DELETE FROM seinhuis.step WHERE number = 2",
        )
        .await;
    let writing = tokio::spawn({
        let older = older.clone();
        async move {
            for version in 0..200 {
                older.append(batch("lamp-old", version, 1)).await.unwrap();
            }
        }
    });
    assert!(older.wait_for(Position(20), Duration::from_secs(60)).await.unwrap().is_some());
    let newer = ledger.open().await;
    let lease = take_over(&ledger, &newer).await;
    newer.under(lease.fence()).append(batch("lamp-new", 0, 1)).await.unwrap();
    writing.await.unwrap();
    // What such a program calls, word for word.
    let call = "SELECT stored FROM seinhuis.append(ARRAY['lamp-old'], ARRAY[201], ARRAY[true], ARRAY['lamp.lit'], \
                ARRAY[1], ARRAY[0::bigint], ARRAY[NULL::text], ARRAY['x'], ARRAY[NULL::text], ARRAY['{}'::bytea], \
                ARRAY[NULL::bytea], ARRAY[NULL::bytea], ARRAY[decode(repeat('00', 32), 'hex')])";
    let database = ledger.direct.rsplit('/').next().unwrap();
    assert_eq!(ledger.server.psql(database, call).unwrap(), "t");
    assert_eq!(newer.look().await.unwrap(), Position(202));
}
