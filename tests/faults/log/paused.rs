//! A holder is paused (SIGSTOP) at a random moment, another one takes over, and the first one wakes up and goes on as if it
//! held the lease: nothing of that is stored.

use std::time::{Duration, Instant};

use seinhuis_eventstore::Position;
use seinhuis_testkit::signal;
use seinhuis_tests::batch::Mark;
use seinhuis_tests::told::Told;

use crate::appender::Appender;
use crate::oracle::Oracle;
use crate::place::{Database, Place};
use crate::plan::Plan;

const CALLERS: usize = 6;
/// Receipts before a pause, at the most.
const MOST: usize = 60;
/// The longest a pause waits after the last of these, so that it comes at any moment of an append.
const LATER: Duration = Duration::from_millis(5);
/// Rounds of a kill in the time of one pause: a lease has to run out.
const KILLS: usize = 5;
/// Within what a successor is at work.
const FAILOVER: Duration = Duration::from_secs(5);

fn name(number: usize) -> String {
    format!("p{number}")
}

/// One more process that wants the lease.
fn start(url: &str, number: usize) -> Appender {
    let callers: Vec<_> = (0..CALLERS).map(|caller| format!("lamp-{number}-{caller} 0")).collect();
    Appender::start(url, &name(number), &callers, &["--lease".to_owned(), "casework".to_owned()])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_a_paused_holder_that_wakes_up_after_it_was_replaced_can_write_nothing() {
    let plan = Plan::of_this_run();
    let rounds = plan.rounds.div_ceil(KILLS);
    let mut rng = fastrand::Rng::with_seed(plan.seed);
    let database = Database::new();
    let (url, log) = (database.url(), database.open().await);
    let mut oracle = Oracle::default();
    // Where the log stood when each of them had begun, and how long the others took.
    let (mut begun, mut failovers) = (vec![Position::START], Vec::new());
    let mut holder = start(&url, 0);
    holder.until("the lease", |told| told.contains(&Told::Leads(1))).await;
    for round in 1..=rounds {
        let mut successor = start(&url, round);
        successor.until("an open log", |told| told.contains(&Told::Ready)).await;
        holder.stored(rng.usize(1..MOST)).await;
        tokio::time::sleep(LATER.mul_f64(rng.f64())).await;
        signal("STOP", holder.pid()).unwrap();
        let paused = Instant::now();
        let leads = Told::Leads(round as u64 + 1);
        successor.until("the lease", |told| told.contains(&leads)).await;
        failovers.push(paused.elapsed());
        begun.push(log.look().await.unwrap());
        successor.stored(rng.usize(1..MOST)).await;
        signal("CONT", holder.pid()).unwrap();
        let refused = Told::Fenced { epoch: round as u64, held: false };
        let all = |told: &[Told]| told.iter().filter(|told| **told == refused).count() == CALLERS;
        holder.until("the refusal of all its callers", all).await;
        oracle.take(&name(round - 1), &holder.stop());
        holder = successor;
    }
    oracle.take(&name(rounds), &holder.stop());
    oracle.audit(&log).await;
    begun.push(log.look().await.unwrap());
    for event in log.read(Position::START, 1_000_000).await.unwrap().events {
        let by: usize = Mark::of(&event).unwrap().by[1..].parse().unwrap();
        let (from, to) = (begun[by], begun[by + 1]);
        assert!(from < event.position && event.position <= to, "{event:?}: from {from} to {to}");
    }
    println!("{rounds} pauses, {} events; taken over within {failovers:.1?}", log.head());
    assert!(failovers.iter().all(|failover| *failover < FAILOVER), "{failovers:?}");
    log.close().await;
}
